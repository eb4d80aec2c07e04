public import MarketModel
import MatchingEngine

/// Asking for the memory that a command will need, before it is decided on.
///
/// These are hints, and `mutating` only to be cheap: nothing changes.
extension MarketState {
  /// Asks for what a command names: an order, or the level it may come to rest at.
  ///
  /// - Complexity: O(1).
  public mutating func prefetch(_ body: PendingCommand.Body, as key: CommandKey) {
    switch body {
    case .place(let terms):
      book.prefetchLevel(terms.instrument, terms.side, at: terms.price, for: key)
    case .cancel(let order, _), .replace(let order, _, _): book.prefetch(order)
    case .transfer: break
    }
  }

  /// Asks for what stands beside that, some time after it was asked for itself.
  ///
  /// - Complexity: O(1).
  public mutating func prefetchNeighbours(_ body: PendingCommand.Body) {
    switch body {
    case .place(let terms):
      book.prefetchLast(terms.instrument, terms.side, at: terms.price)
    case .cancel(let order, _), .replace(let order, _, _): book.prefetchNeighbours(of: order)
    case .transfer: break
    }
  }
}
