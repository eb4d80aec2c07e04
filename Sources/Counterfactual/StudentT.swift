import Determinism

/// Student's t distribution for a number of degrees of freedom.
public struct StudentT: Equatable, Sendable {
  /// The degrees of freedom, 1 or more.
  public let degrees: Int
  /// The value that 97.5 % of the distribution lie below.
  public let quantile975: Double
  /// The integral that stands for the whole distribution.
  private let whole: Double

  /// Prepares the distribution.
  ///
  /// With t = sqrt(v) tan(a), the probability within +-t is the integral of cos^(v - 1) from 0 to a,
  /// as a share of that to a right angle; the angle is found by bisection, the integral by
  /// Simpson's rule on 512 intervals. The error is below 1e-8 of the value for 2 degrees and more.
  /// - Precondition: `degrees` is positive.
  /// - Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.1.
  /// - Complexity: some 30,000 powers.
  public init(degrees: Int) {
    self.degrees = degrees
    let right = 2 * Elementary.eighthTurn
    whole = Self.integral(to: right, degrees)
    var (low, high) = (0.0, right)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if Self.integral(to: middle, degrees) < 0.95 * whole { low = middle } else { high = middle }
    }
    quantile975 = Double(degrees).squareRoot() * Elementary.sin(low) / Elementary.cos(low)
  }

  /// The probability of a value further from 0 than `value`, on either side.
  ///
  /// - Precondition: `value` is not negative.
  public func probability(beyond value: Double) -> Double {
    // cos^2(a) = 1 / (1 + t^2 / v), and the cosine falls from 0 to a right angle.
    let cosine = 1 / (1 + value * value / Double(degrees)).squareRoot()
    let right = 2 * Elementary.eighthTurn
    var (low, high) = (0.0, right)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if Elementary.cos(middle) > cosine { low = middle } else { high = middle }
    }
    return max(0, 1 - Self.integral(to: low, degrees) / whole)
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
