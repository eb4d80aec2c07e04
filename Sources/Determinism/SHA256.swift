import CKernels

/// Computes SHA-256 over bytes that arrive in pieces.
///
/// The result depends on the bytes alone, not on how they were cut. `SHA256Reference` defines the
/// bits.
/// - Source: FIPS 180-4, <https://doi.org/10.6028/NIST.FIPS.180-4>.
public struct SHA256: Sendable {
  private var state: [8 of UInt32] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a,
    0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]
  /// Bytes that wait for a full block, in front; fewer than 64 between calls.
  private var pending: [64 of UInt8] = .init(repeating: 0)
  private var pendingCount = 0
  private var totalCount: UInt64 = 0

  /// Creates a hasher that has seen no bytes.
  public init() {}

  /// Appends bytes.
  /// - Precondition: fewer than 2^61 bytes in all.
  /// - Complexity: O(n).
  public mutating func update(_ bytes: Span<UInt8>) {
    totalCount += UInt64(bytes.count)
    var offset = 0
    if pendingCount > 0 {
      offset = min(64 - pendingCount, bytes.count)
      for index in 0..<offset { pending[pendingCount + index] = bytes[index] }
      pendingCount += offset
      guard pendingCount == 64 else { return }
      compressPending()
    }
    let blockCount = (bytes.count - offset) / 64
    compress(bytes.extracting(offset..<offset + 64 * blockCount))
    offset += 64 * blockCount
    while offset < bytes.count {
      pending[pendingCount] = bytes[offset]
      pendingCount += 1
      offset += 1
    }
  }

  /// Appends bytes.
  /// - Precondition: fewer than 2^61 bytes in all.
  /// - Complexity: O(n).
  public mutating func update(_ bytes: [UInt8]) {
    update(bytes.span)
  }

  /// Appends a word as 8 bytes, little-endian.
  public mutating func update(word: UInt64) {
    totalCount += 8
    for shift in 0..<8 { append(UInt8(truncatingIfNeeded: word >> UInt64(8 * shift))) }
  }

  /// Returns the hash of the bytes so far; the hasher stays as it is and can go on.
  public func finalize() -> Hash256 {
    var padded = self
    let bitCount = totalCount << 3
    padded.append(0x80)
    while padded.pendingCount != 56 { padded.append(0) }
    for shift in 0..<8 {
      padded.append(UInt8(truncatingIfNeeded: bitCount >> UInt64(56 - 8 * shift)))
    }
    let words = padded.state
    func pair(_ index: Int) -> UInt64 { UInt64(words[index]) << 32 | UInt64(words[index + 1]) }
    return Hash256(word0: pair(0), word1: pair(2), word2: pair(4), word3: pair(6))
  }

  /// Returns the hash of the bytes.
  /// - Complexity: O(n).
  public static func hash(_ bytes: [UInt8]) -> Hash256 {
    var hasher = SHA256()
    hasher.update(bytes.span)
    return hasher.finalize()
  }

  private mutating func append(_ byte: UInt8) {
    pending[pendingCount] = byte
    pendingCount += 1
    if pendingCount == 64 { compressPending() }
  }

  private mutating func compressPending() {
    let block = pending
    compress(block.span)
    pendingCount = 0
  }

  private mutating func compress(_ blocks: Span<UInt8>) {
    guard blocks.count > 0 else { return }
    var words = state.mutableSpan
    // Safe: the kernel reads whole blocks, count / 64 of them, and writes the eight words.
    unsafe words.withUnsafeMutableBufferPointer { words in
      unsafe blocks.withUnsafeBufferPointer { blocks in
        unsafe tapedeck_sha256_compress(words.baseAddress, blocks.baseAddress, blocks.count / 64)
      }
    }
  }
}
