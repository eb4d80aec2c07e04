public import Agents
public import Journal
public import MarketModel
public import Session

/// A digest that a tape states and the reducer does not reach.
public struct DigestMismatch: Equatable, Sendable {
  /// The sequence number of the event before which the digest holds.
  public var sequence: SequenceNumber
  /// The tick.
  public var tick: Tick
  /// The sequence number of the digest before it, which matched.
  public var lastMatch: SequenceNumber
  /// The components that differ; `memories` stands for the memory root.
  public var components: [String]
}

/// Folds a tape: state at any tick is the fold of the reducer over its events.
///
/// No decider runs.
public struct Replayer<Roster: AgentRoster, Source: ByteSource> {
  /// The state after the latest event.
  public private(set) var state: SessionState<Roster>
  /// The sequence number of the next event.
  public private(set) var nextSequence: SequenceNumber = 0
  /// How many digests were compared.
  public private(set) var comparedDigests = 0
  /// How many memory roots could not be compared, as a memory is foreign to this build.
  public private(set) var skippedMemories = 0
  /// The first digest that did not match; later ones are not compared.
  public private(set) var mismatch: DigestMismatch?
  private var lastMatch: SequenceNumber = 0
  private var cursor: TapeCursor<Source>

  /// Starts at the opening of the root's session.
  ///
  /// - Throws: `ReplayError` where its scenario makes no sense.
  public init(_ lineage: Lineage<Source>) throws(ReplayError<Source.Failure>) {
    do {
      state = try SessionState(scenario: lineage.scenario)
    } catch {
      throw .invalidScenario(error)
    }
    cursor = lineage.cursor()
  }

  /// Folds the next event that `isWanted`, and returns it; nil at the end or where it is not.
  ///
  /// - Throws: `ReplayError`.
  public mutating func step(
    while isWanted: (SequenceNumber, TapeEvent) -> Bool = { _, _ in true }
  ) throws(ReplayError<Source.Failure>) -> TapeEvent? {
    while let item = try cursor.peek() {
      switch item {
      case .checkpoint(let digests): compare(digests, nil)
      case .frameEnd(let digests): compare(digests.digests, digests)
      case .event(let sequence, let event):
        guard isWanted(sequence, event) else { return nil }
        _ = try cursor.next()
        try fold(sequence, event)
        return event
      }
      _ = try cursor.next()
    }
    return nil
  }

  /// Folds all events of earlier ticks: afterwards the state is that before the first event of
  /// `tick`.
  public mutating func advance(to tick: Tick) throws(ReplayError<Source.Failure>) {
    let clock = state.scenario.clock
    while try step(while: { clock.tick(at: $1.time) < tick }) != nil {}
  }

  /// Folds all events before that one.
  public mutating func advance(
    toSequence sequence: SequenceNumber
  ) throws(ReplayError<Source.Failure>) {
    while try step(while: { next, _ in next < sequence }) != nil {}
  }

  /// Folds everything.
  public mutating func run() throws(ReplayError<Source.Failure>) {
    while try step() != nil {}
  }

  private mutating func fold(
    _ sequence: SequenceNumber, _ event: TapeEvent
  ) throws(ReplayError<Source.Failure>) {
    switch event {
    case .known(let record):
      do {
        try state.reduce(record, sequence: sequence)
      } catch {
        throw .reduction(
          ReductionFault(sequence: sequence, time: record.time, error: error))
      }
    case .unknown(let unknown):
      guard unknown.schema.isInert else {
        throw .unknownKind(name: unknown.schema.name, sequence: sequence)
      }
    }
    nextSequence = sequence + 1
  }

  private mutating func compare(_ stated: DigestRecord, _ frame: FrameDigests?) {
    guard mismatch == nil else { return }
    let digests = state.digests()
    comparedDigests += 1
    var differing: [String] = []
    if let frame {
      for (index, name) in SessionDigests.componentNames.enumerated() {
        let isEqual =
          index < frame.components.count && frame.components[index] == digests.components[index]
        if !isEqual { differing.append(name) }
      }
    }
    if digests.root != stated.root, differing.isEmpty { differing.append("root") }
    if let memory = stated.memoryRoot, let own = digests.memoryRoot {
      if memory != own { differing.append("memories") }
    } else {
      skippedMemories += 1
    }
    if differing.isEmpty {
      lastMatch = nextSequence
    } else {
      mismatch = DigestMismatch(
        sequence: nextSequence, tick: state.tick, lastMatch: lastMatch, components: differing)
    }
  }
}
