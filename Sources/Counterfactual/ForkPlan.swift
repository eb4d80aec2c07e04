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
  /// The tick lies beyond what the parent's tape holds, which ends before the session does; all before
  /// the last tick is there.
  case beyondRecorded(tick: Tick, lastTick: Tick)
  /// The tick lies before the parent's own first event; fork its ancestor instead.
  case beforeParent(tick: Tick, firstTick: Tick)
  /// The parent is a training: its session does not go on.
  case ofTraining
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
  /// An agent cannot be driven from outside.
  case cannotGoLive(agent: String, reason: String)
}

/// A fork, prepared: the parent's state at the tick, the genesis, and the inputs to re-issue.
///
/// A fork reduces to its tick, adds its interventions, and runs deciders from there; nothing else
/// about it is special.
public struct ForkPlan<Roster: AgentRoster>: Sendable {
  /// The genesis of the fork's tape.
  public private(set) var genesis: Genesis
  /// The session, at the fork's tick; interventions are not applied yet.
  public private(set) var session: MarketSession<Roster>
  /// The differences.
  public private(set) var interventions: [Intervention] = []
  /// Where they take effect, in nanoseconds.
  public let instant: Nanoseconds
  /// The chunks that the parent has.
  public let chunks: ChunkStore

  /// The fork's tick.
  public var tick: Tick {
    guard case .fork(let origin) = genesis.origin else { return session.state.tick }
    return origin.tick
  }

  /// Prepares a fork of the last tape of a lineage.
  ///
  /// Foreign agents are held: their recorded commands are issued again. So are those in `held`
  /// and those that the parent held; their deciders do not run. Of foreign agents in `live` nothing
  /// is issued again: whoever drives the session submits their commands from the tick on.
  /// - Throws: `ForkError`.
  /// - Complexity: O(events of the lineage).
  public init<Source: ByteSource>(
    _ lineage: Lineage<Source>, at tick: Tick, interventions: [Intervention],
    held: [String] = [], live: [String] = []
  ) throws(ForkError<Source.Failure>) {
    var cache = NoKeyframes()
    try self.init(lineage, at: tick, held: held, live: live, cache: &cache)
    do throws(ImpossibleIntervention) {
      try add(interventions)
    } catch {
      throw .impossible(intervention: error.index, reason: error.reason)
    }
  }

