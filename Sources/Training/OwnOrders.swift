import Market
import MarketModel
import MatchingEngine
import Session

/// The orders that an environment's agent placed on one side and that may still be open, oldest
/// first.
struct OwnOrders: Equatable, Sendable {
  private(set) var keys: [CommandKey] = []

  /// What there is of them.
  struct Seen {
    /// Where the first that rests stands in the book; -1 where none does.
    var slot: Int32 = -1
    /// What is open of all, in lots.
    var open: Lots = 0
    /// Whether one is on its way.
    var isMoving = false
  }

  mutating func add(_ key: CommandKey) { keys.append(key) }

  /// Forgets what is over, and looks at the others; the state is `inout` only to be cheap.
  mutating func look(_ state: inout SharedState) -> Seen {
    var seen = Seen()
    var kept = 0
    for index in keys.indices {
      let key = keys[index]
      let slot = state.market.book.slot(of: key)
      if slot >= 0 {
        if seen.slot < 0 { seen.slot = slot }
        seen.open += state.market.book.order(at: slot).quantity
      } else if let entry = state.commands[key] {
        seen.isMoving = true
        if case .place(let terms) = entry.command.body { seen.open += terms.quantity }
      } else {
        continue
      }
      if kept < index { keys[kept] = key }
      kept += 1
    }
    if kept < keys.count { keys.removeLast(keys.count - kept) }
    return seen
  }
}
