import Counterfactual
import Determinism

/// What several seeds of one training came to.
///
/// - Source: R. Agarwal and others, Deep reinforcement learning at the edge of the statistical precipice,
///   <https://arxiv.org/abs/2108.13264>.
public struct SeedSummary: Equatable, Sendable {
  /// What each seed came to.
  public let values: [Double]
  /// The mean of what is left without the lowest and the highest quarter.
  public let interquartileMean: Double
  /// Its 95 % interval over resampled seeds.
  public let interval: ClosedRange<Double>

  /// Sums up.
  ///
  /// - Precondition: there is a value.
  /// - Complexity: O(n log n) for each of 2,000 resamples.
  public init(_ values: [Double]) {
    self.values = values
    interquartileMean = Self.interquartileMean(values)
    let key = NoiseKey(seed: 0, entity: "seeds", purpose: "bootstrap")
    interval = Bootstrap.interval(values, key: key, of: Self.interquartileMean)
  }

  private static func interquartileMean(_ values: [Double]) -> Double {
    var sum = 0.0
    let cut = Double(values.count) / 4
    for (index, value) in values.sorted().enumerated() {
      let low = max(Double(index), cut)
      let high = min(Double(index + 1), Double(values.count) - cut)
      if high > low { sum += value * (high - low) }
    }
    return sum / (Double(values.count) - 2 * cut)
  }
}
