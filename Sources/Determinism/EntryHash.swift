/// The 64-bit hash of one entry of a few words, for digests that are sums of their entries.
///
/// Entries come and go with every event, so that this takes one multiplication of 64 by 64 bits
/// where `DigestHasher` takes one for each word. With `fold`, `swap` (halves exchanged) and the
/// secrets A and B of `DigestHasher`, all sums and products modulo 2^64:
/// ```
/// pair(a, b)             = fold(a ^ A, b ^ B) + (a ^ swap(b))
/// of(domain, a, b)       = mix(pair(a + domain * D, b))              D = 082efa98ec4e6c89
/// of(domain, a, b, c, d) = mix(pair(a + domain * D + b * K, c + d * L))
/// mix(x)                 = x ^ x >> 29, then * bf58476d1ce4e5b9
/// K = 9e3779b97f4a7c15   L = d6e8feb86659fd93
/// ```
/// The sum in `pair` keeps both words where a product with zero would forget one. Of four words,
/// `a` and `b` are to be hashes themselves, or one of them 0; `c` and `d` differ from those of
/// another entry by less than 2^32, or one of them is a hash: then no two sums are the same.
///
/// It finds accidents; it does not withstand an adversary (SHA-256 does).
/// - Source: the fold is that of wyhash, <https://github.com/wangyi-fudan/wyhash>; `mix` is the
///   first step of variant 13 of Stafford's mixer, <https://doi.org/10.1145/2660193.2660195>.
public enum EntryHash {
  /// Joins two words to one hash, for keys that are hashed once more.
  @inlinable @inline(__always)
  public static func pair(_ a: UInt64, _ b: UInt64) -> UInt64 {
    // Wrapping: defined modulo 2^64, here and below.
    DigestHasher.fold(a ^ 0x243f_6a88_85a3_08d3, b ^ 0x1319_8a2e_0370_7345)
      &+ (a ^ (b >> 32 | b << 32))
  }

  @inlinable @inline(__always)
  static func mix(_ x: UInt64) -> UInt64 { (x ^ x >> 29) &* 0xbf58_476d_1ce4_e5b9 }

  /// The hash of two words; each kind of entry has a domain of its own.
  @inlinable @inline(__always)
  public static func of(_ domain: UInt64, _ a: UInt64, _ b: UInt64) -> UInt64 {
    of(seed(domain, a), b)
  }

  /// What the hash of two words starts from, for entries that keep their first word.
  @inlinable @inline(__always)
  public static func seed(_ domain: UInt64, _ a: UInt64) -> UInt64 {
    a &+ domain &* 0x082e_fa98_ec4e_6c89
  }

  /// The hash of two words, from the seed of the first one.
  @inlinable @inline(__always)
  public static func of(_ seed: UInt64, _ b: UInt64) -> UInt64 { mix(pair(seed, b)) }

  /// The hash of four words.
  @inlinable @inline(__always)
  public static func of(
    _ domain: UInt64, _ a: UInt64, _ b: UInt64, _ c: UInt64, _ d: UInt64
  ) -> UInt64 {
    mix(
      pair(
        a &+ domain &* 0x082e_fa98_ec4e_6c89 &+ b &* 0x9E37_79B9_7F4A_7C15,
        c &+ d &* 0xD6E8_FEB8_6659_FD93))
  }
}
