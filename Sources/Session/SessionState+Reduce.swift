import Agents
public import Market
public import MarketModel

/// The reducer of a session: the only code that changes its state.
extension SessionState {
  /// Folds an event into the state.
  ///
  /// Recording, replaying, verifying and forking all come through here. Nothing that the event
  /// says is trusted. After an error the state must be thrown away. `sequence` is the event's
  /// position, kept to name causes; it enters no digest.
  /// - Throws: `ReductionError` for an event that cannot follow from this state.
  /// - Complexity: O(1) expected.
  @inlinable
  public mutating func reduce(
    _ record: borrowing EventRecord, sequence: SequenceNumber
  ) throws(ReductionError) {
    try shared.reduce(record, sequence: sequence)
    if case .interventionApplied(let body) = record.event { try intervene(body) }
    if !shared.perceptions.isEmpty { remember() }
  }

  /// Folds an event where it stands on a tape, as `reduce` of its record does; false where it is of
  /// a rarer kind, for which nothing was done.
  ///
  /// - Throws: `FoldError`.
  @inlinable
  public mutating func fold(
    _ row: inout LentRow, at time: Nanoseconds, sequence: SequenceNumber
  ) throws(FoldError) -> Bool {
    guard try shared.fold(&row, at: time, sequence: sequence) else { return false }
    if !shared.perceptions.isEmpty { remember() }
    return true
  }

  /// Folds an event that was read from a tape, laid out flat; `reduce` of its record does the same.
  ///
  /// - Throws: `FoldError`.
  @inlinable
  public mutating func fold(
    _ event: inout FlatEvent, sequence: SequenceNumber
  ) throws(FoldError) {
    if let record = try shared.fold(&event, sequence: sequence) {
      do {
        try reduce(record, sequence: sequence)
      } catch {
        throw .reduction(error)
      }
    } else if !shared.perceptions.isEmpty {
      remember()
    }
  }

  /// Asks for the memory that an order further on will need, and more for a nearer one.
  @inlinable
  public mutating func lookAhead(toOrder far: LentRow, _ near: LentRow) {
    shared.lookAhead(toOrder: far, near)
  }

  /// The same of cancels.
  @inlinable
  public mutating func lookAhead(toCancel far: LentRow, _ near: LentRow) {
    shared.lookAhead(toCancel: far, near)
  }

  /// Folds a submission; `inout` only to be cheap.
  @inlinable
  mutating func submit(
    _ submission: inout Submission, sequence: SequenceNumber
  ) throws(ReductionError) {
    try shared.submit(&submission, sequence)
    if !shared.perceptions.isEmpty { remember() }
  }

  /// Lets agents remember what the latest event told them.
  @specialized(where Roster == BuiltInAgents)
  @usableFromInline
  mutating func remember() {
    // Taken out from the end, so that none is copied; mostly there is one.
    if shared.perceptions.count > 1 { shared.perceptions.reverse() }
    while let perception = shared.perceptions.popLast() { remember(perception) }
  }

  @inline(__always)
  private mutating func remember(_ perception: consuming SharedState.Perception) {
    let agent = Int(perception.agent)
    seats[agent]?.remember(perception.occurrence)
    memoryDigests[agent] = nil
  }
}
