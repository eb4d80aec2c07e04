import Determinism
public import MarketModel

/// The obvious order book: for each side of each instrument an array of its orders, first in line
/// first.
///
/// It defines what `OrderBook` must do; every operation searches arrays from their beginning.
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

  /// The orders of each side; that of an instrument are at `2 * instrument + side`.
  private var queues: [[Order]]
  private var identities: Identities

  /// Creates an empty book.
  public init(identities: Identities) {
    self.identities = identities
    queues = Array(repeating: [], count: 2 * identities.instruments.count)
  }

  /// Makes the agent with the next index known.
  public mutating func appendAgent(_ name: String) { identities.appendAgent(name) }

  /// All resting orders, side by side.
  public var orders: [Order] { queues.flatMap { $0 } }

  /// The order with that id.
  public func order(_ key: CommandKey) -> Order? {
    place(of: key).map { queues[$0.queue][$0.index] }
  }

  /// The orders of a side, first in line first.
  public func queue(_ instrument: InstrumentIndex, _ side: Side) -> [Order] {
    queues[2 * Int(instrument) + Int(side.rawValue)]
  }

  /// Adds an order behind those with a better price or the same.
  public mutating func insert(
    _ key: CommandKey, _ instrument: InstrumentIndex, _ side: Side, price: PriceIncrements,
    quantity: Lots
  ) {
    let order = Order(
      key: key, instrument: instrument, side: side, price: price, quantity: quantity)
    let queue = 2 * Int(instrument) + Int(side.rawValue)
    let worse = queues[queue].firstIndex {
      side == .buy ? $0.price < price : $0.price > price
    }
    queues[queue].insert(order, at: worse ?? queues[queue].count)
  }

  /// Takes lots off an order; one that has none left leaves.
  public mutating func reduce(_ key: CommandKey, by quantity: Lots) {
    guard let (queue, index) = place(of: key) else { return }
    queues[queue][index].quantity -= quantity
    if queues[queue][index].quantity == 0 { queues[queue].remove(at: index) }
  }

  /// Gives an order a new id and a smaller or equal quantity; it keeps its place.
  public mutating func rename(_ key: CommandKey, to newKey: CommandKey, quantity: Lots) {
    guard let (queue, index) = place(of: key) else { return }
    queues[queue][index].key = newKey
    queues[queue][index].quantity = quantity
  }

  private func place(of key: CommandKey) -> (queue: Int, index: Int)? {
    for queue in queues.indices {
      if let index = queues[queue].firstIndex(where: { $0.key == key }) { return (queue, index) }
    }
    return nil
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
