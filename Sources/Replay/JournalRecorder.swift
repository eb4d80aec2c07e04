public import Agents
public import Journal
public import MarketModel
public import Session

/// Appends a session's events to a tape, with the digests that belong there.
public struct JournalRecorder<Output: FrameOutput>: EventSink {
  /// Turns events into frames.
  public private(set) var encoder: JournalEncoder
  /// Where frames go.
  public var output: Output

  /// Starts a tape; header and genesis are written at once.
  public init(_ encoder: JournalEncoder, output: Output) throws(Output.Failure) {
    self.encoder = encoder
    self.output = output
    try flush()
  }

  /// Appends an event.
  public mutating func append<Roster: AgentRoster>(
    _ record: EventRecord, sequence: SequenceNumber, before state: borrowing SessionState<Roster>
  ) throws(Output.Failure) {
    switch encoder.need(before: record) {
    case .none: break
    case .checkpoint: encoder.checkpoint(state.digests().record)
    case .frameEnd: try endFrame(state)
    }
    let startsTick = encoder.genesis.clock.tick(at: record.time) != encoder.lastTick
    encoder.append(record)
    try output.note(record, sequence: sequence, startsTick: startsTick)
    if !encoder.output.isEmpty { try flush() }  // a large value went before its event
  }

  /// Ends the frame without ending the journal: it stays open.
  public mutating func endFrame<Roster: AgentRoster>(
    _ state: borrowing SessionState<Roster>
  ) throws(Output.Failure) {
    let digests = state.digests()
    encoder.endFrame(
      digests.record, components: digests.components, memories: digests.memories)
    try flush()
  }

  /// Ends the journal.
  public mutating func seal<Roster: AgentRoster>(
    _ state: borrowing SessionState<Roster>
  ) throws(Output.Failure) {
    let digests = state.digests()
    encoder.seal(digests.record, components: digests.components, memories: digests.memories)
    try flush()
  }

  private mutating func flush() throws(Output.Failure) {
    try output.write(encoder.takeOutput(), encoder.progress)
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
