/// Reduces numbers in a fixed order, so that the bits depend on the values and their count alone.
public enum OrderedReduction {
  /// Returns the sum; 0 for no values, never -0.
  ///
  /// Lane j of 8 starts at +0 and adds values j, j + 8, j + 16, ... in that order. The lanes are
  /// then added as ((0 + 4) + (2 + 6)) + ((1 + 5) + (3 + 7)).
  /// - Complexity: O(n).
  public static func sum(_ values: Span<Double>) -> Double {
    var lanes = SIMD8<Double>(repeating: 0)
    let whole = values.count & ~7
    var index = 0
    while index < whole {
      lanes += SIMD8(
        values[index], values[index + 1], values[index + 2], values[index + 3],
        values[index + 4], values[index + 5], values[index + 6], values[index + 7])
      index += 8
    }
    while index < values.count {
      lanes[index & 7] += values[index]
      index += 1
    }
    return sum(lanes: lanes)
  }

  /// Adds the lanes up.
  static func sum(lanes: SIMD8<Double>) -> Double {
    let even = (lanes[0] + lanes[4]) + (lanes[2] + lanes[6])
    let odd = (lanes[1] + lanes[5]) + (lanes[3] + lanes[7])
    return even + odd
  }
}
