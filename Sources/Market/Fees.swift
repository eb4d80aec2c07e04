public import MarketModel

/// Money arithmetic of the exchange, overflow checked.
public enum Fees {
  /// The value of a trade in minor units, or nil where it leaves the range of a balance.
  @inlinable @inline(__always)
  public static func notional(
    price: PriceIncrements, quantity: Lots, incrementValue: MinorUnits
  ) -> MinorUnits? {
    let (value, overflow) = price.multipliedReportingOverflow(by: quantity)
    let (money, overflow2) = value.multipliedReportingOverflow(by: incrementValue)
    guard !overflow, !overflow2, money.magnitude <= UInt64(Limits.maximumBalance) else {
      return nil
    }
    return money
  }

  /// The fee on a notional in minor units, rounded up, that is, in favour of the exchange; nil
  /// where it leaves the range of a balance.
  @inlinable @inline(__always)
  public static func fee(notional: MinorUnits, millionths: Int64) -> MinorUnits? {
    if millionths == 0 { return 0 }
    let (product, overflow) = notional.multipliedReportingOverflow(by: millionths)
    return overflow ? nil : roundedUp(product)
  }

  /// Millionths of a minor unit as minor units, rounded up.
  @inlinable @inline(__always)
  static func roundedUp(_ millionths: Int64) -> MinorUnits {
    let quotient = millionths / 1_000_000
    // Cannot wrap: a quotient and its product are no further from 0 than what was divided.
    return millionths &- quotient &* 1_000_000 > 0 ? quotient &+ 1 : quotient
  }

  /// The sum of two amounts, or nil where it leaves the range of a balance.
  @inlinable @inline(__always)
  public static func sum(_ left: Int64, _ right: Int64) -> Int64? {
    let (value, overflow) = left.addingReportingOverflow(right)
    guard !overflow, isBalance(value) else { return nil }
    return value
  }

  /// Whether an amount lies in the range of a balance.
  @inlinable @inline(__always)
  static func isBalance(_ value: Int64) -> Bool {
    // Wrapping moves the range, which is that of 63 bits, to where it starts at 0.
    UInt64(bitPattern: value &+ Limits.maximumBalance) <= 2 * UInt64(Limits.maximumBalance)
  }
}

/// What a trade moves.
public struct TradeMoney: Equatable, Sendable {
  /// Price times quantity, in minor units.
  public var notional: MinorUnits
  /// What the taker pays in fees.
  public var takerFee: MinorUnits
  /// What the maker pays in fees.
  public var makerFee: MinorUnits

  /// Computes what a trade moves, or nil where a number would leave its range.
  ///
  /// - Precondition: price and quantity are positive.
  public init?(price: PriceIncrements, quantity: Lots, rules: InstrumentRules) {
    self.init(price: price, quantity: quantity, terms: TradingTerms(rules))
  }

  /// The same as `Fees.notional` and `Fees.fee` of both sides, by one comparison.
  ///
  /// - Precondition: price and quantity are positive.
  @inline(__always)
  init?(price: PriceIncrements, quantity: Lots, terms: TradingTerms) {
    guard Self.isPossible(price: price, quantity: quantity, terms: terms) else { return nil }
    // No product overflows: see `TradingTerms.largestProduct`.
    notional = price &* quantity &* terms.incrementValue
    takerFee = Fees.roundedUp(notional &* terms.takerFeeMillionths)
    makerFee = Fees.roundedUp(notional &* terms.makerFeeMillionths)
  }

  /// Whether all numbers of a trade stay in their ranges: whether `init` gives a value.
  @inline(__always)
  static func isPossible(
    price: PriceIncrements, quantity: Lots, terms: TradingTerms
  ) -> Bool {
    let (product, overflow) = price.multipliedReportingOverflow(by: quantity)
    return !overflow && product <= terms.largestProduct
  }
}
