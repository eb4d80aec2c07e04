public import Agents
import Determinism
public import Journal
public import MarketModel
public import Replay
public import Session

/// A fork that was asked for and cannot be.
public enum ForkError<SourceFailure: Error>: Error {
  /// The parent cannot be read.
  case replay(ReplayError<SourceFailure>)
  /// The tick lies beyond the parent's end.
  case beyondEnd(tick: Tick, lastTick: Tick)
  /// The tick lies before the parent's own first event; fork its ancestor instead.
  case beforeParent(tick: Tick, firstTick: Tick)
  /// The parent is damaged: what it lost might matter.
  case damagedParent
  /// This build's reducer does not reach a digest that the parent states.
  case notReproduced(DigestMismatch)
  /// Forks of forks go too deep.
  case tooDeep
  /// An intervention is impossible.
  case impossible(intervention: Int, reason: String)
  /// An agent cannot be held.
  case cannotHold(agent: String, reason: String)
}

/// A fork, prepared: the parent's state at the tick, the genesis, and the inputs to re-issue.
///
/// A fork reduces to its tick, adds its interventions, and runs deciders from there; nothing else
/// about it is special.
public struct ForkPlan<Roster: AgentRoster>: Sendable {
  /// The genesis of the fork's tape.
  public let genesis: Genesis
  /// The session, at the fork's tick; interventions are not applied yet.
  public let session: MarketSession<Roster>
  /// The differences.
  public let interventions: [Intervention]
  /// Where they take effect, in nanoseconds.
  public let instant: Nanoseconds
  /// The chunks that the parent has.
  public let chunks: ChunkStore

  /// Prepares a fork of the last tape of a lineage.
  ///
  /// Foreign agents are held: their recorded commands are issued again. So are those in `held`
  /// and those that the parent held; their deciders do not run.
  /// - Throws: `ForkError`.
  /// - Complexity: O(events of the lineage).
  public init<Source: ByteSource>(
    _ lineage: Lineage<Source>, at tick: Tick, interventions: [Intervention],
    held: [String] = []
  ) throws(ForkError<Source.Failure>) {
    var cache = NoKeyframes()
    try self.init(lineage, at: tick, interventions: interventions, held: held, cache: &cache)
  }

  /// Prepares a fork as above, seeking by keyframes.
  ///
  /// - Throws: `ForkError`.
  public init<Source: ByteSource>(
    _ lineage: Lineage<Source>, at tick: Tick, interventions: [Intervention],
    held: [String] = [], cache: inout some KeyframeCache
  ) throws(ForkError<Source.Failure>) {
    let tape = lineage.tape
    var depth: UInt8 = 1
    var held = held
    var hasInterventions = false
    if case .fork(let origin) = tape.genesis.origin {
      // What the parent held is held here too: else it would decide otherwise from here on.
      held += origin.held.filter { !held.contains($0) }
      // Those of the parent's first tick lie not below it, and are issued again.
      hasInterventions = tick == origin.tick && !origin.interventions.isEmpty
      guard tick >= origin.tick else {
        throw .beforeParent(tick: tick, firstTick: origin.tick)
      }
      guard Int(origin.depth) < Limits.maximumForkDepth else { throw .tooDeep }
      depth = origin.depth + 1
    }
    if !tape.scan.damages.isEmpty { throw .damagedParent }
    var parent = try Self.fold(lineage, to: tick, &cache)
    let shared = max(parent.nextSequence, lineage.firstOwnSequence)
    let inputs = try RecordedSuffix.collect(
      &parent, state: parent.state, held: held, hasInterventions: hasInterventions)
    let state = inputs.state
    for (index, intervention) in interventions.enumerated() {
      if let fault = state.fault(of: intervention) {
        throw .impossible(intervention: index, reason: fault)
      }
    }
    let link: ParentLink
    do throws(ReplayError<Source.Failure>) {
      guard
        let found = try ParentLink.of(tape, at: shared, tape: lineage.readers.count - 1)
      else { throw .lineage(.incompleteParent(tape: lineage.readers.count - 1, tick: tick)) }
      link = found
    } catch {
      throw .replay(error)
    }
    genesis = Genesis(
      semanticsRevision: Semantics.revision, clock: tape.genesis.clock,
      digestInterval: tape.genesis.digestInterval,
      origin: .fork(
        ForkOrigin(
          parentId: tape.scan.fileHeader.sessionId,
          parentIdentity: inputs.held.isEmpty ? nil : tape.scan.chain, tick: tick,
          sharedCount: shared, parentChain: link.chain, remainder: link.remainder, depth: depth,
          held: inputs.held,
          interventions: interventions.map {
            ForkOrigin.InterventionRecord(code: $0.code, payload: $0.payload)
          })))
    var session = MarketSession(resuming: state, nextSequence: shared)
    session.inputs = inputs.inputs
    self.session = session
    self.interventions = interventions
    instant = max(state.time, tape.genesis.clock.firstInstant(of: tick))
    chunks = tape.chunks
  }

  private static func fold<Source: ByteSource>(
    _ lineage: Lineage<Source>, to tick: Tick, _ cache: inout some KeyframeCache
  ) throws(ForkError<Source.Failure>) -> Replayer<Roster, Source> {
    var parent: Replayer<Roster, Source>
    do {
      parent = try Replayer<Roster, Source>(lineage, before: tick, cache)
      try parent.advance(to: tick, keeping: &cache)
    } catch {
      throw .replay(error)
    }
    if let mismatch = parent.mismatch { throw .notReproduced(mismatch) }
    guard tick >= 0, tick <= parent.state.scenario.horizon else {
      throw .beyondEnd(tick: tick, lastTick: parent.state.scenario.horizon)
    }
    return parent
  }

  /// Runs the fork: its interventions, then the session to its end.
  ///
  /// - Throws: `SessionError` where the sink fails or a recorded input does not fit.
  public func run<Sink: EventSink & ~Copyable>(
    into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) -> MarketSession<Roster> {
    var session = session
    try begin(&session, into: &sink)
    try session.run(into: &sink)
    return session
  }

  /// Applies the interventions to a copy of the plan's session.
  ///
  /// - Throws: `SessionError` where the sink fails or an intervention does not fit.
  public func begin<Sink: EventSink & ~Copyable>(
    _ session: inout MarketSession<Roster>, into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) {
    for (ordinal, intervention) in interventions.enumerated() {
      var agent: AgentIndex = -1
      switch intervention {
      case .silence(let name), .setParameters(let name, _):
        agent = session.state.agentIndex(named: name) ?? -1
      default: break
      }
      let event = InterventionApplied(
        ordinal: UInt32(ordinal), code: intervention.code, agent: agent,
        payload: intervention.payload)
      try session.inject(
        EventRecord(time: instant, cause: nil, event: .interventionApplied(event)), into: &sink)
    }
  }

  /// An encoder for the fork's tape.
  public func encoder() -> JournalEncoder {
    JournalEncoder(
      genesis: genesis, firstSequence: session.nextSequence, lastTick: session.state.tick,
      knownChunks: chunks.known)
  }
}
