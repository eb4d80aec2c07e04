import MarketModel

extension OrderBook {
  /// Checks every link, sum, order of levels and the digest from scratch.
  ///
  /// - Complexity: O(orders).
  public func checkInvariants() {
    var orderCount = 0
    var total: UInt64 = 0
    for (index, ladder) in ladders.enumerated() {
      let side: Side = index % 2 == 0 ? .buy : .sell
      for (position, level) in ladder.enumerated() {
        if position > 0 {
          let before = ladder[position - 1].price
          precondition(
            side == .buy ? before < level.price : before > level.price,
            "Invariant: levels stand in order, the best last")
        }
        total &+= checkQueue(level, index)
        orderCount += Int(level.count)
      }
    }
    precondition(orderCount == count, "Invariant: the table knows every resting order")
    precondition(total == digest, "Invariant: the digest equals the one from scratch")
  }

  private func checkQueue(_ level: PriceLevel, _ ladder: Int) -> UInt64 {
    var quantity: Lots = 0
    var queueCount: Int32 = 0
    var previous: Int32 = -1
    var total: UInt64 = 0
    var slot = level.head
    while slot >= 0 {
      let order = orders[Int(slot)]
      precondition(order.previous == previous, "Invariant: queues are linked both ways")
      precondition(order.price == level.price, "Invariant: an order stands at its price")
      precondition(
        2 * Int(order.instrument) + Int(order.side.rawValue) == ladder,
        "Invariant: an order stands on its side")
      precondition(order.quantity > 0, "Invariant: a resting order has an open quantity")
      total &+= entryHash(slot)
      quantity += order.quantity
      queueCount += 1
      previous = slot
      slot = order.next
    }
    precondition(level.tail == previous, "Invariant: the tail is the last of the queue")
    precondition(level.quantity == quantity, "Invariant: a level's quantity is its orders' sum")
    precondition(level.count == queueCount && queueCount > 0, "Invariant: no level is empty")
    return total
  }
}
