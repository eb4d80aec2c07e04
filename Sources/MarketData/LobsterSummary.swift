public import MarketModel

/// A level that a message and the orderbook file tell differently.
public struct LobsterDisagreement: Equatable, Sendable {
  /// The row, from 0; its line in both files is one more.
  public let row: Int
  /// The side of the book.
  public let side: Side
  /// The price of the level.
  public let price: PriceIncrements
  /// The quantity that the row before and the message give; 0 for no such level, negative where
  /// the message takes more than the level showed.
  public let expected: Lots
  /// The quantity that the orderbook file shows; 0 for no such level.
  public let found: Lots
}

/// What an importer has read so far.
public struct LobsterSummary: Equatable, Sendable {
  /// The most disagreements that are kept.
  public static let keptDisagreements = 100

  /// Rows read, the seed row included.
  public internal(set) var rows = 0
  /// Rows that only seed the opening book: 1 with an orderbook file, else 0.
  public internal(set) var seedRows = 0
  /// Pairs of consecutive orderbook rows.
  public internal(set) var transitions = 0
  /// Transitions in which the row before and the message give the row, except that a level
  /// entered at the far end because one emptied, or left there because a better one appeared.
  public internal(set) var explained = 0
  /// Transitions in which they give the levels 1 to N - 1 (the one level where N is 1).
  public internal(set) var explainedOnTopLevels = 0
  /// Levels that disagree, over all transitions.
  public internal(set) var disagreementCount = 0
  /// The first of them.
  public internal(set) var disagreements: [LobsterDisagreement] = []
  /// Facts that name an order that was not seen to join.
  public internal(set) var unseenReferences = 0
  /// Of these, those with no visible level to take from: they became `flowAdjusted`.
  public internal(set) var adjusted = 0
  /// Unseen references that are known, but at another price or side.
  public internal(set) var mismatchedReferences = 0
  /// Reductions that were larger than what was left of the order or the level's unseen
  /// quantity; the fact has what was left.
  public internal(set) var oversizedReductions = 0
  /// Deletions that were smaller than what was left of the order; the rest stays.
  public internal(set) var undersizedDeletions = 0
  /// Levels that entered the window.
  public internal(set) var revealed = 0
  /// Levels that left the window.
  public internal(set) var concealed = 0
  /// Hidden executions among the facts.
  public internal(set) var hiddenExecutions = 0
  /// Crosses among the facts.
  public internal(set) var crosses = 0
  /// Changes of the trading status to halted among the facts.
  public internal(set) var halts = 0
  /// Times with more than nine decimals; the others were cut off.
  public internal(set) var truncatedTimes = 0
  private var counts = [Int](repeating: 0, count: 8)

  /// Creates the summary of nothing.
  init() {}

  /// Returns how many messages of a type, 1 to 7, were read, the seed row included.
  public func messages(ofType type: Int) -> Int { counts[type] }

  mutating func count(type: Int) { counts[type] += 1 }

  mutating func add(_ found: [LobsterDisagreement]) {
    disagreementCount += found.count
    disagreements += found.prefix(Self.keptDisagreements - disagreements.count)
  }
}
