public import Agents
import Market
public import MarketModel
import MatchingEngine
public import Session

/// Looks at the state after each event while a tape is folded.
public protocol StateWatch {
  /// Looks at the state after an event of that kind, as a raw value; true where folding may end. The
  /// state is `inout` only to be cheap.
  mutating func look<Roster: AgentRoster>(
    at state: inout SessionState<Roster>, after sequence: SequenceNumber, _ kind: UInt8
  ) -> Bool
}

/// Looks at nothing.
@usableFromInline
struct NoWatch: StateWatch {
  @usableFromInline init() {}

  @inlinable @inline(__always)
  mutating func look<Roster: AgentRoster>(
    at state: inout SessionState<Roster>, after sequence: SequenceNumber, _ kind: UInt8
  ) -> Bool { false }
}

/// An event that changed what was watched.
public struct StateChange: Equatable, Sendable {
  /// The sequence number of the event.
  public var sequence: SequenceNumber
  /// The values before it, by path.
  public var before: [Int64?]
  /// The values after it, by path.
  public var after: [Int64?]
}

/// Notes values of the state, and the latest event that changed one of them.
public struct ValueWatch: StateWatch, Sendable {
  /// What is watched.
  public let paths: [StatePath]
  /// The values now, by path.
  public private(set) var values: [Int64?]
  /// The latest change.
  public private(set) var change: StateChange?
  private let condition: StateCondition?
  private let stops: Bool
  private var next: [Int64?]
  /// Where the values are, by path.
  private let places: [StatePath.Place]
  /// The positions of those that are not in `SharedState`.
  @usableFromInline let special: [Int]
  /// The digest of the books when the values behind the best level were read.
  private var books: UInt64?
  /// Whether the condition holds now.
  public private(set) var holds = false

  /// Watches paths for any change.
  public init(_ paths: [StatePath]) { self.init(paths, nil, stops: false) }

  /// Watches a condition for events that make it true; `stops` at the first one.
  public init(_ condition: StateCondition, stops: Bool) {
    self.init(condition.paths, condition, stops: stops)
  }

  private init(_ paths: [StatePath], _ condition: StateCondition?, stops: Bool) {
    self.paths = paths
    self.condition = condition
    self.stops = stops
    values = paths.map { _ in nil }
    next = values
    places = paths.map { $0.place }
    special = paths.indices.filter { !paths[$0].place.isShared }
  }

  /// Whether there was a change.
  public var hasFound: Bool { change != nil }

  /// Notes the values to begin with, and whether the condition holds.
  public mutating func begin<Roster: AgentRoster>(at state: inout SessionState<Roster>) {
    for index in paths.indices { values[index] = paths[index].value(in: &state) }
    holds = condition?.holds(values) ?? false
  }

  /// Compares the values with those before; true where that was the change to stop at.
  ///
  /// - Complexity: O(paths); no memory is taken but for a change that is noted.
  @inlinable
  public mutating func look<Roster: AgentRoster>(
    at state: inout SessionState<Roster>, after sequence: SequenceNumber, _ kind: UInt8
  ) -> Bool {
    // Cheap: numbers alone, and code that knows no type of agent.
    var isChanged = state.reading { readShared(&$0) }
    if !special.isEmpty, readSpecial(&state) { isChanged = true }
    // The condition is a function of the values: where they are the same, so is it.
    return isChanged && note(sequence)
  }

  /// Takes the next values for those that are now; true where that was the change to stop at.
  @usableFromInline
  mutating func note(_ sequence: SequenceNumber) -> Bool {
    let didHold = holds
    if let condition { holds = condition.holds(next) }
    if condition == nil || (holds && !didHold) {
      change = StateChange(sequence: sequence, before: values, after: next)
    }
    swap(&values, &next)
    return stops && change != nil
  }

  /// Reads what is not in `SharedState`; whether anything changed.
  @usableFromInline
  mutating func readSpecial<Roster: AgentRoster>(_ state: inout SessionState<Roster>) -> Bool {
    var isChanged = false
    for index in special {
      next[index] = paths[index].value(in: &state)
      if next[index] != values[index] { isChanged = true }
    }
    return isChanged
  }

  /// Reads what is in `SharedState`; whether anything changed.
  @usableFromInline
  mutating func readShared(_ state: inout SharedState) -> Bool {
    var isChanged = false
    // Equal digests mean equal queues.
    let digest = state.market.book.digest
    let isSameBook = digest == books
    books = digest
    for index in places.indices {
      let place = places[index]
      if place.isBehindBest, isSameBook {
        next[index] = values[index]
        continue
      }
      guard place.isShared else { continue }
      let value = place.value(in: &state)
      next[index] = value
      if value != values[index] { isChanged = true }
    }
    return isChanged
  }
}
