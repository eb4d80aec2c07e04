/// A 256-bit hash, kept as four words.
///
/// ```
/// byte   0        8        16       24      31
///        | word0  | word1  | word2  | word3  |    each big-endian
/// ```
/// The order is that of the bytes, first byte first, which is that of the words.
public struct Hash256: Equatable, Comparable, Sendable {
  /// Bytes 0...7, big-endian.
  public let word0: UInt64
  /// Bytes 8...15, big-endian.
  public let word1: UInt64
  /// Bytes 16...23, big-endian.
  public let word2: UInt64
  /// Bytes 24...31, big-endian.
  public let word3: UInt64

  /// Creates a hash from its words, each 8 bytes big-endian.
  @inlinable
  public init(word0: UInt64, word1: UInt64, word2: UInt64, word3: UInt64) {
    self.word0 = word0
    self.word1 = word1
    self.word2 = word2
    self.word3 = word3
  }

  /// Creates a hash from its 32 bytes; nil for any other count.
  public init?(bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    func word(at offset: Int) -> UInt64 {
      var word: UInt64 = 0
      for index in offset..<offset + 8 { word = word << 8 | UInt64(bytes[index]) }
      return word
    }
    self.init(word0: word(at: 0), word1: word(at: 8), word2: word(at: 16), word3: word(at: 24))
  }

  /// The hash whose bytes are all zero, for "none".
  public static let zero = Hash256(word0: 0, word1: 0, word2: 0, word3: 0)

  /// The 32 bytes.
  public var bytes: [UInt8] { bytes(count: 32) }

  /// The first 16 bytes.
  public var prefix16: [UInt8] { bytes(count: 16) }

  /// Compares the bytes lexicographically.
  @inlinable
  public static func < (left: Hash256, right: Hash256) -> Bool {
    if left.word0 != right.word0 { return left.word0 < right.word0 }
    if left.word1 != right.word1 { return left.word1 < right.word1 }
    if left.word2 != right.word2 { return left.word2 < right.word2 }
    return left.word3 < right.word3
  }

  private func bytes(count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    for index in 0..<count {
      let word = index < 16 ? (index < 8 ? word0 : word1) : (index < 24 ? word2 : word3)
      bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * (index & 7))))
    }
    return bytes
  }
}
