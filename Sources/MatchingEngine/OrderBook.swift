import Determinism
public import MarketModel

/// The resting orders of all instruments, in price-time priority.
///
///     ladders[2 * instrument + side]: levels by price, the best last
///         level: price, quantity, head -> order <-> order <- tail
///     orders: one flat pool, linked by 32-bit slots; freed slots are used again
///
/// The digest is the wrapping sum of a hash for each order. That hash covers the id of the order
/// before it in the queue, so that equal digests mean equal queues, without any history.
public struct OrderBook: Sendable {
  /// The most orders that may rest at once.
  public static let maximumOrders = 1 << 22

  var orders: [RestingOrder] = []
  private var free: [Int32] = []
  private var table = SlotTable<CommandKey>()
  var ladders: [[PriceLevel]]
  var identities: Identities

  /// The digest of all queues.
  public private(set) var digest: UInt64 = 0

  /// How many orders rest.
  public var count: Int { table.count }

  /// Creates an empty book.
  public init(identities: Identities) {
    self.identities = identities
    ladders = Array(repeating: [], count: 2 * identities.instruments.count)
  }

  // MARK: Looking

  /// The levels of a side, the best last.
  public func levels(_ instrument: InstrumentIndex, _ side: Side) -> [PriceLevel] {
    ladders[2 * Int(instrument) + Int(side.rawValue)]
  }

  /// The best level of a side.
  ///
  /// - Complexity: O(1).
  public func best(_ instrument: InstrumentIndex, _ side: Side) -> PriceLevel? {
    ladders[2 * Int(instrument) + Int(side.rawValue)].last
  }

  /// The order first in line on a side.
  ///
  /// - Complexity: O(1).
  public func front(_ instrument: InstrumentIndex, _ side: Side) -> RestingOrder? {
    guard let level = best(instrument, side) else { return nil }
    return orders[Int(level.head)]
  }

