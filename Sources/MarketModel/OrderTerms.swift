/// The side of an order.
public enum Side: UInt8, Sendable, CaseIterable {
  /// Wants to buy.
  case buy = 0
  /// Wants to sell.
  case sell = 1

  /// The other side.
  @inlinable public var opposite: Side { self == .buy ? .sell : .buy }

  /// +1 for a purchase, -1 for a sale: the sign of the change in position.
  @inlinable public var sign: Int64 { self == .buy ? 1 : -1 }
}

/// Whether an order names a price.
public enum OrderType: UInt8, Sendable, CaseIterable {
  /// Trades at its price or better.
  case limit = 0
  /// Trades at any price; never rests.
  case market = 1
}

/// How long an order may live.
public enum TimeInForce: UInt8, Sendable, CaseIterable {
  /// Rests until it is filled or cancelled.
  case goodTillCancelled = 0
  /// Fills what it can on arrival; the rest is cancelled.
  case immediateOrCancel = 1
  /// Fills whole on arrival or is refused.
  case fillOrKill = 2
}

/// The terms of an order.
public struct OrderTerms: Equatable, Sendable {
  /// What is traded.
  public var instrument: InstrumentIndex
  /// Buy or sell.
  public var side: Side
  /// Limit or market.
  public var type: OrderType
  /// How long it may live.
  public var timeInForce: TimeInForce
  /// Refused instead of trading on arrival.
  public var isPostOnly: Bool
  /// The limit in price increments; 0 for a market order.
  public var price: PriceIncrements
  /// The size in lots.
  public var quantity: Lots

  /// Creates terms.
  @inlinable
  public init(
    instrument: InstrumentIndex, side: Side, type: OrderType = .limit,
    timeInForce: TimeInForce = .goodTillCancelled, isPostOnly: Bool = false,
    price: PriceIncrements, quantity: Lots
  ) {
    self.instrument = instrument
    self.side = side
    self.type = type
    self.timeInForce = timeInForce
    self.isPostOnly = isPostOnly
    self.price = price
    self.quantity = quantity
  }
}

/// What a venue does when an order would trade with a resting order of the same agent.
public enum SelfTradePrevention: UInt8, Sendable, CaseIterable {
  /// The resting order is cancelled and matching goes on.
  case cancelResting = 0
  /// The rest of the arriving order is cancelled.
  case cancelTaking = 1
  /// Both are cancelled.
  case cancelBoth = 2
  /// Agents may trade with themselves.
  case allow = 3
}
