import Determinism
public import MarketModel

/// The resting orders of all instruments, in price-time priority.
///
///     ladders[2 * instrument + side]: which prices are occupied, and the best of them
///     levels: one flat pool   price, quantity, head -> order <-> order <- tail
///     orders: one flat pool, linked by 32-bit slots; freed slots are used again
///
/// The digest is the wrapping sum of a hash for each order. That hash covers the id of the order
/// before it in the queue, so that equal digests mean equal queues, without any history.
///
/// `ReferenceOrderBook` defines what it must do. Nothing here takes memory in the steady state.
public struct OrderBook: Sendable {
  /// The most orders that may rest at once.
  public static let maximumOrders = 1 << 22

  @usableFromInline var orders: [RestingOrder] = []
  @usableFromInline var levels: [PriceLevel] = []
  @usableFromInline var ladders: [PriceLadder]
  private var freeOrder: Int32 = -1
  private var freeLevel: Int32 = -1
  @usableFromInline var index = OrderIndex()
  @usableFromInline var identities: Identities

  /// The digest of all queues.
  public private(set) var digest: UInt64 = 0

  /// How many orders rest.
  @inlinable public var count: Int { index.count }

  /// Creates an empty book.
  public init(identities: Identities) {
    self.identities = identities
    ladders = identities.instruments.flatMap { _ in
      [PriceLadder(isBuy: true), PriceLadder(isBuy: false)]
    }
  }

  /// Makes the agent with the next index known.
  public mutating func appendAgent(_ name: String) { identities.appendAgent(name) }

  // MARK: Looking

  /// The slot of the order with that id, or -1; it stays the order's own while it rests.
  ///
  /// - Complexity: O(1) expected.
  @inlinable @inline(__always)
  public func slot(of key: CommandKey) -> Int32 {
    guard identities.knows(ownerOf: key) else { return -1 }
    return index.slot(of: key, hash: identities.hash(key), in: orders)
  }

  /// The order in a slot.
  @inlinable @inline(__always)
  public func order(at slot: Int32) -> RestingOrder { orders[Int(slot)] }

  /// The order with that id.
  ///
  /// - Complexity: O(1) expected.
  public func order(_ key: CommandKey) -> RestingOrder? {
    let slot = slot(of: key)
    return slot < 0 ? nil : orders[Int(slot)]
  }

  /// The slot of the order first in line on a side, or -1.
  ///
  /// - Complexity: O(1).
  @inlinable @inline(__always)
  public func frontSlot(_ instrument: InstrumentIndex, _ side: Side) -> Int32 {
    let best = ladders[2 * Int(instrument) + Int(side.rawValue)].best
    return best < 0 ? -1 : levels[Int(best)].head
  }

  /// The order first in line on a side.
  ///
  /// - Complexity: O(1).
  public func front(_ instrument: InstrumentIndex, _ side: Side) -> RestingOrder? {
    let slot = frontSlot(instrument, side)
    return slot < 0 ? nil : orders[Int(slot)]
  }

  /// The best level of a side.
  ///
  /// - Complexity: O(1).
  public func best(_ instrument: InstrumentIndex, _ side: Side) -> PriceLevel? {
    let best = ladders[2 * Int(instrument) + Int(side.rawValue)].best
    return best < 0 ? nil : levels[Int(best)]
  }

  /// Whether an order at that price would trade with the best order of the other side.
  ///
  /// - Complexity: O(1).
  @inlinable @inline(__always)
  public func crosses(
    _ instrument: InstrumentIndex, _ side: Side, price: PriceIncrements
  ) -> Bool {
    let best = ladders[2 * Int(instrument) + Int(side.opposite.rawValue)].best
    if best < 0 { return false }
    let other = levels[Int(best)].price
    return side == .buy ? price >= other : price <= other
  }

  /// The levels of a side, the best last.
  ///
  /// - Complexity: O(levels x log levels), and of the window of prices.
  public func levels(_ instrument: InstrumentIndex, _ side: Side) -> [PriceLevel] {
    ladders[2 * Int(instrument) + Int(side.rawValue)].slots(levels).map { levels[Int($0)] }
  }

  /// The level at a price, or nil.
  ///
  /// - Complexity: O(1) within the window of prices, else O(log levels).
  public func level(
    _ instrument: InstrumentIndex, _ side: Side, at price: PriceIncrements
  ) -> PriceLevel? {
    let slot = ladders[2 * Int(instrument) + Int(side.rawValue)].level(at: price, levels)
    return slot < 0 ? nil : levels[Int(slot)]
  }

