public import Journal
public import MarketModel
public import Session

/// Why a shadow session stopped.
@usableFromInline
enum ShadowStop<SourceFailure: Error>: Error {
  case read(ReplayError<SourceFailure>)
  case diverged(DeciderDivergence)
}

/// What of the next event of a tape says whether it is an input.
@usableFromInline
struct UpcomingEvent {
  /// Its kind; nil where this build does not know it.
  @usableFromInline var kind: EventKind?
  /// Who decided on it, where it is of a kind that somebody decides on.
  @usableFromInline var decider: Int64

  @usableFromInline
  init(_ kind: EventKind?, decider: Int64) {
    self.kind = kind
    self.decider = decider
  }

  /// Whether nobody here decides on it.
  @usableFromInline
  func isInput(_ agents: [AgentState], _ held: [Bool]) -> Bool {
    guard let kind else { return false }
    if kind.isFact || kind == .flowAdjusted || kind == .interventionApplied || kind == .noteAdded {
      return true
    }
    guard kind.hasDecider, agents.indices.contains(Int(decider)) else { return false }
    return !agents[Int(decider)].isSeated || held[Int(decider)]
  }
}

/// A sink that compares what it is given with what a tape says.
///
/// Events in frames are compared as they stand there; where one differs, or stands in no frame,
/// values are made of it.
@usableFromInline
struct ShadowSink<Source: ByteSource>: EventSink {
  /// Why a session that appends here stops.
  @usableFromInline typealias Stop = SessionError<ShadowStop<Source.Failure>>

  @usableFromInline var cursor: TapeCursor<Source>
  /// How many events were compared.
  @usableFromInline var count = 0

  @inlinable
  init(_ cursor: TapeCursor<Source>) { self.cursor = cursor }

  /// The frame in which the next event stands, whatever stands before it passed over; nil where it
  /// is in none, or somebody looked ahead.
  @inlinable
  mutating func frame() throws(ReplayError<Source.Failure>) -> DecodedFrame? {
    while cursor.isBetweenItems, try cursor.hasFrame(), let frame = cursor.frame {
      while cursor.position == cursor.checkpointPosition, cursor.takeCheckpoint() != nil {}
      if cursor.position < cursor.end { return frame }
      _ = cursor.finishFrame()
    }
    return nil
  }

  /// What comes next; nil at the end.
  @inlinable
  mutating func upcoming() throws(Stop) -> UpcomingEvent? {
    do {
      if let frame = try frame(), frame.isKnown(cursor.position) {
        return UpcomingEvent(
          EventKind(rawValue: frame.kind(cursor.position)),
          decider: frame.firstField(cursor.position))
      }
      guard case .event(_, let event)? = try nextEvent() else { return nil }
      guard case .known(let record) = event else { return UpcomingEvent(nil, decider: -1) }
      return UpcomingEvent(record.event.kind, decider: Int64(record.event.decidingAgent ?? -1))
    } catch {
      throw .sink(.read(error))
    }
  }

  /// The next event of the tape, not taken, which is of a known kind.
  @inlinable
  mutating func record() throws(Stop) -> EventRecord {
    do {
      guard case .event(_, .known(let record))? = try nextEvent() else {
        preconditionFailure("Invariant: only known events are inputs")
      }
      return record
    } catch {
      throw .sink(.read(error))
    }
  }

  /// What the tape says beyond the end of the session; nil where it ends too.
  @inlinable
  mutating func rest() throws(Stop) -> DeciderDivergence? {
    do {
      guard case .event(let sequence, let event)? = try nextEvent() else { return nil }
      return DeciderDivergence(sequence: sequence, recorded: event, decided: nil)
    } catch {
      throw .sink(.read(error))
    }
  }

  /// The next event of the tape, not taken.
  @inlinable
  mutating func nextEvent() throws(ReplayError<Source.Failure>) -> TapeItem? {
    while let item = try cursor.peek() {
      if case .event = item { return item }
      _ = try cursor.next()
    }
    return nil
  }

  @inlinable
  mutating func append(
    _ event: inout FlatEvent, sequence: SequenceNumber
  ) throws(ShadowStop<Source.Failure>) {
    do {
      if let frame = try frame(), frame.isKnown(cursor.position),
        frame.firstSequence + Int64(cursor.position) == sequence,
        frame.holds(&event, at: cursor.position)
      {
        cursor.position += 1
        count += 1
        return
      }
    } catch {
      throw .read(error)
    }
    try compare(event.record, sequence: sequence)
  }

  @inlinable
  mutating func append(
    _ record: borrowing EventRecord, sequence: SequenceNumber
  ) throws(ShadowStop<Source.Failure>) {
    // Somebody who looked ahead made a value of the next event already.
    if !cursor.isBetweenItems { return try compare(copy record, sequence: sequence) }
    var laidOut = FlatEvent()
    laidOut.set(record)
    try append(&laidOut, sequence: sequence)
  }

  /// Compares an event with the next one of the tape, value by value.
  @usableFromInline
  mutating func compare(
    _ record: EventRecord, sequence: SequenceNumber
  ) throws(ShadowStop<Source.Failure>) {
    let item: TapeItem?
    do {
      item = try nextEvent()
      _ = try cursor.next()
    } catch {
      throw .read(error)
    }
    guard case .event(let recordedSequence, let event)? = item else {
      throw .diverged(DeciderDivergence(sequence: sequence, recorded: nil, decided: record))
    }
    guard recordedSequence == sequence, event == .known(record) else {
      throw .diverged(DeciderDivergence(sequence: sequence, recorded: event, decided: record))
    }
    count += 1
  }
}
