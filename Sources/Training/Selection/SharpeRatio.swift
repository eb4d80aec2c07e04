import Determinism

/// The Sharpe ratio of some returns, by period, and what it says.
///
/// - Source: W. Sharpe, The Sharpe ratio, Journal of Portfolio Management 21 (1994); D. Bailey, M. López de
///   Prado, The Sharpe ratio efficient frontier, Journal of Risk 15 (2012), and The deflated Sharpe ratio,
///   Journal of Portfolio Management 40 (2014).
public struct SharpeRatio: Equatable, Sendable {
  /// How many returns there are.
  public let count: Int
  /// Their mean over their deviation (divisor: returns less one); 0 where they do not vary.
  public let value: Double
  /// Their skewness, and their kurtosis: 0 and 3 for normal ones.
  public let skewness: Double
  /// The fourth moment over the square of the second.
  public let kurtosis: Double

  /// Computes it; sums run in order.
  ///
  /// - Complexity: O(returns).
  public init(_ returns: [Double]) {
    count = returns.count
    let size = Double(max(1, returns.count))
    let mean = returns.reduce(0, +) / size
    var (second, third, fourth) = (0.0, 0.0, 0.0)
    for value in returns {
      let distance = value - mean
      let square = distance * distance
      second += square
      third += square * distance
      fourth += square * square
    }
    guard second > 0, returns.count > 1 else {
      (value, skewness, kurtosis) = (0, 0, 3)
      return
    }
    value = mean / (second / (size - 1)).squareRoot()
    let variance = second / size
    skewness = third / size / (variance * variance.squareRoot())
    kurtosis = fourth / size / (variance * variance)
  }

  /// One of which the figures are known.
  public init(count: Int, value: Double, skewness: Double, kurtosis: Double) {
    self.count = count
    self.value = value
    self.skewness = skewness
    self.kurtosis = kurtosis
  }

  /// The probability that the true ratio is above another, were returns independent of each other.
  ///
  /// - Source: Bailey and López de Prado (2012), equation 9.
  public func probability(above other: Double) -> Double {
    if count < 2 { return 0.5 }
    let spread = 1 - skewness * value + (kurtosis - 1) / 4 * value * value
    let distance = (value - other) * Double(count - 1).squareRoot()
    return Self.normalProbability(below: distance / max(spread, 1e-12).squareRoot())
  }

  /// The highest ratio that is to be expected of so many trials which are all worth nothing, where the ratios
  /// of trials have this variance.
  ///
  /// - Source: Bailey and López de Prado (2014), equation 6; the constant is Euler's.
  public static func expectedHighest(trials: Int, variance: Double) -> Double {
    if trials < 2 { return 0 }
    let (count, euler) = (Double(trials), 0.57721566490153286)
    let one = Elementary.inverseNormal(1 - 1 / count)
    let other = Elementary.inverseNormal(1 - 1 / (count * Elementary.exp(1)))
    return variance.squareRoot() * ((1 - euler) * one + euler * other)
  }

  /// The probability that a standard normal number is below x, to 14 digits of 1.
  ///
  /// - Source: G. Marsaglia, Evaluating the normal distribution, Journal of Statistical Software 11 (2004).
  static func normalProbability(below x: Double) -> Double {
    if x.magnitude > 8 { return x > 0 ? 1 : 0 }
    var (sum, term, before, factor) = (x, x, 0.0, 1.0)
    while sum != before {
      before = sum
      factor += 2
      term *= x * x / factor
      sum += term
    }
    let density = Elementary.exp(-x * x / 2 - 0.91893853320467274178)
    return min(1, max(0, 0.5 + sum * density))
  }
}
