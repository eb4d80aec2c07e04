internal import MarketModel

/// A level of the recorded window and who stands there.
struct WindowLevel {
  let price: PriceIncrements
  /// The whole quantity.
  var quantity: Lots
  /// The part of it that belongs to no order that was seen to join.
  var anonymous: Lots
  /// The orders that were seen to join.
  ///
  /// They are only looked up and removed, so their order is no matter.
  var references: Set<Int64> = []
}

/// What is left of an order that was seen to join.
struct WindowOrder {
  let side: Side
  let price: PriceIncrements
  var remaining: Lots
}

/// The visible book as facts give it: the window of levels, and the live orders within.
///
/// Every method checks first and changes nothing where it returns nil or false.
struct WindowBook {
  private(set) var orders: [Int64: WindowOrder] = [:]
  /// Best first; by the raw value of the side.
  private var sides: [[WindowLevel]] = [[], []]

  subscript(side: Side) -> [WindowLevel] { sides[Int(side.rawValue)] }

  /// The prices and quantities of a side, best first.
  func levels(_ side: Side) -> [LobsterLevel] {
    self[side].map { LobsterLevel(price: $0.price, quantity: $0.quantity) }
  }

  /// The quantity at a level that no known order stands for.
  func anonymous(_ side: Side, _ price: PriceIncrements) -> Lots {
    let (index, isFound) = place(side, price)
    return isFound ? self[side][index].anonymous : 0
  }

  /// Adds a level that nobody is known at.
  mutating func reveal(_ side: Side, _ price: PriceIncrements, _ quantity: Lots) -> Bool {
    let (index, isFound) = place(side, price)
    guard !isFound, quantity > 0 else { return false }
    sides[Int(side.rawValue)].insert(
      WindowLevel(price: price, quantity: quantity, anonymous: quantity), at: index)
    return true
  }

  /// Forgets a level and its orders; returns the quantity that it showed.
  mutating func conceal(_ side: Side, _ price: PriceIncrements) -> Lots? {
    let (index, isFound) = place(side, price)
    guard isFound else { return nil }
    let level = sides[Int(side.rawValue)].remove(at: index)
    for reference in level.references { orders[reference] = nil }
    return level.quantity
  }

  /// Adds an order at the end of its level.
  mutating func join(
    _ reference: Int64, _ side: Side, _ price: PriceIncrements, _ quantity: Lots
  ) -> Bool {
    let (index, isFound) = place(side, price)
    guard quantity > 0, orders[reference] == nil else { return false }
    let (sum, overflow) = (isFound ? self[side][index].quantity : 0)
      .addingReportingOverflow(quantity)
    guard !overflow else { return false }
    orders[reference] = WindowOrder(side: side, price: price, remaining: quantity)
    let row = Int(side.rawValue)
    if !isFound {
      sides[row].insert(WindowLevel(price: price, quantity: 0, anonymous: 0), at: index)
    }
    sides[row][index].quantity = sum
    sides[row][index].references.insert(reference)
    return true
  }

  /// Shrinks an order that was seen to join; it goes with its last lot.
  mutating func shrink(_ reference: Int64, by quantity: Lots) -> Bool {
    guard let order = orders[reference], quantity > 0, quantity <= order.remaining else {
      return false
    }
    let (index, isFound) = place(order.side, order.price)
    precondition(isFound, "Invariant: a known order stands at a level of the window")
    let row = Int(order.side.rawValue)
    if quantity == order.remaining {
      orders[reference] = nil
      sides[row][index].references.remove(reference)
    } else {
      orders[reference] = WindowOrder(
        side: order.side, price: order.price, remaining: order.remaining - quantity)
    }
    take(quantity, row, index)
    return true
  }

  /// Shrinks the quantity of a level that no known order stands for.
  mutating func shrinkAnonymous(
    _ side: Side, _ price: PriceIncrements, by quantity: Lots
  ) -> Bool {
    let (index, isFound) = place(side, price)
    guard isFound, quantity > 0, quantity <= self[side][index].anonymous else { return false }
    sides[Int(side.rawValue)][index].anonymous -= quantity
    take(quantity, Int(side.rawValue), index)
    return true
  }

  private mutating func take(_ quantity: Lots, _ row: Int, _ index: Int) {
    sides[row][index].quantity -= quantity
    if sides[row][index].quantity == 0 { sides[row].remove(at: index) }
  }

  /// Where a price stands or would stand.
  private func place(_ side: Side, _ price: PriceIncrements) -> (index: Int, isFound: Bool) {
    let levels = sides[Int(side.rawValue)]
    var low = 0
    var high = levels.count
    while low < high {
      let middle = (low + high) / 2
      let found = levels[middle].price
      if found == price { return (middle, true) }
      if side == .buy ? found > price : found < price { low = middle + 1 } else { high = middle }
    }
    return (low, false)
  }
}
