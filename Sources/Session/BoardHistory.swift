public import Agents
import Determinism
import Market
public import MarketModel
import MatchingEngine

/// The public state of the market, now and as far back as the slowest agent looks.
public struct BoardHistory: Equatable, Sendable {
  /// A board and the instant from which it held.
  public struct Entry: Equatable, Sendable {
    /// From when.
    public var since: Nanoseconds
    /// What.
    public var board: PublicBoard
  }

  /// The newest board.
  public private(set) var current: Entry
  /// Older boards, oldest first; empty where nobody looks back.
  public private(set) var past: [Entry] = []
  /// How far back anyone looks, in nanoseconds.
  public private(set) var depth: Nanoseconds

  init(board: PublicBoard, depth: Nanoseconds) {
    current = Entry(since: Nanoseconds.min, board: board)
    self.depth = depth
  }

  init(current: Entry, past: [Entry], depth: Nanoseconds) {
    self.current = current
    self.past = past
    self.depth = depth
  }

  /// Brings the newest board up to date in place, where nobody looks back.
  mutating func refresh(_ view: PublicView, of instrument: Int) {
    current.board.views[instrument] = view
  }

  mutating func refresh(_ value: PriceThousandths, of process: Int) {
    current.board.values[process] = value
  }

  mutating func deepen(to depth: Nanoseconds) { self.depth = max(self.depth, depth) }

  /// Opens the board for a change at `time`, keeping what held before it where anyone looks back.
  mutating func change(at time: Nanoseconds, _ body: (inout PublicBoard) -> Void) {
    if depth > 0, time > current.since {
      past.append(current)
      current.since = time
      // What is older than the newest entry that already held `depth` ago is never seen again.
      let horizon = time - depth
      var obsolete = 0
      while obsolete + 1 < past.count, past[obsolete + 1].since <= horizon { obsolete += 1 }
      if obsolete > 0 { past.removeFirst(obsolete) }
    }
    body(&current.board)
  }

  /// The board as of an instant: everything up to and including it had happened.
  ///
  /// - Complexity: O(log entries).
  public func board(asOf instant: Nanoseconds) -> PublicBoard {
    if depth == 0 || current.since <= instant || past.isEmpty { return current.board }
    var low = 0
    var high = past.count
    while low < high {
      let middle = (low + high) / 2
      if past[middle].since <= instant { low = middle + 1 } else { high = middle }
    }
    return past[max(low - 1, 0)].board
  }

  /// The digest of what may still be seen; 0 where nobody looks back, as books and processes say
  /// it all then.
  func digest(_ identities: Identities) -> UInt64 {
    if depth == 0 { return 0 }
    var total = Self.hash(current, identities)
    for entry in past { total &+= Self.hash(entry, identities) }
    return total
  }

  private static func hash(_ entry: Entry, _ identities: Identities) -> UInt64 {
    var hasher = DigestHasher(domain: 13)
    hasher.combine(entry.since)
    for (index, view) in entry.board.views.enumerated() {
      hasher.combine(identities.instruments[index])
      for value in [
        view.bidPrice, view.bidQuantity, view.askPrice, view.askQuantity, view.lastPrice,
        view.lastQuantity, view.volume,
      ] { hasher.combine(value) }
    }
    for (index, value) in entry.board.values.enumerated() {
      hasher.combine(identities.processes[index])
      hasher.combine(value)
    }
    return hasher.finalize()
  }
}
