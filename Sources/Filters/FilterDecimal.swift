/// A decimal number as it was written: `significand` / 10^`decimals`.
public struct FilterDecimal: Equatable, Sendable {
  /// The most digits that a number may have.
  public static let maximumDigits = 18

  /// All digits, with the sign.
  public let significand: Int64
  /// How many of them stand after the point, trailing zeros included.
  public let decimals: Int

  /// Creates a number.
  ///
  /// - Precondition: `significand` has at most 18 digits, and `decimals` is 0 to 18.
  public init(significand: Int64, decimals: Int = 0) {
    precondition((0...Self.maximumDigits).contains(decimals), "Invariant: 0 to 18 decimals")
    precondition(
      significand.magnitude < Self.power(Self.maximumDigits), "Invariant: at most 18 digits")
    self.significand = significand
    self.decimals = decimals
  }

  /// The largest whole number that is not above this one times 10^`places` x `factor`, and whether
  /// it is equal.
  func scaled(places: Int, factor: Int64) -> (floor: Int128, isExact: Bool) {
    // Cannot overflow: below 10^18 x 10^(9 + 3) for prices, 10^18 x 3.6 x 10^12 for durations.
    var value = Int128(significand) * Int128(factor)
    for _ in 0..<places { value *= 10 }
    let divisor = Int128(Self.power(decimals))
    let quotient = value / divisor
    let isExact = value % divisor == 0
    return (value < 0 && !isExact ? quotient - 1 : quotient, isExact)
  }

  private static func power(_ exponent: Int) -> UInt64 {
    (0..<exponent).reduce(1) { power, _ in power * 10 }
  }
}
