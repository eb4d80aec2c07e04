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

/// The same of commands that stand further on in a tape, of which nothing was checked.
extension MarketState {
  /// Asks for the level that an order may come to rest at.
  ///
  /// - Complexity: O(1).
  public mutating func prefetch(order row: LentRow) {
    guard let side = Side(rawValue: UInt8(truncatingIfNeeded: row[4])) else { return }
    book.prefetchLevel(
      InstrumentIndex(truncatingIfNeeded: row[3]), side, at: row[8],
      for: CommandKey(unchecked: row, 0))
  }

  /// Asks for who stands last at that level.
  ///
  /// - Complexity: O(1).
  public mutating func prefetchNeighbours(order row: LentRow) {
    guard let side = Side(rawValue: UInt8(truncatingIfNeeded: row[4])) else { return }
    book.prefetchLast(InstrumentIndex(truncatingIfNeeded: row[3]), side, at: row[8])
  }

  /// Asks for the order that a cancel names.
  ///
  /// - Complexity: O(1).
  public mutating func prefetch(cancel row: LentRow) {
    book.prefetch(CommandKey(unchecked: row, 3))
  }

  /// Asks for what stands beside that order.
  ///
  /// - Complexity: O(1).
  public mutating func prefetchNeighbours(cancel row: LentRow) {
    book.prefetchNeighbours(of: CommandKey(unchecked: row, 3))
  }
}

extension CommandKey {
  /// What would be a key if its fields were in range.
  @inline(__always)
  fileprivate init(unchecked row: LentRow, _ field: Int) {
    self.init(
      agent: AgentIndex(truncatingIfNeeded: row[field]), tick: row[field + 1],
      ordinal: UInt32(truncatingIfNeeded: row[field + 2]))
  }
}
