import Determinism
import MarketModel

/// An instrument's rules as matching needs them: numbers alone, so that reading them copies no
/// name.
struct TradingTerms: Sendable, BitwiseCopyable {
  var incrementValue: MinorUnits
  /// The largest price times quantity of which value and fees stay in their ranges.
  var largestProduct: Int64
  var priceStep: PriceIncrements
  var lotStep: Lots
  var priceBand: PriceIncrements
  /// The band, or one wider than any distance where there is none.
  var bandReach: PriceIncrements
  /// Whether every price and every quantity is a multiple of its step.
  var hasUnitSteps: Bool
  var makerFeeMillionths: Int64
  var takerFeeMillionths: Int64

  init(_ rules: InstrumentRules) {
    incrementValue = rules.incrementValue
    largestProduct = Self.largestProduct(rules)
    priceStep = rules.priceStep
    lotStep = rules.lotStep
    priceBand = rules.priceBand
    bandReach = rules.priceBand == 0 ? Limits.maximumPrice : rules.priceBand
    hasUnitSteps = rules.priceStep == 1 && rules.lotStep == 1
    makerFeeMillionths = rules.makerFeeMillionths
    takerFeeMillionths = rules.takerFeeMillionths
  }

  /// Fees are products that must not overflow, and grow with the value of a trade, as that does
  /// with price times quantity: so each limit is a quotient rounded down, and the least one counts.
  private static func largestProduct(_ rules: InstrumentRules) -> Int64 {
    var largestNotional = UInt64(Limits.maximumBalance)
    for fee in [rules.makerFeeMillionths, rules.takerFeeMillionths] where fee != 0 {
      // The range of a negative product reaches one further than that of a positive one.
      let range = fee < 0 ? UInt64(1) << 63 : UInt64(Int64.max)
      largestNotional = min(largestNotional, range / fee.magnitude)
    }
    return Int64(largestNotional) / rules.incrementValue
  }
}

/// An instrument: its rules, and what its trading looks like.
struct Instrument: Sendable {
  var terms: TradingTerms
  var trading: MarketState.InstrumentState

  init(_ rules: InstrumentRules) {
    terms = TradingTerms(rules)
    trading = MarketState.InstrumentState(lastPrice: rules.referencePrice)
  }
}

/// The limits of an agent's account.
struct Account: Sendable, BitwiseCopyable {
  var maximumPosition: Lots
  var maximumOpenOrders: Int64
  var group: Int32

  init(_ rules: AccountRules) {
    maximumPosition = rules.maximumPosition
    maximumOpenOrders = rules.maximumOpenOrders
    group = rules.group
  }
}

/// What an agent has of one instrument, or of money, and wants of it.
struct Holding: Sendable, BitwiseCopyable {
  /// The position in lots, the balance in minor units.
  var amount: Int64 = 0
  /// What the amount adds to its digest.
  var hash: UInt64 = 0
  /// What that hash starts from: whose holding of what it is.
  let seed: UInt64
  /// The most lots that may be held, of money the most open orders; without a limit, as many as
  /// there can be.
  private(set) var limit: Int64
  /// Open lots to buy; of money, all open orders of the agent; derived from the book.
  var openBuys: Int64 = 0
  /// Open lots to sell; derived from the book.
  var openSells: Lots = 0

  /// `limit` is 0 for none, as in the rules of an account.
  init(seed: UInt64, limit: Int64) {
    self.seed = seed
    self.limit = Self.reach(limit)
  }

  private static func reach(_ limit: Int64) -> Int64 {
    limit == 0 ? Limits.maximumBalance : min(limit, Limits.maximumBalance)
  }

  /// Holds it against another limit from here on.
  mutating func change(limit: Int64) { self.limit = Self.reach(limit) }

  /// Sets the amount; returns by how much the digest changes, which is a wrapping sum.
  @inline(__always)
  mutating func set(_ amount: Int64) -> UInt64 {
    let hash = EntryHash.of(seed, UInt64(bitPattern: amount))
    let change = hash &- self.hash
    self.amount = amount
    self.hash = hash
    return change
  }

  /// Changes open lots of a side, which cannot overflow: at most 2^22 orders of 2^40 lots.
  @inline(__always)
  mutating func changeOpen(_ side: Side, by lots: Lots) {
    if side == .buy { openBuys &+= lots } else { openSells &+= lots }
  }

  @inline(__always)
  func open(_ side: Side) -> Lots { side == .buy ? openBuys : openSells }
}
