public import Agents
public import Journal
import Market
public import MarketModel
public import Session

/// The first event that a decider decides otherwise than the tape says.
public struct DeciderDivergence: Equatable, Sendable {
  /// Where.
  public var sequence: SequenceNumber
  /// What the tape says; nil where it ends, though the session goes on.
  public var recorded: TapeEvent?
  /// What this build's deciders decide; nil where they have nothing more to say.
  public var decided: EventRecord?

  /// Creates a divergence.
  public init(sequence: SequenceNumber, recorded: TapeEvent?, decided: EventRecord?) {
    self.sequence = sequence
    self.recorded = recorded
    self.decided = decided
  }
}

/// What came of running every decider again.
public struct DeciderReport: Equatable, Sendable {
  /// Events that deciders produced again.
  public var decidedCount = 0
  /// Inputs, which nobody decides: facts, flows, foreign agents' and held agents' commands.
  public var inputCount = 0
  /// Agents whose type this build does not know: their commands were taken as inputs.
  public var foreignAgents: [String] = []
  /// The first difference.
  public var divergence: DeciderDivergence?

  /// Nothing yet.
  public init() {}
}

/// Verification level V4: every decider is run again and compared with the tape, event by event.
public enum DeciderCheck<Roster: AgentRoster, Source: ByteSource> {
  /// Checks the last tape of a lineage; its ancestors are folded only.
  ///
  /// - Throws: `ReplayError` where the tape cannot be read or folded.
  @inlinable
  public static func run(
    _ lineage: Lineage<Source>
  ) throws(ReplayError<Source.Failure>) -> DeciderReport {
    var replayer = try Replayer<Roster, Source>(lineage)
    try replayer.advance(toSequence: lineage.firstOwnSequence)
    var sink = ShadowSink(try ownCursor(lineage))
    var session = MarketSession(
      resuming: replayer.state, nextSequence: lineage.firstOwnSequence)
    var report = DeciderReport()
    report.foreignAgents = foreignAgents(replayer.state)
    var held: [Bool] = []
    // A flattened tape holds its agents from fork to fork, any other only those of its last.
    var forks = lineage.tape.genesis.forks
    session.reading { holdAgents(of: &forks, &$0, lineage.firstOwnSequence, &held) }
    // What was salvaged ends where its tape was damaged, not where its session did.
    let isSealed = lineage.tape.scan.seal.map { !$0.isSalvaged } ?? false
    do throws(SessionError<ShadowStop<Source.Failure>>) {
      while true {
        let next = try sink.upcoming()
        let position = session.nextSequence
        session.reading { holdAgents(of: &forks, &$0, position, &held) }
        if let next, session.reading({ next.isInput($0.agents, held) }) {
          let record = try sink.record()
          if case .interventionApplied(let body) = record.event, body.code == .addAgent {
            held.append(false)
          }
          report.inputCount += 1
          try session.inject(record, into: &sink)
          continue
        }
        switch try session.step(into: &sink) {
        case .finished:
          report.divergence = try sink.rest()
          report.decidedCount = sink.count - report.inputCount
          return report
        case .progressed: break
        case .turn(let turn):
          if !held[Int(turn.agent)] { try session.takeTurn(turn, into: &sink) }
        }
      }
    } catch {
      report.decidedCount = sink.count - report.inputCount
      switch error {
      case .reduction(let fault): throw .reduction(fault)
      case .sink(.read(let error)): throw error
      case .sink(.diverged(let divergence)):
        // An unfinished tape ends before its session does: that is no divergence.
        if divergence.recorded != nil || isSealed { report.divergence = divergence }
        return report
      }
    }
  }

  @usableFromInline
  static func ownCursor(
    _ lineage: Lineage<Source>
  ) throws(ReplayError<Source.Failure>) -> TapeCursor<Source> {
    var cursor = lineage.cursor()
    while let item = try cursor.peek() {
      if case .event(let sequence, _) = item, sequence >= lineage.firstOwnSequence { break }
      _ = try cursor.next()
    }
    return cursor
  }

  @usableFromInline
  static func foreignAgents(_ state: SessionState<Roster>) -> [String] {
    var names: [String] = []
    for (index, agent) in state.agents.enumerated() {
      let description = state.scenario.agents[index]
      if !agent.isSeated, !description.isForeign {
        names.append(description.account.name)
      }
    }
    return names
  }

  /// Notes who is held from a position on, where a fork begins there.
  @usableFromInline
  static func holdAgents(
    of forks: inout [ForkOrigin], _ state: inout SharedState, _ next: SequenceNumber,
    _ held: inout [Bool]
  ) {
    if held.isEmpty { held = state.agents.map { _ in false } }
    while let fork = forks.first, fork.sharedCount <= next {
      held = state.scenario.agents.map { fork.held.contains($0.account.name) }
      forks.removeFirst()
    }
  }
}

extension Event {
  /// Who decided, for commands, choices, policy updates and faults; nil for other events.
  public var decidingAgent: AgentIndex? {
    switch self {
    case .orderSubmitted(let body): body.key.agent
    case .cancelSubmitted(let body): body.key.agent
    case .replaceSubmitted(let body): body.key.agent
    case .messageSent(let body): body.key.agent
    case .transferSubmitted(let body): body.key.agent
    case .commandWithheld(let body): body.key.agent
    case .policyUpdated(let body): body.agent
    case .agentFaulted(let body): body.agent
    case .actionChosen(let body): body.agent
    default: nil
    }
  }
}
