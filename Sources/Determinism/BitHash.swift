/// A hash of numbers by their bits, in order, to tell whether two computations came to the same.
public enum BitHash {
  /// The 64-bit FNV-1a hash, a number at a time; it is no protection against intent.
  ///
  /// - Complexity: O(n).
  public static func of(_ numbers: [Float]) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for number in numbers { hash = (hash ^ UInt64(number.bitPattern)) &* 0x100_0000_01B3 }
    return hash
  }
}
