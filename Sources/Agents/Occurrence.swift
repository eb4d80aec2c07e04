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
}
