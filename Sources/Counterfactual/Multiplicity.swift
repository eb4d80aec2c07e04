/// Probabilities of many questions at once.
public enum Multiplicity {
  /// Adjusts probabilities so that, of all questions answered with "there is an effect" because
  /// theirs is at most a, a share of at most a is expected to be answered so wrongly.
  ///
  /// The adjusted probability of the k-th smallest of m is the least of p m / k over it and all
  /// larger ones, at most 1. Adjusted probabilities stand in the order of the questions.
  /// - Complexity: O(m log m).
  /// - Source: Y. Benjamini and Y. Hochberg, Controlling the false discovery rate, Journal of the
  ///   Royal Statistical Society B 57 (1995).
  public static func adjusted(_ probabilities: [Double]) -> [Double] {
    let order = probabilities.indices.sorted {
      (probabilities[$0], $0) < (probabilities[$1], $1)
    }
    var adjusted = probabilities
    var least = 1.0
    for (rank, index) in order.enumerated().reversed() {
      least = min(least, probabilities[index] * Double(order.count) / Double(rank + 1))
      adjusted[index] = least
    }
    return adjusted
  }
}
