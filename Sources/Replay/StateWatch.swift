public import Agents
public import MarketModel
public import Session

/// Looks at the state after each event while a tape is folded.
public protocol StateWatch {
  /// Whether what it looks for was seen.
  var hasFound: Bool { get }

  /// Looks at the state from which folding begins.
  mutating func begin<Roster: AgentRoster>(at state: inout SessionState<Roster>)

  /// Looks at the state after an event; true where folding may end. The state is `inout` only to be
  /// cheap.
  mutating func look<Roster: AgentRoster>(
    at state: inout SessionState<Roster>, after sequence: SequenceNumber
  ) -> Bool
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
  }

  public var hasFound: Bool { change != nil }

  public mutating func begin<Roster: AgentRoster>(at state: inout SessionState<Roster>) {
    for index in paths.indices { values[index] = paths[index].value(in: &state) }
    holds = condition?.holds(values) ?? false
  }

  public mutating func look<Roster: AgentRoster>(
    at state: inout SessionState<Roster>, after sequence: SequenceNumber
  ) -> Bool {
    var isChanged = false
    for index in paths.indices {
      let value = paths[index].value(in: &state)
      next[index] = value
      if value != values[index] { isChanged = true }
    }
    // The condition is a function of the values: where they are the same, so is it.
    if !isChanged { return false }
    let didHold = holds
    if let condition { holds = condition.holds(next) }
    if condition == nil || (holds && !didHold) {
      change = StateChange(sequence: sequence, before: values, after: next)
    }
    swap(&values, &next)
    return stops && change != nil
  }
}
