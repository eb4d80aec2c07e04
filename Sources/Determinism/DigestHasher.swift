/// A 64-bit digest of a fixed sequence of words: canonical state is hashed with this, entry by
/// entry.
///
/// With `fold(a, b)` = the high half xor the low half of the 128-bit product a * b, sums modulo
/// 2^64, `rotate32` = halves exchanged, `>>` filling with zeros, and four odd secrets from the
/// digits of pi (the last bit set where it was not):
/// ```
/// A = 243f6a8885a308d3  B = 13198a2e03707345  C = a4093822299f31d1  D = 082efa98ec4e6c89
/// start    h = 0, then combine the domain
/// combine  h = fold(word ^ A, h ^ B) + (h ^ rotate32(word))
/// bytes    combine the count, then each 8 bytes little-endian, the last filled up with zeros
/// finalize x = fold(h ^ C, D) + h
///          x = (x ^ x >> 30) * bf58476d1ce4e5b9
///          x = (x ^ x >> 27) * 94d049bb133111eb
///          digest = x ^ x >> 31
/// ```
/// A product alone would forget one factor when the other is zero. Here each side has a secret of
/// its own, and the sum keeps the state when word = A, and the word when h = B.
///
/// It finds accidents; it does not withstand an adversary (SHA-256 does).
/// - Source: the fold is that of wyhash, <https://github.com/wangyi-fudan/wyhash>; the last three
///   lines are variant 13 of Stafford's mixer, as in SplitMix64,
///   <https://doi.org/10.1145/2660193.2660195>.
public struct DigestHasher: Sendable {
  @usableFromInline
  var state: UInt64 = 0

  /// Creates a hasher for one kind of entry; each kind has a domain of its own.
  @inlinable
  public init(domain: UInt64) {
    combine(domain)
  }

  /// Appends a word.
  @inlinable
  public mutating func combine(_ word: UInt64) {
    // Wrapping: defined modulo 2^64, here and in finalize.
    let swapped = word >> 32 | word << 32
    state =
      Self.fold(word ^ 0x243f_6a88_85a3_08d3, state ^ 0x1319_8a2e_0370_7345)
      &+ (state ^ swapped)
  }

  /// Appends a word: its two's complement bits.
  @inlinable
  public mutating func combine(_ word: Int64) {
    combine(UInt64(bitPattern: word))
  }

  /// Appends the count of bytes and the bytes, in little-endian words filled up with zeros.
  @inlinable
  public mutating func combine(_ bytes: [UInt8]) {
    combine(UInt64(bytes.count))
    let whole = bytes.count & ~7
    unsafe bytes.withUnsafeBytes { bytes in
      for index in stride(from: 0, to: whole, by: 8) {
        // Safe: eight bytes from `index` on lie within the array.
        let word = unsafe bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        combine(UInt64(littleEndian: word))
      }
    }
    if whole == bytes.count { return }
    combine(bytes[whole...].reversed().reduce(0) { $0 << 8 | UInt64($1) })
  }

  /// Appends a text as its UTF-8 bytes.
  @inlinable
  public mutating func combine(_ text: String) {
    combine(Array(text.utf8))
  }

  /// Returns the digest of what was appended; the hasher stays as it is and can go on.
  @inlinable
  public func finalize() -> UInt64 {
    var x = Self.fold(state ^ 0xa409_3822_299f_31d1, 0x082e_fa98_ec4e_6c89) &+ state
    x = (x ^ x >> 30) &* 0xbf58_476d_1ce4_e5b9
    x = (x ^ x >> 27) &* 0x94d0_49bb_1331_11eb
    return x ^ x >> 31
  }

  @inlinable @inline(__always)
  static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
  }
}
