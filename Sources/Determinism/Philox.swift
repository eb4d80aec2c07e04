/// Computes Philox4x32-10, a random function of a key and a counter that keeps no state.
/// - Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC'11,
///   <https://doi.org/10.1145/2063384.2063405>.
public enum Philox {
  /// Four 32-bit words: a counter, or what it gives.
  public struct Block: Equatable, Sendable {
    /// The first word.
    public var x0: UInt32
    /// The second word.
    public var x1: UInt32
    /// The third word.
    public var x2: UInt32
    /// The fourth word.
    public var x3: UInt32

    /// Creates a block from its words.
    @inlinable
    public init(x0: UInt32, x1: UInt32, x2: UInt32, x3: UInt32) {
      self.x0 = x0
      self.x1 = x1
      self.x2 = x2
      self.x3 = x3
    }
  }

  /// Returns the block of random words that belongs to this key and counter.
  ///
  /// For a fixed key, different counters have different blocks: the function is a bijection.
  /// - Complexity: O(1), ten rounds.
  @inlinable
  public static func block(key0: UInt32, key1: UInt32, counter: Block) -> Block {
    var (key0, key1) = (key0, key1)
    var x = counter
    for _ in 0..<10 {
      let product0 = UInt64(x.x0) * 0xd251_1f53
      let product1 = UInt64(x.x2) * 0xcd9e_8d57
      x = Block(
        x0: UInt32(truncatingIfNeeded: product1 >> 32) ^ x.x1 ^ key0,
        x1: UInt32(truncatingIfNeeded: product1),
        x2: UInt32(truncatingIfNeeded: product0 >> 32) ^ x.x3 ^ key1,
        x3: UInt32(truncatingIfNeeded: product0))
      // Wrapping: a Weyl sequence modulo 2^32.
      key0 &+= 0x9e37_79b9
      key1 &+= 0xbb67_ae85
    }
    return x
  }
}
