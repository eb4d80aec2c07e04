public import MarketModel

/// What an instrument is and how it trades.
public struct InstrumentRules: Equatable, Sendable {
  /// Its name, which is its identity.
  public var name: String
  /// How many decimals a price has when shown: 2 where an increment is 0.01.
  public var priceDecimals: UInt8
  /// What one lot moves in money when the price moves by one increment, in minor units.
  public var incrementValue: MinorUnits
  /// The price before anything traded, in increments.
  public var referencePrice: PriceIncrements
  /// Prices of orders are multiples of this many increments.
  public var priceStep: PriceIncrements
  /// Quantities of orders are multiples of this many lots.
  public var lotStep: Lots
  /// How far an order's price may lie from the last trade; 0 for any distance.
  public var priceBand: PriceIncrements
  /// The fee of a resting order in millionths of the notional; negative for a rebate.
  public var makerFeeMillionths: Int64
  /// The fee of an arriving order in millionths of the notional; negative for a rebate.
  public var takerFeeMillionths: Int64

  /// Creates an instrument without bands and fees.
  public init(
    name: String, priceDecimals: UInt8 = 2, incrementValue: MinorUnits = 1,
    referencePrice: PriceIncrements = 10_000, priceStep: PriceIncrements = 1, lotStep: Lots = 1,
    priceBand: PriceIncrements = 0, makerFeeMillionths: Int64 = 0, takerFeeMillionths: Int64 = 0
  ) {
    self.name = name
    self.priceDecimals = priceDecimals
    self.incrementValue = incrementValue
    self.referencePrice = referencePrice
    self.priceStep = priceStep
    self.lotStep = lotStep
    self.priceBand = priceBand
    self.makerFeeMillionths = makerFeeMillionths
    self.takerFeeMillionths = takerFeeMillionths
  }
}

/// An agent as the market knows it.
public struct AccountRules: Equatable, Sendable {
  /// Its name, which is its identity.
  public var name: String
  /// The group of sub-accounts that it belongs to, by position in the group table.
  public var group: Int32
  /// Its opening balance in minor units.
  public var openingCash: MinorUnits
  /// Its opening position in lots, by instrument; missing ones are 0.
  public var openingPositions: [Lots]
  /// The largest position either way, open orders counted in; 0 for any.
  public var maximumPosition: Lots
  /// The most open orders; 0 for any number.
  public var maximumOpenOrders: Int64

  /// Creates an account without limits.
  public init(
    name: String, group: Int32, openingCash: MinorUnits = 0, openingPositions: [Lots] = [],
    maximumPosition: Lots = 0, maximumOpenOrders: Int64 = 0
  ) {
    self.name = name
    self.group = group
    self.openingCash = openingCash
    self.openingPositions = openingPositions
    self.maximumPosition = maximumPosition
    self.maximumOpenOrders = maximumOpenOrders
  }
}

/// Everything about a market that does not change while it runs.
public struct MarketRules: Equatable, Sendable {
  /// The instruments.
  public var instruments: [InstrumentRules]
  /// The agents.
  public var accounts: [AccountRules]
  /// The names of the groups.
  public var groups: [String]
  /// The names of the processes and feeds; feeds own imported orders.
  public var processes: [String]
  /// What happens when an agent meets its own order.
  public var selfTradePrevention: SelfTradePrevention

  /// Creates rules.
  public init(
    instruments: [InstrumentRules], accounts: [AccountRules], groups: [String],
    processes: [String] = [], selfTradePrevention: SelfTradePrevention = .cancelResting
  ) {
    self.instruments = instruments
    self.accounts = accounts
    self.groups = groups
    self.processes = processes
    self.selfTradePrevention = selfTradePrevention
  }
}
