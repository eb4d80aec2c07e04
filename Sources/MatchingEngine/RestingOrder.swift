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
  public var key: CommandKey
  /// Its limit and its ladder in one: `price << 13 | ladder`.
  @usableFromInline let place: Int64
  /// What is still open.
  public var quantity: Lots
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
  /// The next order with such a hash; -1 for none.
  @usableFromInline var chain: Int32

  @inlinable @inline(__always)
  init(
    key: CommandKey, place: Int64, quantity: Lots, keyHash: UInt64, entryHash: UInt64,
    next: Int32, previous: Int32, level: Int32, chain: Int32
  ) {
    self.key = key
    self.place = place
    self.quantity = quantity
    self.keyHash = keyHash
    self.entryHash = entryHash
    self.next = next
    self.previous = previous
    self.level = level
    self.chain = chain
  }

  /// Its limit.
  @inlinable public var price: PriceIncrements { place >> 13 }
  /// 2 x instrument + side.
  @inlinable var ladder: Int32 { Int32(truncatingIfNeeded: place & 0x1FFF) }
  /// Its instrument.
  @inlinable public var instrument: InstrumentIndex { ladder >> 1 }
  /// Its side.
  @inlinable public var side: Side { ladder & 1 == 0 ? .buy : .sell }
}

extension RestingOrder {
  /// What fills a slot that is free.
  static func free(next: Int32) -> RestingOrder {
    RestingOrder(
      key: .filler, place: 0, quantity: 0, keyHash: 0, entryHash: 0, next: next, previous: -1,
      level: 0, chain: -1)
  }

  /// The head of a level that nobody stands at yet; `name` is the hash of its instrument's name.
  static func head(
    in slot: Int32, _ ladder: Int32, _ price: PriceIncrements, _ name: UInt64
  ) -> RestingOrder {
    // Wrapping: names are spread over 64 bits already, prices stay below 2^62.
    let hash = name &+ UInt64(bitPattern: price) << 1 &+ UInt64(ladder & 1)
    return RestingOrder(
      key: .filler, place: place(price, ladder), quantity: 0, keyHash: 0, entryHash: hash,
      next: slot, previous: slot, level: 0, chain: -1)
  }

  /// A limit and a ladder in one.
  @inline(__always)
  static func place(_ price: PriceIncrements, _ ladder: Int32) -> Int64 {
    // Holds both: prices are at most 2^40, ladders less than 2 x 2^12 instruments.
    price << 13 | Int64(ladder)
  }

  /// The first order of a head's queue.
  @inlinable var first: Int32 { next }
  /// The last order of a head's queue, or the head.
  @inlinable var last: Int32 { previous }
  /// How many orders a head's queue has.
  @inlinable var count: Int32 { level }
  /// What the level of a head adds to the hash of each of its orders.
  @inlinable var placeHash: UInt64 { entryHash }

  /// Takes an order in as the last of this head's queue.
  @inlinable @inline(__always)
  mutating func join(_ slot: Int32, _ open: Lots) {
    previous = slot
    // Cannot overflow: at most 2^22 orders of at most 2^40 lots.
    quantity &+= open
    level &+= 1
  }

  /// Takes an order's lots off this head; returns whether it was the last one of the queue.
  @inlinable @inline(__always)
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
