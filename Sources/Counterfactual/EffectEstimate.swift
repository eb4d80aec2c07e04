import Determinism

/// What paired runs say of an effect: the mean of the differences, and how sure that is.
///
/// Every figure is a pure function of the pairs and of `seed`, the same on every machine.
public struct EffectEstimate: Equatable, Sendable {
  /// How many pairs there are.
  public let count: Int
  /// The mean difference.
  public let mean: Double
  /// The standard deviation of the differences (divisor: pairs less one).
  public let deviation: Double
  /// The 95 % interval by Student's t; nil with fewer than two pairs.
  public let interval: ClosedRange<Double>?
  /// The 95 % percentile interval over resampled pairs; nil with fewer than two pairs, or where
  /// none were resampled.
  public let bootstrap: ClosedRange<Double>?
  /// The two-sided probability of a mean as far from 0 as this, were there no effect, by Student's t;
  /// nil with fewer than two pairs.
  public let probability: Double?
  /// The two-sided probability of signs as uneven as these, were both equally likely; differences
  /// of 0 are left out.
  public let signProbability: Double
  /// How the two runs of a pair go together; nil where one of them never varies.
  public let correlation: Double?
  /// How many times the variance unpaired runs would have; nil where the difference never varies.
  public let varianceFactor: Double?

  /// Estimates the effect of pairs (with the difference, without it).
  ///
  /// `resamples` says how often pairs are drawn again for the bootstrap: a multiple of 40, or 0 for
  /// none.
  /// - Complexity: O(pairs x resamples).
  /// - Source: Efron and Tibshirani, An Introduction to the Bootstrap, 1993, section 13.3.
  public init(_ pairs: [(treated: Double, control: Double)], seed: UInt64, resamples: Int = 2000) {
    precondition(resamples % 40 == 0, "Invariant: 2.5 % of the resamples are a whole number")
    count = pairs.count
    let differences = pairs.map { $0.treated - $0.control }
    let mean = Self.mean(differences)
    self.mean = mean
    let variance = Self.variance(differences, of: pairs.flatMap { [$0.treated, $0.control] })
    deviation = variance.squareRoot()
    signProbability = Self.signProbability(differences)
    guard count > 1 else {
      (interval, bootstrap, probability) = (nil, nil, nil)
      (correlation, varianceFactor) = (nil, nil)
      return
    }
    let error = (variance / Double(count)).squareRoot()
    probability =
      error > 0
      ? StudentT.probability(beyond: mean.magnitude / error, degrees: count - 1)
      : mean == 0 ? 1 : 0
    let reach =
      StudentT.quantile975(degrees: count - 1) * error
    interval = mean - reach...mean + reach
    let key = NoiseKey(seed: seed, entity: "effect", purpose: "bootstrap")
    bootstrap =
      resamples > 0
      ? Bootstrap.interval(differences, key: key, resamples: resamples, of: Self.mean) : nil
    let (treated, control) = (pairs.map { $0.treated }, pairs.map { $0.control })
    let (own, other) = (Self.variance(treated), Self.variance(control))
    varianceFactor = variance > 0 ? (own + other) / variance : nil
    // Var(a - b) = Var(a) + Var(b) - 2 Cov(a, b)
    let spread = (own * other).squareRoot()
    correlation = spread > 0 ? min(max((own + other - variance) / (2 * spread), -1), 1) : nil
  }

  private static func mean(_ values: [Double]) -> Double {
    values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
  }

  private static func variance(_ values: [Double]) -> Double {
    if values.count < 2 { return 0 }
    let mean = mean(values)
    return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
  }

  /// The variance of differences, 0 where they vary by no more than their terms were rounded.
  private static func variance(_ differences: [Double], of terms: [Double]) -> Double {
    let variance = variance(differences)
    let largest = terms.reduce(0) { max($0, $1.magnitude) }
    return variance.squareRoot() <= 64 * largest.ulp ? 0 : variance
  }

  /// Twice the smaller tail of a fair coin's count of heads, at most 1.
  private static func signProbability(_ values: [Double]) -> Double {
    let above = values.count { $0 > 0 }
    let count = above + values.count { $0 < 0 }
    if count == 0 { return 1 }
    let smaller = min(above, count - above)
    var logarithm = -Double(count) * Elementary.log(2)
    var tail = Elementary.exp(logarithm)
    for heads in 0..<smaller {
      logarithm += Elementary.log(Double(count - heads) / Double(heads + 1))
      tail += Elementary.exp(logarithm)
    }
    return min(1, 2 * tail)
  }
}

/// Student's t distribution.
public enum StudentT {
  /// The value that 97.5 % of the distribution lie below.
  ///
  /// With t = sqrt(v) tan(a), the probability within +-t is the integral of cos^(v - 1) from 0 to a,
  /// as a share of that to a right angle; the angle is found by bisection, the integral by
  /// Simpson's rule on 512 intervals. The error is below 1e-8 of the value for 2 degrees and more.
  /// - Precondition: `degrees` is positive.
  /// - Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.1.
  public static func quantile975(degrees: Int) -> Double {
    let right = 2 * Elementary.eighthTurn
    let whole = integral(to: right, degrees)
    var (low, high) = (0.0, right)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if integral(to: middle, degrees) < 0.95 * whole { low = middle } else { high = middle }
    }
    return Double(degrees).squareRoot() * Elementary.sin(low) / Elementary.cos(low)
  }

  /// The probability of a value further from 0 than `value`, on either side.
  ///
  /// - Precondition: `degrees` and `value` are not negative, and `degrees` is not 0.
  public static func probability(beyond value: Double, degrees: Int) -> Double {
    // cos^2(a) = 1 / (1 + t^2 / v), and the cosine falls from 0 to a right angle.
    let cosine = 1 / (1 + value * value / Double(degrees)).squareRoot()
    let right = 2 * Elementary.eighthTurn
    var (low, high) = (0.0, right)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if Elementary.cos(middle) > cosine { low = middle } else { high = middle }
    }
    return max(0, 1 - integral(to: low, degrees) / integral(to: right, degrees))
  }

  private static func integral(to angle: Double, _ degrees: Int) -> Double {
    // Beyond 40 deviations the integrand is 0 to any double: many degrees need no fine grid there.
    let reach = min(angle, 40 / Double(degrees).squareRoot())
    let intervals = 512
    let step = reach / Double(intervals)
    var total = 0.0
    for index in 0...intervals {
      let cosine = max(Elementary.cos(Double(index) * step), 0)
      let value = cosine > 0 ? Elementary.pow(cosine, Double(degrees - 1)) : degrees == 1 ? 1 : 0
      total += value * (index == 0 || index == intervals ? 1 : index % 2 == 1 ? 4 : 2)
    }
    return total * step / 3
  }
}

extension Elementary {
  /// pi / 4.
  fileprivate static let eighthTurn = 0x1.921fb54442d18p-1
}
