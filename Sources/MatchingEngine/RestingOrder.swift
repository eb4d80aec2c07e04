public import MarketModel

/// An order in the book; 64 bytes, a line of the processor's cache.
public struct RestingOrder: Equatable, Sendable, BitwiseCopyable {
  /// Its id.
  public internal(set) var key: CommandKey
  /// Its limit.
  public internal(set) var price: PriceIncrements
  /// What is still open.
  public internal(set) var quantity: Lots
  /// The hash of its id, which also finds it in the table.
  @usableFromInline var keyHash: UInt64
  /// What it adds to the digest of the book.
  @usableFromInline var entryHash: UInt64
  /// The order behind it in the queue of its level, or the next free slot; -1 for none.
  @usableFromInline var next: Int32
  /// The order before it in the queue of its level; -1 for none.
  @usableFromInline var previous: Int32
  /// The slot of its level.
  @usableFromInline var level: Int32
  /// 2 x instrument + side.
  @usableFromInline var ladder: Int32

  /// Stands behind another order than before.
  @inline(__always)
  mutating func follow(_ slot: Int32, _ hash: UInt64) {
    previous = slot
    entryHash = hash
  }

  /// Its instrument.
  @inlinable public var instrument: InstrumentIndex { ladder >> 1 }
  /// Its side.
  @inlinable public var side: Side { ladder & 1 == 0 ? .buy : .sell }
}

/// The orders at one price of one side.
public struct PriceLevel: Equatable, Sendable, BitwiseCopyable {
  /// The price.
  public internal(set) var price: PriceIncrements
  /// The open quantity of all its orders.
  public internal(set) var quantity: Lots
  /// The first order of the queue; the next free slot where the level is not in use.
  @usableFromInline var head: Int32
  /// The last order of the queue.
  var tail: Int32
  /// How many orders it has.
  public internal(set) var count: Int32

  /// Takes an order in as the last of the queue.
  @inline(__always)
  mutating func join(_ slot: Int32, _ open: Lots) {
    if count == 0 { head = slot }
    tail = slot
    // Cannot overflow: at most 2^22 orders of at most 2^40 lots.
    quantity &+= open
    count &+= 1
  }

  /// Lets an order go; returns whether it was the last one.
  @inline(__always)
  mutating func leave(_ order: RestingOrder) -> Bool {
    quantity &-= order.quantity
    count &-= 1
    if order.previous < 0 { head = order.next }
    if order.next < 0 { tail = order.previous }
    return count == 0
  }
}
