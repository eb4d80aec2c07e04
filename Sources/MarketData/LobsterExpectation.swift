internal import MarketModel

/// What one side of the window must be after a message, by arithmetic on its levels alone.
struct LobsterExpectation {
  private let side: Side
  private let levelCount: Int
  /// At most `levelCount` levels; a level that was asked for more than it showed is negative.
  private(set) var levels: [LobsterLevel]
  /// Whether a level that was not in the window may have entered at its far end.
  private(set) var mayReveal = false

  /// Applies a message to the side as the row before shows it.
  init(_ before: [LobsterLevel], _ side: Side, _ message: LobsterMessage, levelCount: Int) {
    self.side = side
    self.levelCount = levelCount
    levels = before
    guard let order = message.visibleOrder, order.side == side else { return }
    let level = LobsterLevel(price: order.price, quantity: order.quantity)
    let index = levels.firstIndex { !level.isWorse(than: $0, side) } ?? levels.count
    let isFound = index < levels.count && levels[index].price == order.price
    if case .order = message.body {
      if isFound {
        levels[index].quantity += order.quantity
      } else {
        levels.insert(level, at: index)
        levels = Array(levels.prefix(levelCount))
      }
    } else if isFound {
      levels[index].quantity -= order.quantity
      guard levels[index].quantity == 0 else { return }
      levels.remove(at: index)
      mayReveal = before.count == levelCount
    } else if index < levelCount {
      // Within the window, yet no level: nothing there to take from. Beyond it, nothing shows.
      levels.insert(LobsterLevel(price: order.price, quantity: -order.quantity), at: index)
    }
  }

  /// The levels of a row that neither the message nor the far end of the window explains.
  func disagreements(with row: [LobsterLevel]) -> [LevelDifference] {
    var found = LevelDifference.between(levels, row, side)
    // What entered at the far end is the row's last level, and worse than all that was there.
    if mayReveal, row.count == levelCount, let last = found.last, last.left == 0,
      last.price == row.last?.price
    {
      found.removeLast()
    }
    return found
  }

  /// Whether the levels 1 to N - 1 are as expected; for N = 1, the one level.
  func explainsTop(of row: [LobsterLevel]) -> Bool {
    guard levelCount > 1 else { return disagreements(with: row).isEmpty }
    return Array(levels.prefix(levelCount - 1)) == Array(row.prefix(levelCount - 1))
  }
}
