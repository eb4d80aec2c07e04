public import MarketModel

/// An order in the book.
public struct RestingOrder: Equatable, Sendable {
  /// Its id.
  public internal(set) var key: CommandKey
  /// Its limit.
  public internal(set) var price: PriceIncrements
  /// What is still open.
  public internal(set) var quantity: Lots
  /// The order behind it in the queue of its level; -1 for none.
  var next: Int32
  /// The order before it in the queue of its level; -1 for none.
  var previous: Int32
  /// Its instrument.
  public internal(set) var instrument: InstrumentIndex
  /// Its side.
  public internal(set) var side: Side
  /// What it adds to the digest of the book.
  var entryHash: UInt64
}

/// The orders at one price of one side.
public struct PriceLevel: Equatable, Sendable {
  /// The price.
  public internal(set) var price: PriceIncrements
  /// The open quantity of all its orders.
  public internal(set) var quantity: Lots
  /// The first order of the queue.
  var head: Int32
  /// The last order of the queue.
  var tail: Int32
  /// How many orders it has.
  public internal(set) var count: Int32
}
