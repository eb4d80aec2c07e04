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
    if overflow { return nil }
    let quotient = product / 1_000_000
    return product % 1_000_000 > 0 ? quotient + 1 : quotient
  }

  /// The sum of two amounts, or nil where it leaves the range of a balance.
  @inlinable @inline(__always)
  public static func sum(_ left: Int64, _ right: Int64) -> Int64? {
    let (value, overflow) = left.addingReportingOverflow(right)
    guard !overflow, value.magnitude <= UInt64(Limits.maximumBalance) else { return nil }
    return value
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
  public init?(price: PriceIncrements, quantity: Lots, rules: InstrumentRules) {
    self.init(price: price, quantity: quantity, terms: TradingTerms(rules))
  }

  init?(price: PriceIncrements, quantity: Lots, terms: TradingTerms) {
    guard
      let notional = Fees.notional(
        price: price, quantity: quantity, incrementValue: terms.incrementValue),
      let takerFee = Fees.fee(notional: notional, millionths: terms.takerFeeMillionths),
      let makerFee = Fees.fee(notional: notional, millionths: terms.makerFeeMillionths)
    else { return nil }
    self.notional = notional
    self.takerFee = takerFee
    self.makerFee = makerFee
  }

  /// Whether all numbers of a trade stay in their ranges: whether `init` gives a value.
  @inline(__always)
  static func isPossible(
    price: PriceIncrements, quantity: Lots, terms: TradingTerms
  ) -> Bool {
    guard
      let notional = Fees.notional(
        price: price, quantity: quantity, incrementValue: terms.incrementValue)
    else { return false }
    let taker = notional.multipliedReportingOverflow(by: terms.takerFeeMillionths)
    let maker = notional.multipliedReportingOverflow(by: terms.makerFeeMillionths)
    return !taker.overflow && !maker.overflow
  }
}
