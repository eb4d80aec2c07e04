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
  @usableFromInline var current: SessionState<Roster>
  @usableFromInline var next: SequenceNumber = 0
  /// How many digests were compared.
  public private(set) var comparedDigests = 0
  /// How many memory roots could not be compared, as a memory is foreign to this build.
  public private(set) var skippedMemories = 0
  /// The first digest that did not match; later ones are not compared.
  public private(set) var mismatch: DigestMismatch?
  private var lastMatch: SequenceNumber = 0
  /// What the frames of the tape that is read said of memories so far, by agent, 0 for nothing; nil
  /// where reading began within a tape.
  private var statedMemories: [UInt64]? = []
  private var statingTape = 0
  @usableFromInline var cursor: TapeCursor<Source>
  @usableFromInline var lookAhead = LookAhead()
  /// The latest event of the rarer kinds, and of those that were folded one by one.
  @usableFromInline var flat = FlatEvent()

  /// The state after the latest event.
  @inlinable public var state: SessionState<Roster> { current }
  /// The sequence number of the next event.
  @inlinable public var nextSequence: SequenceNumber { next }

  /// Lends everything but the memories to a reader, which changes nothing.
  ///
  /// `mutating` and `inout` only to be cheap: a lent struct of this size would be copied.
  @inlinable
  public mutating func reading<Result>(_ body: (inout SharedState) -> Result) -> Result {
    current.reading(body)
  }

  /// Starts at the opening of the root's session.
  ///
  /// With `checksForm`, frames that are not in the form a writer gives them are refused.
  /// - Throws: `ReplayError` where its scenario makes no sense.
  public init(
    _ lineage: Lineage<Source>, checksForm: Bool = false
  ) throws(ReplayError<Source.Failure>) {
    do {
      current = try SessionState(scenario: lineage.scenario)
    } catch {
      throw .invalidScenario(error)
    }
    cursor = TapeCursor(lineage, checksForm: checksForm)
  }

  init(
    _ state: SessionState<Roster>, nextSequence: SequenceNumber, cursor: TapeCursor<Source>
  ) {
    current = state
    next = nextSequence
    lastMatch = nextSequence
    statedMemories = nil
    statingTape = cursor.tape
    self.cursor = cursor
  }

  /// Folds the next event that `isWanted`, and returns it; nil at the end or where it is not.
  ///
  /// - Throws: `ReplayError`.
  @inlinable
  public mutating func step(
    while isWanted: (SequenceNumber, TapeEvent) -> Bool = { _, _ in true }
  ) throws(ReplayError<Source.Failure>) -> TapeEvent? {
    while let item = try cursor.next() {
      switch item {
      case .checkpoint(let digests): compare(digests, nil)
      case .frameEnd(let digests): compare(digests.digests, digests)
      case .event(let sequence, let event):
        guard isWanted(sequence, event) else {
          cursor.putBack(item)
          return nil
        }
        try fold(sequence, event)
        return event
      }
    }
    return nil
  }

  /// Folds all events of earlier ticks: afterwards the state is that before the first event of
  /// `tick`.
  @inlinable
  public mutating func advance(to tick: Tick) throws(ReplayError<Source.Failure>) {
    try advance(before: current.scenario.clock.firstInstant(of: tick), sequence: .max)
  }

  /// Folds all events before that one.
  @inlinable
  public mutating func advance(
    toSequence sequence: SequenceNumber
  ) throws(ReplayError<Source.Failure>) {
    try advance(before: .max, sequence: sequence)
  }

  /// Folds everything.
  @inlinable
  public mutating func run() throws(ReplayError<Source.Failure>) {
    try advance(before: .max, sequence: .max)
    compareSeal()
  }

  /// Folds all events before an instant and a position.
  @inlinable
  mutating func advance(
    before time: Nanoseconds, sequence limit: SequenceNumber
  ) throws(ReplayError<Source.Failure>) {
    var (nobody, cache) = (NoWatch(), NoKeyframes())
    _ = try advance(before: time, sequence: limit, watching: &nobody, keeping: &cache)
  }

  /// Folds the events of the frame that is being read which come before an instant and a position,
  /// and shows a watch the state after each; true where the watch ended it.
  ///
  /// This is the fast way, without an item for each event. A frame that comes to its end is left.
  @inlinable
  mutating func advance(
    in frame: DecodedFrame, before time: Nanoseconds, sequence limit: SequenceNumber,
    watching watch: inout some StateWatch
  ) throws(ReplayError<Source.Failure>) -> Bool {
    let stop = frame.count(before: time, sequence: limit)
    while true {
      // Also behind the last event that the lineage has of a frame: a fork may have been cut there.
      if cursor.position == cursor.checkpointPosition, let digests = cursor.takeCheckpoint() {
        compare(digests, nil)
      }
      if cursor.position == cursor.end { break }
      guard cursor.position < stop else { return false }
      let next = min(cursor.checkpointPosition, cursor.end, stop)
      if try fold(frame, to: next, watching: &watch) { return true }
    }
    if let digests = cursor.finishFrame() { compare(digests.digests, digests) }
    return false
  }

  /// Folds the events of a frame before a position, to which the cursor goes on; true where the
  /// watch ended it.
  @inlinable
  mutating func fold(
    _ frame: DecodedFrame, to stop: Int, watching watch: inout some StateWatch
  ) throws(ReplayError<Source.Failure>) -> Bool {
    let first = frame.firstSequence
    return try frame.lend { (events) throws(ReplayError<Source.Failure>) in
      while cursor.position < stop {
        if try foldCommon(events, to: stop, first, watching: &watch) { return true }
        if cursor.position == stop { break }
        let index = cursor.position
        let sequence = first + Int64(index)
        cursor.position += 1
        try fold(frame, index, sequence)
        if watch.look(at: &current, after: sequence, frame.kind(index)) { return true }
      }
      return false
    }
  }

  /// Folds events of the commonest kinds where they stand, up to a position or one of another kind;
  /// true where the watch ended it.
  @inlinable @inline(__always)
  mutating func foldCommon(
    _ events: LentEvents, to stop: Int, _ first: SequenceNumber,
    watching watch: inout some StateWatch
  ) throws(ReplayError<Source.Failure>) -> Bool {
    // Locals: what is mutated in place is written to memory at every event.
    var lookAhead = lookAhead
    var index = cursor.position
    defer {
      self.lookAhead = lookAhead
      cursor.position = index
      next = first + Int64(index)
    }
    while index < stop, events.isKnown(index) {
      var row = events.row(index)
      let sequence = first + Int64(index)
      lookAhead.look(from: index, of: row.kind, events, &current)
      do throws(FoldError) {
        let isCommon = try current.fold(&row, at: events.time(index), sequence: sequence)
        if !isCommon { break }
      } catch {
        throw cursor.error(error, index, sequence, at: events.time(index))
      }
      index += 1
      if watch.look(at: &current, after: sequence, row.kind) { return true }
    }
    return false
  }

  /// Folds one event, of any kind.
  @inlinable
  mutating func fold(
    _ frame: DecodedFrame, _ index: Int, _ sequence: SequenceNumber
  ) throws(ReplayError<Source.Failure>) {
    guard frame.isKnown(index) else { return try foldUnknown(frame, index, sequence) }
    frame.load(index, into: &flat)
    do throws(FoldError) {
      try current.fold(&flat, sequence: sequence)
    } catch {
      throw cursor.error(error, index, sequence, at: flat.time)
    }
    next = sequence + 1
  }

  @usableFromInline
  mutating func foldUnknown(
    _ frame: DecodedFrame, _ index: Int, _ sequence: SequenceNumber
  ) throws(ReplayError<Source.Failure>) {
    let event: TapeEvent
    do {
      event = try frame.event(index)
    } catch {
      throw cursor.damage(error)
    }
    try fold(sequence, event)
  }

  @inlinable
  mutating func fold(
    _ sequence: SequenceNumber, _ event: TapeEvent
  ) throws(ReplayError<Source.Failure>) {
    switch event {
    case .known(let record):
      flat.set(record)
      do {
        try current.reduce(record, sequence: sequence)
      } catch {
        throw .reduction(
          ReductionFault(sequence: sequence, time: record.time, error: error))
      }
    case .unknown(let unknown):
      guard unknown.schema.isInert else {
        throw .unknownKind(name: unknown.schema.name, sequence: sequence)
      }
    }
    next = sequence + 1
  }

  /// Compares the state with what the seal of the tape says, once all was folded; not where events
  /// are missing before it.
  @usableFromInline
  mutating func compareSeal() {
    guard let seal = cursor.lineage.tape.scan.seal?.digests, cursor.lineage.isWhole else { return }
    compare(seal.digests, seal.components, nil)
  }

  /// Compares the state with what is stated before the next event, or where a frame ends.
  @usableFromInline
  mutating func compare(_ stated: DigestRecord, _ frame: FrameDigests?) {
    compare(stated, frame?.components, frame?.memories)
  }

  private mutating func compare(
    _ stated: DigestRecord, _ components: [UInt64]?, _ memories: [FrameDigests.AgentDigest]?
  ) {
    guard mismatch == nil else { return }
    let digests = current.digests()
    comparedDigests += 1
    var differing: [String] = []
    if let components {
      for (index, name) in SessionDigests.componentNames.enumerated() {
        let isEqual = index < components.count && components[index] == digests.components[index]
        if !isEqual { differing.append(name) }
      }
      if components.count > digests.components.count { differing.append("components") }
    }
    if digests.root != stated.root, differing.isEmpty { differing.append("root") }
    var isRemembered = true
    if let memories {
      isRemembered = agrees(digests.memories, with: memories, areAll: stated.memoryRoot != nil)
    }
    if let memory = stated.memoryRoot, let own = digests.memoryRoot {
      isRemembered = isRemembered && memory == own
    } else {
      skippedMemories += 1
    }
    if !isRemembered { differing.append("memories") }
    if differing.isEmpty {
      lastMatch = next
    } else {
      mismatch = DigestMismatch(
        sequence: next, tick: current.tick, lastMatch: lastMatch, components: differing)
    }
  }

  /// Whether memories are what a frame says of them, and the frames of its tape before it: each says
  /// what changed; of all, unless one was foreign to the build that recorded it.
  private mutating func agrees(
    _ own: [UInt64?], with changes: [FrameDigests.AgentDigest], areAll: Bool
  ) -> Bool {
    if cursor.tape != statingTape {
      statingTape = cursor.tape
      statedMemories = []
    }
    for change in changes {
      guard own.indices.contains(Int(change.agent)) else { return false }
      if let memory = own[Int(change.agent)], memory != change.digest { return false }
    }
    guard var stated = statedMemories else { return true }
    stated += [UInt64](repeating: 0, count: max(0, own.count - stated.count))
    for change in changes { stated[Int(change.agent)] = change.digest }
    statedMemories = stated
    return !areAll || zip(own, stated).allSatisfy { $0 == nil || $0 == $1 }
  }
}
