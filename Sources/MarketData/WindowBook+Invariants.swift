#if InvariantChecks
internal import MarketModel

extension WindowBook {
  /// Checks that levels are best first, that their quantities add up, and that orders and levels
  /// name each other.
  func checkInvariants() {
    var known = 0
    for side in Side.allCases {
      let levels = levels(side)
      precondition(
        zip(levels, levels.dropFirst()).allSatisfy { $1.isWorse(than: $0, side) },
        "Invariant: levels stand best first")
      for level in self[side] {
        known += level.references.count
        precondition(
          level.anonymous + quantityOfOrders(at: level, side) == level.quantity,
          "Invariant: known and anonymous quantities make the level")
        precondition(
          level.quantity > 0 && level.anonymous >= 0, "Invariant: an empty level leaves the book")
      }
    }
    precondition(known == orders.count, "Invariant: every known order stands at one level")
  }

  private func quantityOfOrders(at level: WindowLevel, _ side: Side) -> Lots {
    level.references.reduce(0) { sum, reference in
      guard let order = orders[reference] else {
        preconditionFailure("Invariant: a level's references are known orders")
      }
      precondition(
        order.side == side && order.price == level.price && order.remaining > 0,
        "Invariant: an order stands at its own level")
      return sum + order.remaining
    }
  }
}
#endif
