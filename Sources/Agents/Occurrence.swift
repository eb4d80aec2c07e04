public import MarketModel

/// What an agent learns about one of its own orders or transfers.
public struct Report: Equatable, Sendable {
  /// Its part in a trade.
  public struct Fill: Equatable, Sendable {
    /// The agent's own order.
    public var order: CommandKey
    /// What was traded.
    public var instrument: InstrumentIndex
    /// What the agent did: bought or sold.
    public var side: Side
    /// The price.
    public var price: PriceIncrements
    /// The quantity.
    public var quantity: Lots
    /// What the agent paid in fees, in minor units.
    public var fee: MinorUnits
    /// Whether its order was the resting one.
    public var isMaker: Bool

    /// Creates a part in a trade.
    public init(
      order: CommandKey, instrument: InstrumentIndex, side: Side, price: PriceIncrements,
      quantity: Lots, fee: MinorUnits, isMaker: Bool
    ) {
      self.order = order
      self.instrument = instrument
      self.side = side
      self.price = price
      self.quantity = quantity
      self.fee = fee
      self.isMaker = isMaker
    }
  }

  /// What happened.
  public enum Body: Equatable, Sendable {
    /// The order was accepted.
    case accepted
    /// The command was refused.
    case rejected(RejectReason)
    /// An order traded.
    case filled(Fill)
    /// An order, or a part of it, was cancelled.
    case cancelled(order: CommandKey, quantity: Lots, reason: CancelReason)
    /// The order was replaced; it is now known by the key of the command.
    case replaced(order: CommandKey)
    /// Capital arrived or left, in minor units.
    case transferred(amount: MinorUnits)
  }

  /// The identity of the outcome.
  public var outcome: OutcomeKey
  /// What happened.
  public var body: Body

  /// Creates a report.
  public init(outcome: OutcomeKey, body: Body) {
    self.outcome = outcome
    self.body = body
  }
}

extension Report {
  /// Whether it tells of a trade.
  public var isFill: Bool {
    if case .filled = body { return true }
    return false
  }
}

/// Something that may change an agent's memory: nothing else does.
public enum Occurrence: Equatable, Sendable {
  /// It woke and looked at the market.
  case woken(Observation)
  /// It decided on a command.
  case commanded(CommandKey, Command)
  /// It learned of an outcome.
  case report(Report)
  /// It received a message; `topic` is -1 for a direct one.
  case message(from: AgentIndex, topic: Int32, payload: [UInt8])
  /// It takes over the account of another strategy, as an intervention asks.
  case tookOver(KnownAccount)
}

/// What an agent's owner knows of its account.
public struct KnownAccount: Equatable, Sendable {
  /// An open order.
  public struct Order: Equatable, Sendable {
    /// Its id.
    public var key: CommandKey
    /// What it trades.
    public var instrument: InstrumentIndex
    /// Its side.
    public var side: Side
    /// Its limit; 0 for a market order on its way.
    public var price: PriceIncrements
    /// What is still open.
    public var quantity: Lots
  }

  /// Positions in lots, by instrument.
  public var positions: [Lots]
  /// Open orders, oldest first.
  public var orders: [Order]

  /// Creates an account.
  public init(positions: [Lots], orders: [Order]) {
    self.positions = positions
    self.orders = orders
  }

  /// Adds so many open lots of an order.
  public mutating func add(
    _ key: CommandKey, _ instrument: InstrumentIndex, _ side: Side, _ price: PriceIncrements,
    _ quantity: Lots
  ) {
    if let index = orders.firstIndex(where: { $0.key == key }) {
      orders[index].quantity &+= quantity  // within Limits.maximumQuantity
    } else {
      orders.append(
        Order(key: key, instrument: instrument, side: side, price: price, quantity: quantity))
    }
  }

  /// Takes back what a report says that did not arrive yet.
  public mutating func takeBack(_ report: Report) {
    switch report.body {
    case .filled(let fill):
      positions[Int(fill.instrument)] &-= fill.side.sign &* fill.quantity
      add(fill.order, fill.instrument, fill.side, fill.price, fill.quantity)
    case .cancelled(let order, let quantity, _):
      guard let index = orders.firstIndex(where: { $0.key == order }) else { break }
      orders[index].quantity &+= quantity
    default: break
    }
  }
}
