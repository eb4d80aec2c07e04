public import MarketModel

/// A command that reached, or will reach, the exchange.
public struct PendingCommand: Equatable, Sendable {
  /// What it asks of the exchange.
  public enum Body: Equatable, Sendable {
    /// Place an order.
    case place(OrderTerms)
    /// Cancel an order, or `quantity` lots of it; 0 stands for all.
    case cancel(order: CommandKey, quantity: Lots)
    /// Replace an order.
    case replace(order: CommandKey, price: PriceIncrements, quantity: Lots)
    /// Transfer capital.
    case transfer(recipient: AgentIndex, amount: MinorUnits)
  }

  /// Its identity.
  public var key: CommandKey
  /// What it asks.
  public var body: Body

  /// Creates a command.
  public init(key: CommandKey, body: Body) {
    self.key = key
    self.body = body
  }
}

/// An order that is being matched: accepted, not yet filled, cancelled or resting.
///
/// It exists only between the first and the last outcome of one command.
public struct WorkingOrder: Equatable, Sendable {
  /// Its id.
  public var key: CommandKey
  /// Its terms; the quantity is what is still open.
  public var terms: OrderTerms
  /// Whether it met its own agent's order and is to be cancelled as that was.
  public var isDoomed = false

  /// Any order; fills the place of one where none is being matched.
  static var filler: WorkingOrder {
    WorkingOrder(
      key: CommandKey(agent: 0, tick: 0, ordinal: 0),
      terms: OrderTerms(instrument: 0, side: .buy, price: 0, quantity: 0))
  }
}