  /// The orders of a level in the order of their priority.
  public func queue(_ level: PriceLevel) -> [RestingOrder] {
    var queue: [RestingOrder] = []
    var slot = level.head
    while slot >= 0 {
      queue.append(orders[Int(slot)])
      slot = orders[Int(slot)].next
    }
    return queue
  }

  // MARK: Changing

  /// Appends an order to the queue at its price.
  ///
  /// - Precondition: the id is absent and its owner exists, the quantity is positive, and there is
  ///   room.
  /// - Complexity: O(1) expected where the price is occupied.
  public mutating func insert(
    _ key: CommandKey, _ instrument: InstrumentIndex, _ side: Side, price: PriceIncrements,
    quantity: Lots
  ) {
    assert(slot(of: key) < 0, "Invariant: callers check that the id is absent")
    precondition(
      quantity > 0 && count < Self.maximumOrders, "Invariant: callers check that there is room")
    let keyHash = identities.hash(key)
    let ladder = instrument &* 2 &+ Int32(side.rawValue)
    let level = occupy(ladder, price)
    let tail = levels[Int(level)].tail
    var order = RestingOrder(
      key: key, price: price, quantity: quantity, keyHash: keyHash, entryHash: 0, next: -1,
      previous: tail, level: level, ladder: ladder)
    let before = tail < 0 ? 0 : orders[Int(tail)].keyHash
    order.entryHash = Self.entryHash(
      order, identities.instruments[Int(instrument)], behind: before)
    digest &+= order.entryHash  // a wrapping sum: the order of addition does not matter
    let slot = place(order, behind: tail)
    join(slot, level, quantity)
    index.insert(slot: slot, hash: keyHash)
  }

  /// Takes `quantity` lots off an order; one that has none left leaves the book.
  ///
  /// - Precondition: the order rests in that slot and has that much.
  /// - Complexity: O(1) expected.
  public mutating func reduce(at slot: Int32, by quantity: Lots) {
    let order = orders[Int(slot)]
    precondition(quantity > 0 && quantity <= order.quantity, "Invariant: no more than is open")
    if quantity == order.quantity {
      unlink(slot, order)
      return
    }
    levels[Int(order.level)].quantity -= quantity
    var left = order
    left.quantity -= quantity
    left.entryHash = Self.entryHash(
      left, identities.instruments[Int(order.instrument)],
      behind: order.previous < 0 ? 0 : orders[Int(order.previous)].keyHash)
    digest &+= left.entryHash &- order.entryHash  // wrapping, as above
    orders[Int(slot)] = left
  }

  /// Gives an order a new id and a smaller or equal quantity; it keeps its place.
  ///
  /// - Precondition: the order rests in that slot, the new id is absent and its owner exists,
  ///   `0 < quantity <= open`.
  /// - Complexity: O(1) expected.
  public mutating func rename(at slot: Int32, to newKey: CommandKey, quantity: Lots) {
    let order = orders[Int(slot)]
    precondition(quantity > 0 && quantity <= order.quantity, "Invariant: only shrinking")
    levels[Int(order.level)].quantity -= order.quantity - quantity
    let keyHash = identities.hash(newKey)
    index.remove(slot: slot, hash: order.keyHash)
    index.insert(slot: slot, hash: keyHash)
    orders[Int(slot)].key = newKey
    orders[Int(slot)].keyHash = keyHash
    orders[Int(slot)].quantity = quantity
    rehash(slot, behind: order.previous < 0 ? 0 : orders[Int(order.previous)].keyHash)
    if order.next >= 0 { rehash(order.next, behind: keyHash) }
  }

  /// `reduce(at:by:)` of the order with that id.
  ///
  /// - Precondition: the order rests here and has that much.
  public mutating func reduce(_ key: CommandKey, by quantity: Lots) {
    reduce(at: restingSlot(of: key), by: quantity)
  }

  /// `rename(at:to:quantity:)` of the order with that id.
  ///
  /// - Precondition: the order rests here, and as there.
  public mutating func rename(_ key: CommandKey, to newKey: CommandKey, quantity: Lots) {
    rename(at: restingSlot(of: key), to: newKey, quantity: quantity)
  }

