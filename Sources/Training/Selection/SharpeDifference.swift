import Counterfactual
import Determinism

/// How much higher the Sharpe ratio of all returns of some trials is than that of others, which stood the same
/// tests.
public struct SharpeDifference: Equatable, Sendable {
  /// The difference.
  public let value: Double
  /// Its 95 % interval over tests drawn again, the same ones for both; nil for fewer than two.
  public let interval: ClosedRange<Double>?

  /// Compares trials; `returns` are by trial and test.
  ///
  /// - Precondition: all trials stood as many tests.
  /// - Complexity: O(returns + 2,000 tests).
  /// - Source of the resampling: O. Ledoit, M. Wolf, Robust performance hypothesis testing with the Sharpe
  ///   ratio, Journal of Empirical Finance 15 (2008), whose blocks are tests here.
  public init(_ returns: [[[Double]]], above others: [[[Double]]]) {
    let (first, second) = (Self.tests(returns), Self.tests(others))
    precondition(first.count == second.count, "Invariant: all trials stood the same tests")
    let difference = { (places: [Double]) in
      Self.ratio(places.map { first[Int($0)] }) - Self.ratio(places.map { second[Int($0)] })
    }
    let places = first.indices.map { Double($0) }
    value = difference(places)
    let key = NoiseKey(seed: 1, entity: "selection", purpose: "difference")
    interval = places.count > 1 ? Bootstrap.interval(places, key: key, of: difference) : nil
  }

  /// What the data says of whether the one is higher than the other.
  public var verdict: Verdict {
    guard let interval else { return .open }
    return interval.lowerBound > 0 ? .higher : interval.upperBound < 0 ? .lower : .open
  }

  /// What data says.
  public enum Verdict: Sendable {
    /// The whole interval is above 0.
    case higher
    /// The whole interval is below 0.
    case lower
    /// Neither.
    case open
  }

  /// Sums over the returns of one test.
  private struct Sums {
    var (count, sum, square): (Double, Double, Double) = (0, 0, 0)
  }

  private static func tests(_ returns: [[[Double]]]) -> [Sums] {
    var tests = [Sums](repeating: Sums(), count: returns.first?.count ?? 0)
    for trial in returns {
      for (place, test) in trial.enumerated() {
        for value in test {
          tests[place].count += 1
          tests[place].sum += value
          tests[place].square += value * value
        }
      }
    }
    return tests
  }

  private static func ratio(_ tests: [Sums]) -> Double {
    var whole = Sums()
    for test in tests {
      whole.count += test.count
      whole.sum += test.sum
      whole.square += test.square
    }
    let mean = whole.sum / max(1, whole.count)
    let variance = (whole.square - whole.sum * mean) / max(1, whole.count - 1)
    return variance > 0 ? mean / variance.squareRoot() : 0
  }
}