  /// Prepares a fork without a difference, seeking by keyframes; `add` makes it another.
  ///
  /// - Throws: `ForkError`.
  public init<Source: ByteSource>(
    _ lineage: Lineage<Source>, at tick: Tick, held: [String] = [], live: [String] = [],
    cache: inout some KeyframeCache
  ) throws(ForkError<Source.Failure>) {
    let tape = lineage.tape
    var depth: UInt8 = 1
    if let both = live.first(where: { held.contains($0) }) {
      throw .cannotGoLive(agent: both, reason: "it is to be held as well")
    }
    var held = held
    var hasInterventions = false
    if let origin = lineage.forks.last {
      if origin.isTraining { throw .ofTraining }
      // What the parent held is held here too: else it would decide otherwise from here on.
      held += origin.held.filter { !held.contains($0) && !live.contains($0) }
      // Those of the parent's first tick lie not below it, and are issued again: its own, and what it issued
      // again itself.
      hasInterventions = lineage.forks.contains { $0.tick == tick && !$0.interventions.isEmpty }
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
      &parent, state: parent.state, held: held, live: live, hasInterventions: hasInterventions)
    let state = inputs.state
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
          held: inputs.held, interventions: [])))
    var session = MarketSession(resuming: state, nextSequence: shared)
    session.inputs = inputs.inputs
    session.inputs.firstOwnIntervention = Self.firstOrdinal(depth: depth)
    let start = tape.genesis.clock.firstInstant(of: tick)
    // A tape that was interrupted does not say what happened then.
    if let due = session.nextTime, due < start {
      throw .beyondRecorded(tick: tick, lastTick: tape.genesis.clock.tick(at: due))
    }
    self.session = session
    instant = max(state.time, start)
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

  /// The same with other inputs to re-issue; its genesis is of no use.
  init(_ plan: ForkPlan, inputs: RecordedInputs) {
    self = plan
    session.inputs = inputs
    session.inputs.firstOwnIntervention = firstOrdinal
  }

  /// The agents that are held.
  var heldAgents: [String] {
    guard case .fork(let origin) = genesis.origin else { return [] }
    return origin.held
  }

  // MARK: Differences

  /// The state in which the interventions take effect: at the fork's tick, and after those
  /// interventions of the parent that took effect there.
  public var opening: SessionState<Roster> {
    var trial = session
    var sink = NoEvents()
    // What the parent's tape has was folded from it: it fits.
    try? trial.reissueInterventions(at: instant, into: &sink)
    return trial.state
  }

  /// Adds differences, in the order in which they take effect.
  ///
  /// - Throws: `ImpossibleIntervention` for the first that cannot be; none of them is added then.
  public mutating func add(
    _ differences: [Intervention]
  ) throws(ImpossibleIntervention) {
    var trial = self
    trial.interventions += differences
    var state = opening
    for (index, intervention) in trial.interventions.enumerated() {
      if let fault = state.fault(of: intervention) {
        throw ImpossibleIntervention(index: index, reason: fault)
      }
      let record = trial.record(index, in: state)
      do {
        try state.reduce(record, sequence: session.nextSequence)
      } catch {
        throw ImpossibleIntervention(index: index, reason: "\(error)")
      }
    }
    if case .fork(var origin) = genesis.origin {
      origin.interventions = trial.interventions.map {
        ForkOrigin.InterventionRecord(code: $0.code, payload: $0.payload)
      }
      trial.genesis.origin = .fork(origin)
    }
    let isNoiseAlone = trial.interventions.allSatisfy {
      if case .reseed = $0 { true } else { false }
    }
    // Other noise is as long as that before: forks by the thousand need not be measured.
    if !isNoiseAlone {
      do {
        try state.scenario.check()
      } catch {
        throw trial.impossible("\(error.path): expected \(error.expected)")
      }
      try trial.expectGenesisToFit()
    }
    self = trial
  }

  /// Refuses a genesis that no tape could begin with: each difference is allowed, all together are too long.
  private func expectGenesisToFit() throws(ImpossibleIntervention) {
    let size = genesis.bytes.count
    if size > Limits.maximumGenesis {
      throw impossible("a genesis of \(size) bytes, and at most \(Limits.maximumGenesis) are kept")
    }
  }

  private func impossible(_ reason: String) -> ImpossibleIntervention {
    ImpossibleIntervention(index: max(0, interventions.count - 1), reason: reason)
  }

  /// Makes the fork one in which an agent is trained, as `training` says: its genesis states it, and
  /// whoever says its events does not run the session.
  ///
  /// - Throws: `ImpossibleIntervention` where the genesis would be too long.
  public mutating func becomeTraining(
    _ training: [UInt8]
  ) throws(ImpossibleIntervention) {
    guard case .fork(var origin) = genesis.origin else { return }
    var trial = self
    origin.training = training
    trial.genesis.origin = .fork(origin)
    try trial.expectGenesisToFit()
    self = trial
  }

  /// The event of an intervention.
  private func record(_ index: Int, in state: SessionState<Roster>) -> EventRecord {
    let intervention = interventions[index]
    let agent = intervention.agent.flatMap { state.agentIndex(named: $0) } ?? -1
    return EventRecord(
      time: instant, cause: nil,
      event: .interventionApplied(
        InterventionApplied(
          ordinal: firstOrdinal + UInt32(index), code: intervention.code, agent: agent,
          payload: intervention.payload)))
  }

  // MARK: Running

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

  /// Applies the interventions to a copy of the plan's session: first those of the parent that
  /// took effect in the same tick.
  ///
  /// - Throws: `SessionError` where the sink fails or an intervention does not fit.
  public func begin<Sink: EventSink & ~Copyable>(
    _ session: inout MarketSession<Roster>, into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) {
    try session.reissueInterventions(at: instant, into: &sink)
    for index in interventions.indices {
      try session.inject(record(index, in: session.state), into: &sink)
    }
  }

  /// The number of the first intervention: those of a fork and of its parents never share one,
  /// also where they take effect in the same tick.
  private var firstOrdinal: UInt32 {
    guard case .fork(let origin) = genesis.origin else { return 0 }
    return Self.firstOrdinal(depth: origin.depth)
  }

  private static func firstOrdinal(depth: UInt8) -> UInt32 { UInt32(depth - 1) << 16 }

  /// An encoder for the fork's tape.
  public func encoder() -> JournalEncoder {
    JournalEncoder(
      genesis: genesis, firstSequence: session.nextSequence, lastTick: session.state.tick,
      knownChunks: chunks.known)
  }
}

/// A difference that a fork cannot have.
public struct ImpossibleIntervention: Error, Equatable, Sendable {
  /// Its position among the fork's interventions.
  public let index: Int
  /// Why.
  public let reason: String
}
