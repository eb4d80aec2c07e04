import MarketModel

/// An instrument's rules as matching needs them: numbers alone, so that reading them copies no
/// name.
struct TradingTerms: Sendable, BitwiseCopyable {
  var incrementValue: MinorUnits
  var priceStep: PriceIncrements
  var lotStep: Lots
  var priceBand: PriceIncrements
  var makerFeeMillionths: Int64
  var takerFeeMillionths: Int64

  init(_ rules: InstrumentRules) {
    incrementValue = rules.incrementValue
    priceStep = rules.priceStep
    lotStep = rules.lotStep
    priceBand = rules.priceBand
    makerFeeMillionths = rules.makerFeeMillionths
    takerFeeMillionths = rules.takerFeeMillionths
  }
}

/// An agent's account: its balance and open orders, beside the limits they are held against.
struct Account: Sendable, BitwiseCopyable {
  /// The balance in minor units.
  var cash: MinorUnits
  /// What the balance adds to the digest.
  var cashHash: UInt64
  /// Open orders; derived from the book.
  var openOrders: Int64
  var maximumPosition: Lots
  var maximumOpenOrders: Int64
  var group: Int32

  init(_ rules: AccountRules) {
    cash = rules.openingCash
    cashHash = 0
    openOrders = 0
    maximumPosition = rules.maximumPosition
    maximumOpenOrders = rules.maximumOpenOrders
    group = rules.group
  }

  @inline(__always)
  mutating func set(cash: MinorUnits, _ hash: UInt64) {
    self.cash = cash
    cashHash = hash
  }
}

/// What an agent has and wants of one instrument.
struct Holding: Sendable, BitwiseCopyable {
  /// The position in lots.
  var position: Lots
  /// What the position adds to the digest.
  var positionHash: UInt64
  /// Open lots to buy; derived from the book.
  var openBuys: Lots
  /// Open lots to sell; derived from the book.
  var openSells: Lots

  init(position: Lots) {
    self.position = position
    positionHash = 0
    openBuys = 0
    openSells = 0
  }

  @inline(__always)
  mutating func set(position: Lots, _ hash: UInt64) {
    self.position = position
    positionHash = hash
  }

  func open(_ side: Side) -> Lots { side == .buy ? openBuys : openSells }
}
