import MarketModel

extension OrderBook {
  /// Checks every link, sum, order of levels and the digest from scratch.
  ///
  /// - Complexity: O(orders), and of the windows of prices.
  public func checkInvariants() {
    var orderCount = 0
    var total: UInt64 = 0
    for (index, ladder) in ladders.enumerated() {
      let heads = ladder.slots(slots)
      precondition(ladder.isWindowConsistent, "Invariant: a cell has a level where its bit says so")
      precondition(
        ladder.best == heads.last ?? -1, "Invariant: a ladder knows its best level")
      for (position, slot) in heads.enumerated() {
        let level = slots[Int(slot)]
        precondition(
          ladder.level(at: level.price, slots) == slot, "Invariant: a level is found by its price")
        precondition(
          level.keyHash == 0 && level.ladder == index, "Invariant: a head is that of its ladder")
        if position > 0 {
          let before = slots[Int(heads[position - 1])].price
          precondition(
            ladder.isBuy ? before < level.price : before > level.price,
            "Invariant: levels stand in order, the best last")
        }
        total &+= checkQueue(slot, index)
        orderCount += Int(level.count)
      }
    }
    precondition(orderCount == count, "Invariant: the index knows every resting order")
    precondition(total == digest, "Invariant: the digest equals the one from scratch")
  }

  private func checkQueue(_ levelSlot: Int32, _ ladder: Int) -> UInt64 {
    let level = slots[Int(levelSlot)]
    var quantity: Lots = 0
    var queueCount: Int32 = 0
    var previous = levelSlot
    var before: UInt64 = 0
    var total: UInt64 = 0
    var slot = level.first
    while slot != levelSlot {
      let order = slots[Int(slot)]
      precondition(order.previous == previous, "Invariant: queues are linked both ways")
      precondition(order.price == level.price, "Invariant: an order stands at its price")
      precondition(
        order.ladder == ladder && order.level == levelSlot, "Invariant: an order knows its level")
      precondition(order.quantity > 0, "Invariant: a resting order has an open quantity")
      precondition(order.keyHash == identities.hash(order.key), "Invariant: ids have their hash")
      precondition(self.slot(of: order.key) == slot, "Invariant: an order is found by its id")
      // Wrapping: see `RestingOrder.head` and the digest itself.
      let place =
        identities.instruments[Int(order.instrument)] &+ UInt64(order.price) << 1
        &+ UInt64(order.side.rawValue)
      let hash = Self.entryHash(order.keyHash, order.quantity, behind: before, at: place)
      precondition(order.entryHash == hash, "Invariant: an order's hash is that from scratch")
      total &+= hash
      quantity += order.quantity
      queueCount += 1
      previous = slot
      before = order.keyHash
      slot = order.next
    }
    precondition(level.last == previous, "Invariant: the tail is the last of the queue")
    precondition(level.quantity == quantity, "Invariant: a level's quantity is its orders' sum")
    precondition(level.count == queueCount && queueCount > 0, "Invariant: no level is empty")
    return total
  }
}
