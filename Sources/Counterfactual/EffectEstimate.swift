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
  /// none. Who estimates many effects of as many pairs each hands in Student's t for them, which takes long to
  /// prepare.
  /// - Complexity: O(pairs x resamples).
  /// - Source: Efron and Tibshirani, An Introduction to the Bootstrap, 1993, section 13.3.
  public init(
    _ pairs: [(treated: Double, control: Double)], seed: UInt64, resamples: Int = 2000,
    by student: StudentT? = nil
  ) {
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
    let degrees = count - 1
    let student = student.flatMap { $0.degrees == degrees ? $0 : nil } ?? StudentT(degrees: degrees)
    let error = (variance / Double(count)).squareRoot()
    probability =
      error > 0 ? student.probability(beyond: mean.magnitude / error) : mean == 0 ? 1 : 0
    let reach = student.quantile975 * error
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
