import Determinism
public import MarketModel

/// The obvious order book: one array of orders in the order of their arrival.
///
/// It defines what `OrderBook` must do; every operation searches the whole array.
public struct ReferenceOrderBook: Sendable {
  /// An order, in the order of arrival at its price.
  public struct Order: Equatable, Sendable {
    /// Its id.
    public var key: CommandKey
    /// Its instrument.
    public var instrument: InstrumentIndex
    /// Its side.
    public var side: Side
    /// Its limit.
    public var price: PriceIncrements
    /// What is still open.
    public var quantity: Lots
  }

  /// All resting orders, in the order of their arrival.
  public private(set) var orders: [Order] = []
  private var identities: Identities

  /// Creates an empty book.
  public init(identities: Identities) { self.identities = identities }

  /// Makes the agent with the next index known.
  public mutating func appendAgent(_ name: String) { identities.appendAgent(name) }

  /// The order with that id.
  public func order(_ key: CommandKey) -> Order? { orders.first { $0.key == key } }

  /// The orders of a side, first in line first.
  public func queue(_ instrument: InstrumentIndex, _ side: Side) -> [Order] {
    let own = orders.filter { $0.instrument == instrument && $0.side == side }
    var queue: [Order] = []
    for order in own {  // insertion sort: stable, so that time decides between equal prices
      let better = queue.firstIndex {
        side == .buy ? $0.price < order.price : $0.price > order.price
      }
      queue.insert(order, at: better ?? queue.count)
    }
    return queue
  }

  /// Appends an order.
  public mutating func insert(
    _ key: CommandKey, _ instrument: InstrumentIndex, _ side: Side, price: PriceIncrements,
    quantity: Lots
  ) {
    orders.append(
      Order(key: key, instrument: instrument, side: side, price: price, quantity: quantity))
  }

  /// Takes lots off an order; one that has none left leaves.
  public mutating func reduce(_ key: CommandKey, by quantity: Lots) {
    guard let index = orders.firstIndex(where: { $0.key == key }) else { return }
    orders[index].quantity -= quantity
    if orders[index].quantity == 0 { orders.remove(at: index) }
  }

  /// Gives an order a new id and a smaller or equal quantity; it keeps its place.
  public mutating func rename(_ key: CommandKey, to newKey: CommandKey, quantity: Lots) {
    guard let index = orders.firstIndex(where: { $0.key == key }) else { return }
    orders[index].key = newKey
    orders[index].quantity = quantity
  }

  /// The digest, from scratch.
  public var digest: UInt64 {
    var total: UInt64 = 0
    for instrument in identities.instruments.indices {
      for side in Side.allCases {
        var previous: Order?
        for order in queue(InstrumentIndex(instrument), side) {
          total &+= hash(order, behind: previous?.price == order.price ? previous : nil)
          previous = order
        }
      }
    }
    return total
  }

  private func hash(_ order: Order, behind previous: Order?) -> UInt64 {
    let name = identities.instruments[Int(order.instrument)]
    let place = name &+ UInt64(bitPattern: order.price) << 1 &+ UInt64(order.side.rawValue)
    return EntryHash.of(
      5, identities.hash(order.key), previous.map { identities.hash($0.key) } ?? 0, place,
      UInt64(bitPattern: order.quantity))
  }
}