  private func restingSlot(of key: CommandKey) -> Int32 {
    let slot = slot(of: key)
    precondition(slot >= 0, "Invariant: callers check that the order rests")
    return slot
  }

  // MARK: Helpers

  /// The hash that an order adds to the digest; `name` is the hash of its instrument's name,
  /// `before` that of the id before it in the queue, or 0.
  @inline(__always)
  static func entryHash(
    _ order: RestingOrder, _ name: UInt64, behind before: UInt64
  ) -> UInt64 {
    // Wrapping: names are spread over 64 bits already, prices stay below 2^62.
    let place = name &+ UInt64(bitPattern: order.price) << 1 &+ UInt64(order.ladder & 1)
    return EntryHash.of(5, order.keyHash, before, place, UInt64(bitPattern: order.quantity))
  }

  /// Computes an order's hash anew, after a change of it or of the one before it.
  private mutating func rehash(_ slot: Int32, behind before: UInt64) {
    let order = orders[Int(slot)]
    let hash = Self.entryHash(
      order, identities.instruments[Int(order.instrument)], behind: before)
    digest &+= hash &- order.entryHash  // wrapping, as above
    orders[Int(slot)].entryHash = hash
  }

  /// The slot of the level at a price, which is made where nobody stands there yet.
  @inline(__always)
  private mutating func occupy(_ ladder: Int32, _ price: PriceIncrements) -> Int32 {
    let found = ladders[Int(ladder)].level(at: price, levels)
    return found >= 0 ? found : create(ladder, price)
  }

  private mutating func create(_ ladder: Int32, _ price: PriceIncrements) -> Int32 {
    let level = PriceLevel(price: price, quantity: 0, head: -1, tail: -1, count: 0)
    let slot: Int32
    if freeLevel >= 0 {
      slot = freeLevel
      freeLevel = levels[Int(slot)].head
      levels[Int(slot)] = level
    } else {
      slot = Int32(levels.count)  // cannot wrap: no more levels than orders
      levels.append(level)
    }
    ladders[Int(ladder)].insert(slot, levels)
    return slot
  }

  /// Puts an order into a free slot and links it behind `tail`, where there is one.
  @inline(__always)
  private mutating func place(_ order: RestingOrder, behind tail: Int32) -> Int32 {
    if freeOrder < 0 { return append(order, behind: tail) }
    let slot = freeOrder
    freeOrder = orders[Int(slot)].next
    orders[Int(slot)] = order
    if tail >= 0 { orders[Int(tail)].next = slot }
    return slot
  }

  @inline(never)
  private mutating func append(_ order: RestingOrder, behind tail: Int32) -> Int32 {
    let slot = Int32(orders.count)  // cannot wrap: count < maximumOrders
    orders.append(order)
    if tail >= 0 { orders[Int(tail)].next = slot }
    return slot
  }

  /// Makes an order the last of its level.
  @inline(__always)
  private mutating func join(_ slot: Int32, _ level: Int32, _ quantity: Lots) {
    levels[Int(level)].join(slot, quantity)
  }

  /// Takes an order out of the book.
  private mutating func unlink(_ slot: Int32, _ order: RestingOrder) {
    index.remove(slot: slot, hash: order.keyHash)
    var change = 0 &- order.entryHash  // wrapping, as above
    let name = identities.instruments[Int(order.ladder >> 1)]
    var before: UInt64 = 0
    if order.previous >= 0 {
      before = orders[Int(order.previous)].keyHash
      orders[Int(order.previous)].next = order.next
    }
    if order.next >= 0 {
      let hash = Self.entryHash(orders[Int(order.next)], name, behind: before)
      change = change &+ hash &- orders[Int(order.next)].entryHash
      orders[Int(order.next)].follow(order.previous, hash)
    }
    orders[Int(slot)].next = freeOrder
    freeOrder = slot
    digest &+= change
    leave(order)
  }

  /// Takes an order's share off its level, which goes with its last order.
  @inline(__always)
  private mutating func leave(_ order: RestingOrder) {
    if levels[Int(order.level)].leave(order) { discard(order.level, order.ladder) }
  }

  private mutating func discard(_ level: Int32, _ ladder: Int32) {
    ladders[Int(ladder)].remove(level, levels)
    levels[Int(level)].head = freeLevel
    freeLevel = level
  }
}
