public import Agents
public import Journal
public import MarketModel
public import Replay
import Session

/// A tape that cannot be flattened.
public enum FlatteningError<SourceFailure: Error, SinkFailure: Error>: Error {
  /// It is no fork: it stands alone already.
  case noFork
  /// It is not sealed, or it or an ancestor is damaged; `tape` counts from the root, 0.
  case unfinished(tape: Int)
  /// It or an ancestor cannot be read.
  case replay(ReplayError<SourceFailure>)
  /// This build's reducer does not reach a digest that a tape states, before this event.
  case notReproduced(sequence: SequenceNumber)
  /// An event of a kind that this build does not know cannot be written again.
  case unknownKind(name: String, sequence: SequenceNumber)
  /// The new tape cannot be written.
  case sink(SinkFailure)
}

/// A fork made to stand alone: one tape with all its events from the first on, interventions in
/// place, under the scenario of its root.
///
/// The genesis keeps what forks led to it, so that it never passes for a session that nobody
/// touched, and so that verification knows who was held.
public struct Flattening<Roster: AgentRoster, Source: ByteSource> {
  /// The genesis of the new tape.
  public let genesis: Genesis
  private var state: SessionState<Roster>
  private var cursor: TapeCursor<Source>
  private var next: SequenceNumber = 0

  /// The tick of the latest event that was written.
  public var tick: Tick { state.tick }
  /// How many events were written.
  public var eventCount: SequenceNumber { next }
  /// The ticks of the session.
  public var horizon: Tick { state.scenario.horizon }

  /// Prepares the last tape of a lineage.
  ///
  /// - Throws: `FlatteningError.noFork`, `unfinished`, `replay`.
  public init<SinkFailure: Error>(
    _ lineage: Lineage<Source>, failure: SinkFailure.Type
  ) throws(FlatteningError<Source.Failure, SinkFailure>) {
    let own = lineage.tape.genesis
    guard case .fork = own.origin else { throw .noFork }
    for (index, reader) in lineage.readers.enumerated() where !reader.scan.damages.isEmpty {
      throw .unfinished(tape: index)
    }
    guard let seal = lineage.tape.scan.seal, !seal.isSalvaged else {
      throw .unfinished(tape: lineage.readers.count - 1)
    }
    var root = ByteWriter()
    lineage.scenario.encode(into: &root)
    genesis = Genesis(
      semanticsRevision: lineage.readers.map { $0.genesis.semanticsRevision }.min() ?? 0,
      clock: own.clock, digestInterval: own.digestInterval,
      origin: .flattened(scenario: root.bytes, forks: lineage.forks))
    do {
      state = try SessionState(scenario: lineage.scenario)
    } catch {
      throw .replay(.invalidScenario(error))
    }
    cursor = lineage.cursor()
  }

  /// An encoder for the new tape.
  public func encoder() -> JournalEncoder {
    JournalEncoder(genesis: genesis, lastTick: genesis.clock.tick(at: genesis.clock.start))
  }

  /// Writes the next event; false once there are none left and the tape is to be sealed.
  ///
  /// Digests that the tapes state are compared on the way.
  /// - Throws: `FlatteningError`.
  public mutating func step<Output: FrameOutput>(
    into recorder: inout JournalRecorder<Output>
  ) throws(FlatteningError<Source.Failure, Output.Failure>) -> Bool {
    while let item = try nextItem(Output.Failure.self) {
      switch item {
      case .checkpoint(let digests): try compare(digests, Output.Failure.self)
      case .frameEnd(let digests): try compare(digests.digests, Output.Failure.self)
      case .event(let sequence, .unknown(let event)):
        throw .unknownKind(name: event.schema.name, sequence: sequence)
      case .event(_, .known(let record)):
        try append(record, into: &recorder)
        return true
      }
    }
    return false
  }

  /// Ends the new tape.
  ///
  /// - Throws: `FlatteningError.sink`.
  public func seal<Output: FrameOutput>(
    _ recorder: inout JournalRecorder<Output>
  ) throws(FlatteningError<Source.Failure, Output.Failure>) {
    do {
      try recorder.seal(state)
    } catch {
      throw .sink(error)
    }
  }

  private mutating func nextItem<SinkFailure: Error>(
    _ failure: SinkFailure.Type
  ) throws(FlatteningError<Source.Failure, SinkFailure>) -> TapeItem? {
    do {
      return try cursor.next()
    } catch {
      throw .replay(error)
    }
  }

  private func compare<SinkFailure: Error>(
    _ stated: DigestRecord, _ failure: SinkFailure.Type
  ) throws(FlatteningError<Source.Failure, SinkFailure>) {
    let own = state.digests()
    let isMemoryKnown = stated.memoryRoot != nil && own.memoryRoot != nil
    if own.root != stated.root || (isMemoryKnown && own.memoryRoot != stated.memoryRoot) {
      throw .notReproduced(sequence: next)
    }
  }

  private mutating func append<Output: FrameOutput>(
    _ record: EventRecord, into recorder: inout JournalRecorder<Output>
  ) throws(FlatteningError<Source.Failure, Output.Failure>) {
    do {
      let shape = EventShape(record)
      if recorder.wantsDigests(before: shape) { try recorder.take(state.digests(), before: shape) }
      try recorder.append(record, sequence: next)
    } catch {
      throw .sink(error)
    }
    do {
      try state.reduce(record, sequence: next)
    } catch {
      throw .replay(
        .reduction(ReductionFault(sequence: next, time: record.time, error: error)))
    }
    next += 1
  }
}
