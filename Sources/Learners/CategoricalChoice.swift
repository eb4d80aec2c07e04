import Determinism
import Networks

/// A choice among some actions, each with a score (logit): probabilities are e^score, in proportion.
///
/// Everything is computed score by score in ascending order, so that it depends on that row alone.
enum CategoricalChoice {
  /// Replaces scores by the logarithms of probabilities.
  static func normalize<Scalar: NetworkScalar>(_ scores: inout [Scalar], _ range: Range<Int>) {
    var largest = scores[range.lowerBound]
    for index in range where scores[index] > largest { largest = scores[index] }
    var sum: Scalar = 0
    for index in range { sum += Scalar.exp(scores[index] - largest) }
    let shift = largest + Scalar.log(sum)
    for index in range { scores[index] -= shift }
  }

  /// The entropy, from logarithms of probabilities.
  static func entropy<Scalar: NetworkScalar>(_ logs: [Scalar], _ range: Range<Int>) -> Scalar {
    var entropy: Scalar = 0
    for index in range { entropy -= Scalar.exp(logs[index]) * logs[index] }
    return entropy
  }
}