  /// The order with that id.
  ///
  /// - Complexity: O(1) expected.
  public func order(_ key: CommandKey) -> RestingOrder? {
    guard let slot = table.slot(of: key) else { return nil }
    return orders[Int(slot)]
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

  /// Whether an order at that price would trade with the best order of the other side.
  public func crosses(
    _ instrument: InstrumentIndex, _ side: Side, price: PriceIncrements
  ) -> Bool {
    guard let other = best(instrument, side.opposite) else { return false }
    return side == .buy ? price >= other.price : price <= other.price
  }

  // MARK: Changing

  /// Appends an order to the queue at its price.
  ///
  /// - Precondition: the id is absent, the quantity positive, and there is room.
  /// - Complexity: O(1) expected at a known level, else O(levels).
  public mutating func insert(
    _ key: CommandKey, _ instrument: InstrumentIndex, _ side: Side, price: PriceIncrements,
    quantity: Lots
  ) {
    precondition(quantity > 0, "Invariant: a resting order has an open quantity")
    precondition(count < Self.maximumOrders, "Invariant: callers check that there is room")
    let order = RestingOrder(
      key: key, price: price, quantity: quantity, next: -1, previous: -1, instrument: instrument,
      side: side, entryHash: 0)
    let slot: Int32
    if let reused = free.popLast() {
      slot = reused
      orders[Int(slot)] = order
    } else {
      slot = Int32(orders.count)  // cannot wrap: count < maximumOrders
      orders.append(order)
    }
    table.insert(key, slot: slot)
    let ladder = 2 * Int(instrument) + Int(side.rawValue)
    let (position, exists) = position(ladder, side, price)
    if !exists {
      let level = PriceLevel(price: price, quantity: 0, head: slot, tail: -1, count: 0)
      ladders[ladder].insert(level, at: position)
    }
    let tail = ladders[ladder][position].tail
    if tail >= 0 { orders[Int(tail)].next = slot }
    orders[Int(slot)].previous = tail
    ladders[ladder][position].tail = slot
    // Cannot overflow: at most 2^22 orders of at most 2^40 lots.
    ladders[ladder][position].quantity += quantity
    ladders[ladder][position].count += 1
    addHash(slot)
  }

  /// Takes `quantity` lots off an order; one that has none left leaves the book.
  ///
  /// - Precondition: the order rests here and has that much.
  /// - Complexity: O(log levels), O(levels) where a level empties.
  public mutating func reduce(_ key: CommandKey, by quantity: Lots) {
    guard let slot = table.slot(of: key) else {
      preconditionFailure("Invariant: callers check that the order rests")
    }
    let order = orders[Int(slot)]
    precondition(quantity > 0 && quantity <= order.quantity, "Invariant: no more than is open")
    let ladder = 2 * Int(order.instrument) + Int(order.side.rawValue)
    let (position, exists) = position(ladder, order.side, order.price)
    precondition(exists, "Invariant: every resting order has its level")
    ladders[ladder][position].quantity -= quantity
    if quantity < order.quantity {
      removeHash(slot)
      orders[Int(slot)].quantity -= quantity
      addHash(slot)
    } else {
      unlink(slot, ladder, position)
      table.remove(key)
      free.append(slot)
    }
  }

  /// Gives an order a new id and a smaller or equal quantity; it keeps its place.
  ///
  /// - Precondition: the order rests here, the new id is absent, `0 < quantity <= open`.
  public mutating func rename(_ key: CommandKey, to newKey: CommandKey, quantity: Lots) {
    guard let slot = table.slot(of: key) else {
      preconditionFailure("Invariant: callers check that the order rests")
    }
    let order = orders[Int(slot)]
    precondition(quantity > 0 && quantity <= order.quantity, "Invariant: only shrinking")
    let ladder = 2 * Int(order.instrument) + Int(order.side.rawValue)
    let (position, _) = position(ladder, order.side, order.price)
    ladders[ladder][position].quantity -= order.quantity - quantity
    removeHash(slot)
    if order.next >= 0 { removeHash(order.next) }
    table.remove(key)
    table.insert(newKey, slot: slot)
    orders[Int(slot)].key = newKey
    orders[Int(slot)].quantity = quantity
    addHash(slot)
    if order.next >= 0 { addHash(order.next) }
  }

  // MARK: Helpers

  /// Where the level of a price is, or would be inserted.
  private func position(
    _ ladder: Int, _ side: Side, _ price: PriceIncrements
  ) -> (Int, Bool) {
    let levels = ladders[ladder]
    // Most orders touch the best levels, which stand at the end.
    var low = 0
    var high = levels.count
    while low < high {
      let middle = (low + high) / 2
      let found = levels[middle].price
      if found == price { return (middle, true) }
      let isBefore = side == .buy ? found < price : found > price
      if isBefore { low = middle + 1 } else { high = middle }
    }
    return (low, false)
  }

  private mutating func unlink(_ slot: Int32, _ ladder: Int, _ position: Int) {
    let order = orders[Int(slot)]
    removeHash(slot)
    if order.next >= 0 {
      removeHash(order.next)
      orders[Int(order.next)].previous = order.previous
    } else {
      ladders[ladder][position].tail = order.previous
    }
    if order.previous >= 0 {
      orders[Int(order.previous)].next = order.next
    } else {
      ladders[ladder][position].head = order.next
    }
    if order.next >= 0 { addHash(order.next) }
    ladders[ladder][position].count -= 1
    if ladders[ladder][position].count == 0 { ladders[ladder].remove(at: position) }
  }

  func entryHash(_ slot: Int32) -> UInt64 {
    let order = orders[Int(slot)]
    var hasher = DigestHasher(domain: 5)
    hasher.combine(identities.owner(of: order.key))
    hasher.combine(order.key.tick)
    hasher.combine(UInt64(order.key.ordinal) << 1 | UInt64(order.side.rawValue))
    hasher.combine(identities.instruments[Int(order.instrument)])
    hasher.combine(order.price)
    hasher.combine(order.quantity)
    hasher.combine(order.previous < 0 ? 0 : identities.hash(orders[Int(order.previous)].key))
    return hasher.finalize()
  }

  private mutating func addHash(_ slot: Int32) {
    let hash = entryHash(slot)
    orders[Int(slot)].entryHash = hash
    digest &+= hash  // a wrapping sum: order of addition does not matter
  }

  private mutating func removeHash(_ slot: Int32) {
    digest &-= orders[Int(slot)].entryHash
  }
}

extension OrderBook {
  /// Makes the agent with the next index known.
  public mutating func appendAgent(_ name: String) { identities.appendAgent(name) }
}
