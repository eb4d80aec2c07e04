import Market
import MarketModel
import MatchingEngine
import Session

/// The orders that an environment's agent placed on one side and that may still be open, oldest
/// first.
struct OwnOrders: Equatable, Sendable {
  private(set) var keys: [CommandKey] = []

  mutating func add(_ key: CommandKey) { keys.append(key) }

  /// Forgets what is over, and returns the first that rests and whether one is on its way.
  mutating func look(_ state: inout SharedState) -> (
    resting: RestingOrder?, open: Lots, isMoving: Bool
  ) {
    if keys.isEmpty { return (nil, 0, false) }
    var resting: RestingOrder?
    var open: Lots = 0
    var isMoving = false
    var kept = 0
    for index in keys.indices {
      let key = keys[index]
      if let order = state.market.book.order(key) {
        if resting == nil { resting = order }
        open += order.quantity
      } else if let entry = state.commands[key] {
        isMoving = true
        if case .place(let terms) = entry.command.body { open += terms.quantity }
      } else {
        continue
      }
      keys[kept] = key
      kept += 1
    }
    keys.removeLast(keys.count - kept)
    return (resting, open, isMoving)
  }
}
