public import Determinism
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
  @usableFromInline var freeSlot: Int32 = -1
  @usableFromInline var index = OrderIndex()
  @usableFromInline var identities: Identities

  /// In which instruments anything changed.
  @usableFromInline var changes: ChangedInstruments

  /// The wrapping sum of the hashes of all orders.
  @usableFromInline var hashes: UInt64 = 0

  /// The digest of all queues.
  @inlinable public var digest: UInt64 { hashes }

  /// How many orders rest.
  @inlinable public var count: Int { index.count }

  /// Creates an empty book.
  public init(identities: Identities) {
    self.identities = identities
    ladders = identities.instruments.flatMap { _ in
      [PriceLadder(isBuy: true), PriceLadder(isBuy: false)]
    }
    changes = ChangedInstruments(count: identities.instruments.count)
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

  /// The best price of a side at which somebody but an agent stands; nil where nobody does.
  ///
  /// - Complexity: O(the agent's orders at better prices, and the distance between them / 64).
  public func bestPrice(
    _ instrument: InstrumentIndex, _ side: Side, except agent: AgentIndex
  ) -> PriceIncrements? {
    let place = 2 * Int(instrument) + Int(side.rawValue)
    var level = ladders[place].best
    while level >= 0 {
      var slot = slots[Int(level)].next
      while slot != level {
        if slots[Int(slot)].key.agent != agent { return slots[Int(level)].price }
        slot = slots[Int(slot)].next
      }
      level = ladders[place].level(after: level, slots)
    }
    return nil
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
    // Cannot wrap: prices lie within Limits.maximumPrice.
    let distance = price &- slots[Int(best)].price
    return (side == .buy ? distance : 0 &- distance) >= 0
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
  @inlinable @inline(__always)
  public mutating func insert(
    _ key: CommandKey, _ instrument: InstrumentIndex, _ side: Side, price: PriceIncrements,
    quantity: Lots
  ) {
    assert(slot(of: key) < 0, "Invariant: callers check that the id is absent")
    precondition(
      quantity > 0 && count < Self.maximumOrders, "Invariant: callers check that there is room")
    changes.note(instrument)
    let keyHash = identities.hash(key)
    let level = occupy(instrument &* 2 &+ Int32(side.rawValue), price)
    index.makeRoom(&slots)
    if freeSlot < 0 { grow() }
    let slot = freeSlot
    let entry = BookPools.change(&slots, &index.buckets) {
      $0.append(key, keyHash, quantity, in: slot, at: level)
    }
    freeSlot = entry.free
    hashes &+= entry.hash  // a wrapping sum: the order of addition does not matter
  }

  /// Takes `quantity` lots off an order; one that has none left leaves the book.
  ///
  /// - Precondition: the order rests in that slot and has that much.
  /// - Complexity: O(1) expected.
  @inlinable @inline(__always)
  public mutating func reduce(at slot: Int32, by quantity: Lots) {
    let open = slots[Int(slot)].quantity
    precondition(quantity > 0 && quantity <= open, "Invariant: no more than is open")
    changes.note(slots[Int(slot)].ladder >> 1)
    if quantity == open {
      remove(at: slot)
    } else {
      hashes &+= BookPools.change(&slots, &index.buckets) { pools in
        // Neither can wrap: a level has as much as its orders, and the order more than that.
        pools.slots[pools.slots[slot].level].quantity &-= quantity
        pools.slots[slot].quantity &-= quantity
        return pools.rehash(slot)
      }
    }
  }

  /// Takes an order out of the book.
  @inlinable @inline(__always)
  mutating func remove(at slot: Int32) {
    let (level, ladder, free) = (slots[Int(slot)].level, slots[Int(slot)].ladder, freeSlot)
    let (change, isEmpty) = BookPools.change(&slots, &index.buckets) {
      $0.remove(slot, free: free)
    }
    freeSlot = slot
    index.count &-= 1  // cannot wrap: the order was there
    hashes &+= change
    if isEmpty { discard(level, ladder) }
  }

  /// Gives an order a new id and a smaller or equal quantity; it keeps its place.
  ///
  /// - Precondition: the order rests in that slot, the new id is absent and its owner exists,
  ///   `0 < quantity <= open`.
  /// - Complexity: O(1) expected.
  public mutating func rename(at slot: Int32, to newKey: CommandKey, quantity: Lots) {
    let order = slots[Int(slot)]
    precondition(quantity > 0 && quantity <= order.quantity, "Invariant: only shrinking")
    changes.note(order.ladder >> 1)
    let keyHash = identities.hash(newKey)
    hashes &+= BookPools.change(&slots, &index.buckets) { pools in
      pools.leave(slot, order.keyHash)
      pools.slots[slot].chain = pools.enter(slot, keyHash)
      pools.slots[slot].key = newKey
      pools.slots[slot].keyHash = keyHash
      pools.slots[slot].quantity = quantity
      pools.slots[order.level].quantity -= order.quantity - quantity
      return pools.rehash(slot) &+ (order.next == order.level ? 0 : pools.rehash(order.next))
    }
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

  // MARK: What changed

  /// The instrument whose orders or trades changed last; -1 for none.
  public var latestChange: InstrumentIndex { changes.latest }

  /// Notes that an instrument changed otherwise than by its orders.
  public mutating func noteChange(of instrument: InstrumentIndex) { changes.note(instrument) }

  /// Notes that every instrument may have changed.
  public mutating func noteAllChanged() { changes.noteAll() }

  /// An instrument that changed since it was last taken, each once; nil where there is none left.
  public mutating func takeChange() -> InstrumentIndex? { changes.takeNext() }

  private func restingSlot(of key: CommandKey) -> Int32 {
    let slot = slot(of: key)
    precondition(slot >= 0, "Invariant: callers check that the order rests")
    return slot
  }

  // MARK: Helpers

  /// The hash that an order adds to the digest; `before` is the hash of the id before it in the
  /// queue, or 0, `place` that of its level.
  @inlinable @inline(__always)
  static func entryHash(
    _ keyHash: UInt64, _ quantity: Lots, behind before: UInt64, at place: UInt64
  ) -> UInt64 {
    EntryHash.of(5, keyHash, before, place, UInt64(bitPattern: quantity))
  }

  /// The slot of the level at a price, which is made where nobody stands there yet.
  @inlinable @inline(__always)
  mutating func occupy(_ ladder: Int32, _ price: PriceIncrements) -> Int32 {
    let found = ladders[Int(ladder)].nearLevel(at: price)
    return found >= 0 ? found : occupyFar(ladder, price)
  }

  /// The same where nobody stands at the price, or far from where trading is.
  @usableFromInline @inline(never)
  mutating func occupyFar(_ ladder: Int32, _ price: PriceIncrements) -> Int32 {
    let found = ladders[Int(ladder)].level(at: price, slots)
    if found >= 0 { return found }
    precondition(
      (0...Limits.maximumPrice).contains(price), "Invariant: callers check the price's range")
    if freeSlot < 0 { grow() }
    let slot = freeSlot
    freeSlot = slots[Int(slot)].next
    slots[Int(slot)] = .head(in: slot, ladder, price, identities.instruments[Int(ladder >> 1)])
    ladders[Int(ladder)].insert(slot, slots)
    return slot
  }

  /// Makes as many free slots as there are slots.
  @usableFromInline @inline(never)
  mutating func grow() {
    // Cannot wrap: twice as many slots as orders and levels, of which there are as many at most.
    let count = Int32(slots.count)
    let more = max(64, count)
    slots.reserveCapacity(Int(count + more))
    for slot in count..<(count + more) { slots.append(.free(next: slot + 1)) }
    slots[slots.count - 1].next = freeSlot
    freeSlot = count
  }

  @usableFromInline @inline(never)
  mutating func discard(_ level: Int32, _ ladder: Int32) {
    ladders[Int(ladder)].remove(level, slots)
    slots[Int(level)].next = freeSlot
    freeSlot = level
  }
}
