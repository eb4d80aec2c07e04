public import MarketModel

/// An agent's own account as far as it knows: its open orders in one instrument and what it holds.
///
/// A building block for memories: feed it every occurrence.
public struct OwnBook: AgentMemory {
  /// An order that is on its way or resting, as far as its owner knows.
  public struct Order: Equatable, Sendable {
    /// The tick of its submission.
    public var tick: Tick
    /// The ordinal of its submission.
    public var ordinal: UInt32
    /// Its side.
    public var side: Side
    /// Its limit; 0 for a market order.
    public var price: PriceIncrements
    /// What is still open.
    public var quantity: Lots

    /// Its id, given its owner; no memory holds an agent's index.
    public func key(of owner: AgentIndex) -> CommandKey {
      CommandKey(agent: owner, tick: tick, ordinal: ordinal)
    }

    func matches(_ key: CommandKey) -> Bool { tick == key.tick && ordinal == key.ordinal }
  }

  /// Open orders, oldest first.
  public private(set) var orders: [Order] = []
  /// What the agent holds, in lots.
  public private(set) var inventory: Lots = 0

  /// Creates an empty account.
  public init() {}

  /// Takes in what happened to the agent.
  ///
  /// - Complexity: O(open orders).
  public mutating func remember(_ occurrence: Occurrence) {
    switch occurrence {
    case .commanded(let key, .placeOrder(let terms)):
      orders.append(
        Order(
          tick: key.tick, ordinal: key.ordinal, side: terms.side, price: terms.price,
          quantity: terms.quantity))
    case .commanded(let key, .replaceOrder(let order, let price, let quantity)):
      // Both are kept until a report tells which of them there is.
      guard let old = orders.first(where: { $0.matches(order) }) else { break }
      orders.append(
        Order(
          tick: key.tick, ordinal: key.ordinal, side: old.side, price: price, quantity: quantity))
    case .report(let report): take(report)
    case .tookOver(let account):
      // It has one instrument: what is held of all is the sum.
      inventory = account.positions.reduce(0, &+)
      orders = account.orders.map {
        Order(
          tick: $0.key.tick, ordinal: $0.key.ordinal, side: $0.side, price: $0.price,
          quantity: $0.quantity)
      }
    default: break
    }
  }

  private mutating func take(_ report: Report) {
    switch report.body {
    case .rejected: orders.removeAll { $0.matches(report.outcome.command) }
    case .filled(let fill):
      inventory &+= fill.side.sign * fill.quantity  // within Limits.maximumBalance
      shrink(fill.order, by: fill.quantity)
    case .cancelled(let order, let quantity, _): shrink(order, by: quantity)
    case .replaced(let order): orders.removeAll { $0.matches(order) }
    default: break
    }
  }

  private mutating func shrink(_ key: CommandKey, by quantity: Lots) {
    guard let index = orders.firstIndex(where: { $0.matches(key) }) else { return }
    orders[index].quantity -= quantity
    if orders[index].quantity <= 0 { orders.remove(at: index) }
  }

  /// Reads the canonical encoding.
  public init(from reader: inout ByteReader) throws(ByteError) {
    inventory = try reader.readInt64()
    for _ in 0..<(try reader.readCount(limit: 1 << 22)) {
      let tick = try reader.readInt64()
      let ordinal = try reader.readUInt32()
      let side: Side = try reader.readBool() ? .sell : .buy
      orders.append(
        Order(
          tick: tick, ordinal: ordinal, side: side, price: try reader.readInt64(),
          quantity: try reader.readInt64()))
    }
  }

  /// Appends the canonical encoding.
  public func encode(into writer: inout ByteWriter) {
    writer.write(inventory)
    writer.write(count: orders.count)
    for order in orders {
      writer.write(order.tick)
      writer.write(order.ordinal)
      writer.write(order.side == .sell)
      writer.write(order.price)
      writer.write(order.quantity)
    }
  }
}
