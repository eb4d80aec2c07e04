public import MarketModel

/// An order in the book; 64 bytes, a line of the processor's cache.
///
/// The queue of a level is a ring through a slot of its own, its head:
///
///     head -> first <-> ... <-> last -> head
///
/// So every order has a neighbour on both sides, and joining or leaving a queue looks at no ends.
/// A head is laid out like an order: `quantity` is that of the whole level, `level` counts its
/// orders, `entryHash` holds what the level adds to the hash of each, and `keyHash` is 0, as
/// nobody stands before the first order.
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
  /// The slot behind it in the ring of its level, or the next free slot.
  @usableFromInline var next: Int32
  /// The slot before it in the ring of its level.
  @usableFromInline var previous: Int32
  /// The slot of its level's head.
  @usableFromInline var level: Int32
  /// 2 x instrument + side.
  @usableFromInline var ladder: Int32

  /// Its instrument.
  @inlinable public var instrument: InstrumentIndex { ladder >> 1 }
  /// Its side.
  @inlinable public var side: Side { ladder & 1 == 0 ? .buy : .sell }
}

extension RestingOrder {
  /// What fills a slot that is free.
  static func free(next: Int32) -> RestingOrder {
    RestingOrder(
      key: .filler, price: 0, quantity: 0, keyHash: 0, entryHash: 0, next: next, previous: -1,
      level: 0, ladder: 0)
  }

  /// The head of a level that nobody stands at yet; `name` is the hash of its instrument's name.
  static func head(
    in slot: Int32, _ ladder: Int32, _ price: PriceIncrements, _ name: UInt64
  ) -> RestingOrder {
    // Wrapping: names are spread over 64 bits already, prices stay below 2^62.
    let place = name &+ UInt64(bitPattern: price) << 1 &+ UInt64(ladder & 1)
    return RestingOrder(
      key: .filler, price: price, quantity: 0, keyHash: 0, entryHash: place, next: slot,
      previous: slot, level: 0, ladder: ladder)
  }

  /// The first order of a head's queue.
  var first: Int32 { next }
  /// The last order of a head's queue, or the head.
  var last: Int32 { previous }
  /// How many orders a head's queue has.
  var count: Int32 { level }
  /// What the level of a head adds to the hash of each of its orders.
  var placeHash: UInt64 { entryHash }

  /// Takes an order in as the last of this head's queue.
  @inline(__always)
  mutating func join(_ slot: Int32, _ open: Lots) {
    previous = slot
    // Cannot overflow: at most 2^22 orders of at most 2^40 lots.
    quantity &+= open
    level &+= 1
  }

  /// Takes an order's lots off this head; returns whether it was the last one of the queue.
  @inline(__always)
  mutating func leave(_ open: Lots) -> Bool {
    quantity &-= open
    level &-= 1
    return level == 0
  }
}

/// The orders at one price of one side.
public struct PriceLevel: Equatable, Sendable, BitwiseCopyable {
  /// The price.
  public let price: PriceIncrements
  /// The open quantity of all its orders.
  public let quantity: Lots
  /// How many orders it has.
  public let count: Int32
  /// The slot of its head.
  let slot: Int32

  init(_ head: RestingOrder, in slot: Int32) {
    price = head.price
    quantity = head.quantity
    count = head.count
    self.slot = slot
  }
}
