public import Agents
public import Journal
public import MarketModel
public import Session

/// Appends a session's events to a tape, with the digests that belong there.
public struct JournalRecorder<Output: FrameOutput>: EventSink {
  @usableFromInline var frames: JournalEncoder
  /// Where frames go.
  public var output: Output

  /// Turns events into frames.
  public var encoder: JournalEncoder { frames }

  /// Starts a tape; header and genesis are written at once.
  public init(_ encoder: JournalEncoder, output: Output) throws(Output.Failure) {
    frames = encoder
    self.output = output
    try flush()
  }

  /// Whether a frame or an interval of digests ends before the next event.
  @inlinable
  public mutating func wantsDigests(before event: EventShape) -> Bool {
    frames.need(before: event) != .none
  }

  /// Ends a frame or an interval of digests.
  public mutating func take(
    _ digests: SessionDigests, before event: EventShape
  ) throws(Output.Failure) {
    switch frames.need(before: event) {
    case .none: break
    case .checkpoint: frames.checkpoint(digests.record)
    case .frameEnd: try endFrame(digests)
    }
  }

  /// Appends an event.
  @inlinable
  public mutating func append(
    _ record: borrowing EventRecord, sequence: SequenceNumber
  ) throws(Output.Failure) {
    var event = FlatEvent()
    event.set(record)
    try append(&event, sequence: sequence)
  }

  /// Appends an event.
  @inlinable
  public mutating func append(
    _ event: inout FlatEvent, sequence: SequenceNumber
  ) throws(Output.Failure) {
    let startsTick = frames.startsTick(event.time)
    frames.append(&event)
    try output.note(&event, sequence: sequence, startsTick: startsTick)
    if frames.hasOutput { try flush() }  // a large value went before its event
  }

  /// Ends the frame without ending the journal: it stays open.
  public mutating func endFrame<Roster: AgentRoster>(
    _ state: borrowing SessionState<Roster>
  ) throws(Output.Failure) { try endFrame(state.digests()) }

  private mutating func endFrame(_ digests: SessionDigests) throws(Output.Failure) {
    frames.endFrame(
      digests.record, components: digests.components, memories: digests.memories)
    try flush()
  }

  /// Ends the journal.
  public mutating func seal<Roster: AgentRoster>(
    _ state: borrowing SessionState<Roster>
  ) throws(Output.Failure) {
    let digests = state.digests()
    frames.seal(digests.record, components: digests.components, memories: digests.memories)
    try flush()
  }

  @usableFromInline
  mutating func flush() throws(Output.Failure) {
    try output.write(frames.takeOutput(), frames.progress)
  }
}

extension SessionDigests {
  /// The two roots, as a tape has them.
  public var record: DigestRecord { DigestRecord(root: root, memoryRoot: memoryRoot) }
}

/// The rules by which this build's deciders decide; grows when the same scenario may give other
/// events.
public enum Semantics {
  /// The current revision.
  public static let revision: UInt32 = 1
}

extension Genesis {
  /// The genesis of a session that begins with a scenario.
  public init(scenario: Scenario) {
    var writer = ByteWriter()
    scenario.encode(into: &writer)
    self.init(
      semanticsRevision: Semantics.revision, clock: scenario.clock,
      digestInterval: scenario.digestInterval, origin: .scenario(writer.bytes))
  }
}
