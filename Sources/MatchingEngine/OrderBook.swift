import Determinism
public import MarketModel

/// The resting orders of all instruments, in price-time priority.
///
///     ladders[2 * instrument + side]: which prices are occupied, and the best of them
///     slots: one flat pool of orders and of the heads of levels, linked in rings by 32-bit slots;
///            freed slots are used again
///
/// The digest is the wrapping sum of a hash for each order. That hash covers the id of the order
/// before it in the queue, so that equal digests mean equal queues, without any history.
///
/// `ReferenceOrderBook` defines what it must do. Nothing here takes memory in the steady state.
public struct OrderBook: Sendable {
  /// The most orders that may rest at once.
  public static let maximumOrders = 1 << 22

  @usableFromInline var slots: [RestingOrder] = []
  @usableFromInline var ladders: [PriceLadder]
  private var freeSlot: Int32 = -1
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
    return index.slot(of: key, hash: identities.hash(key), in: slots)
  }

  /// The order in a slot.
  @inlinable @inline(__always)
  public func order(at slot: Int32) -> RestingOrder { slots[Int(slot)] }

  /// The order with that id.
  ///
  /// - Complexity: O(1) expected.
  public func order(_ key: CommandKey) -> RestingOrder? {
    let slot = slot(of: key)
    return slot < 0 ? nil : slots[Int(slot)]
  }

  /// The slot of the order first in line on a side, or -1.
  ///
  /// - Complexity: O(1).
  @inlinable @inline(__always)
  public func frontSlot(_ instrument: InstrumentIndex, _ side: Side) -> Int32 {
    let best = ladders[2 * Int(instrument) + Int(side.rawValue)].best
    return best < 0 ? -1 : slots[Int(best)].next
  }

  /// The order first in line on a side.
  ///
  /// - Complexity: O(1).
  public func front(_ instrument: InstrumentIndex, _ side: Side) -> RestingOrder? {
    let slot = frontSlot(instrument, side)
    return slot < 0 ? nil : slots[Int(slot)]
  }

  /// The best level of a side.
  ///
  /// - Complexity: O(1).
  public func best(_ instrument: InstrumentIndex, _ side: Side) -> PriceLevel? {
    let best = ladders[2 * Int(instrument) + Int(side.rawValue)].best
    return best < 0 ? nil : PriceLevel(slots[Int(best)], in: best)
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
    let other = slots[Int(best)].price
    return side == .buy ? price >= other : price <= other
  }

  /// The levels of a side, the best last.
  ///
  /// - Complexity: O(levels x log levels), and of the window of prices.
  public func levels(_ instrument: InstrumentIndex, _ side: Side) -> [PriceLevel] {
    ladders[2 * Int(instrument) + Int(side.rawValue)].slots(slots).map {
      PriceLevel(slots[Int($0)], in: $0)
    }
  }

  /// The level at a price, or nil.
  ///
  /// - Complexity: O(1) within the window of prices, else O(log levels).
  public func level(
    _ instrument: InstrumentIndex, _ side: Side, at price: PriceIncrements
  ) -> PriceLevel? {
    let slot = ladders[2 * Int(instrument) + Int(side.rawValue)].level(at: price, slots)
    return slot < 0 ? nil : PriceLevel(slots[Int(slot)], in: slot)
  }

  /// The orders of a level in the order of their priority.
  public func queue(_ level: PriceLevel) -> [RestingOrder] {
    var queue: [RestingOrder] = []
    var slot = slots[Int(level.slot)].first
    while slot != level.slot {
      queue.append(slots[Int(slot)])
      slot = slots[Int(slot)].next
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
    let slot = takeSlot()
    let last = slots[Int(level)].last
    let hash = Self.entryHash(
      keyHash, quantity, behind: slots[Int(last)].keyHash, at: slots[Int(level)].placeHash)
    slots[Int(slot)] = RestingOrder(
      key: key, price: price, quantity: quantity, keyHash: keyHash, entryHash: hash, next: level,
      previous: last, level: level, ladder: ladder)
    slots[Int(last)].next = slot
    slots[Int(level)].join(slot, quantity)
    digest &+= hash  // a wrapping sum: the order of addition does not matter
    index.insert(slot: slot, hash: keyHash)
  }

  /// Takes `quantity` lots off an order; one that has none left leaves the book.
  ///
  /// - Precondition: the order rests in that slot and has that much.
  /// - Complexity: O(1) expected.
  public mutating func reduce(at slot: Int32, by quantity: Lots) {
    let order = slots[Int(slot)]
    precondition(quantity > 0 && quantity <= order.quantity, "Invariant: no more than is open")
    if quantity == order.quantity {
      unlink(slot)
      return
    }
    slots[Int(order.level)].quantity &-= quantity  // cannot wrap: its orders' sum
    slots[Int(slot)].quantity &-= quantity
    rehash(slot)
  }

  /// Gives an order a new id and a smaller or equal quantity; it keeps its place.
  ///
  /// - Precondition: the order rests in that slot, the new id is absent and its owner exists,
  ///   `0 < quantity <= open`.
  /// - Complexity: O(1) expected.
  public mutating func rename(at slot: Int32, to newKey: CommandKey, quantity: Lots) {
    let order = slots[Int(slot)]
    precondition(quantity > 0 && quantity <= order.quantity, "Invariant: only shrinking")
    slots[Int(order.level)].quantity -= order.quantity - quantity
    let keyHash = identities.hash(newKey)
    index.remove(slot: slot, hash: order.keyHash)
    index.insert(slot: slot, hash: keyHash)
    slots[Int(slot)].key = newKey
    slots[Int(slot)].keyHash = keyHash
    slots[Int(slot)].quantity = quantity
    rehash(slot)
    if order.next != order.level { rehash(order.next) }
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

  /// The hash that an order adds to the digest; `before` is the hash of the id before it in the
  /// queue, or 0, `place` that of its level.
  @inline(__always)
  static func entryHash(
    _ keyHash: UInt64, _ quantity: Lots, behind before: UInt64, at place: UInt64
  ) -> UInt64 {
    EntryHash.of(5, keyHash, before, place, UInt64(bitPattern: quantity))
  }

  /// Computes an order's hash anew, after a change of it or of the one before it.
  @inline(__always)
  private mutating func rehash(_ slot: Int32) {
    let order = slots[Int(slot)]
    let hash = Self.entryHash(
      order.keyHash, order.quantity, behind: slots[Int(order.previous)].keyHash,
      at: slots[Int(order.level)].placeHash)
    digest &+= hash &- order.entryHash  // wrapping, as above
    slots[Int(slot)].entryHash = hash
  }

  /// The slot of the level at a price, which is made where nobody stands there yet.
  @inline(__always)
  private mutating func occupy(_ ladder: Int32, _ price: PriceIncrements) -> Int32 {
    let found = ladders[Int(ladder)].level(at: price, slots)
    return found >= 0 ? found : create(ladder, price)
  }

  @inline(never)
  private mutating func create(_ ladder: Int32, _ price: PriceIncrements) -> Int32 {
    let slot = takeSlot()
    slots[Int(slot)] = .head(in: slot, ladder, price, identities.instruments[Int(ladder >> 1)])
    ladders[Int(ladder)].insert(slot, slots)
    return slot
  }

  /// Takes a slot off the free ones.
  @inline(__always)
  private mutating func takeSlot() -> Int32 {
    if freeSlot < 0 { grow() }
    let slot = freeSlot
    freeSlot = slots[Int(slot)].next
    return slot
  }

  /// Makes as many free slots as there are slots.
  @inline(never)
  private mutating func grow() {
    // Cannot wrap: twice as many slots as orders and levels, of which there are as many at most.
    let count = Int32(slots.count)
    let more = max(64, count)
    slots.reserveCapacity(Int(count + more))
    for slot in count..<(count + more) { slots.append(.free(next: slot + 1)) }
    slots[slots.count - 1].next = freeSlot
    freeSlot = count
  }

  /// Takes an order out of the book.
  @inline(__always)
  private mutating func unlink(_ slot: Int32) {
    let order = slots[Int(slot)]
    index.remove(slot: slot, hash: order.keyHash)
    slots[Int(order.previous)].next = order.next
    slots[Int(order.next)].previous = order.previous
    digest &-= order.entryHash  // wrapping, as above
    if order.next != order.level { rehash(order.next) }
    slots[Int(slot)].next = freeSlot
    freeSlot = slot
    if slots[Int(order.level)].leave(order.quantity) { discard(order.level, order.ladder) }
  }

  @inline(never)
  private mutating func discard(_ level: Int32, _ ladder: Int32) {
    ladders[Int(ladder)].remove(level, slots)
    slots[Int(level)].next = freeSlot
    freeSlot = level
  }
}
