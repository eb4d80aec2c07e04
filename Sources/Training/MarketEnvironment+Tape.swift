import Agents
import Counterfactual
public import Journal
import Market
import MarketModel
import Replay
public import Session

/// Tapes and forks of episodes.
extension MarketEnvironment {
  /// The encoder of the episode's tape.
  public var encoder: JournalEncoder {
    plan?.encoder() ?? JournalEncoder(genesis: Genesis(scenario: scenario))
  }

  /// Gives all events of the episode so far, by running it again with what was submitted, and
  /// returns the state that it comes to.
  ///
  /// - Throws: the sink's failure.
  /// - Complexity: O(events).
  public func replay<Sink: EventSink & ~Copyable>(
    into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) -> SessionState<Roster> {
    var session: MarketSession<Roster>
    if let plan {
      session = plan.session
      try plan.begin(&session, into: &sink)
    } else {
      session = MarketSession(
        resuming: (try? SessionState(scenario: scenario)) ?? self.session.state, nextSequence: 0)
    }
    var given = log.reader()
    while let turn = try session.advance(into: &sink) {
      if positions[Int(turn.agent)] < 0 {
        try session.takeTurn(turn, into: &sink)
      } else if let commands = given.next() {
        try session.submit(commands, turn, into: &sink)
      } else {
        break
      }
    }
    return session.state
  }

  /// The episode so far as a tape in memory; sealed if the session ended.
  public func tape() -> [UInt8] {
    var recorder = JournalRecorder(encoder, output: MemoryOutput())
    do {
      let state = try replay(into: &recorder)
      if isFinished { recorder.seal(state) } else { recorder.endFrame(state) }
    } catch {
      preconditionFailure("Invariant: an episode can be run again")
    }
    return recorder.output.bytes
  }

  /// The same episode with differences from the beginning of this tick on: a fork, in which the
  /// driven agents are driven on.
  ///
  /// What they did within the tick before now is done again there.
  /// - Throws: `EnvironmentError`.
  /// - Complexity: O(events).
  public func fork(
    _ interventions: [Intervention], parents: [[UInt8]] = []
  ) throws(EnvironmentError) -> MarketEnvironment {
    guard turn != nil else { throw .finished }
    if settings.observations == .features {
      // What its traders remember at the beginning of the tick is not known any more.
      throw .setting("observations", expected: "fields, where an environment is to be forked")
    }
    var forked = self
    forked.plan = try plan(interventions, parents)
    forked.restartFork(from: log.reader(from: tick))
    return forked
  }

  private func plan(
    _ interventions: [Intervention], _ parents: [[UInt8]]
  ) throws(EnvironmentError) -> ForkPlan<Roster> {
    do {
      var readers: [JournalReader<MemorySource>] = []
      for bytes in parents + [tape()] {
        readers.append(try JournalReader(MemorySource(bytes), level: .chain))
      }
      return try ForkPlan(
        try Lineage(readers), at: tick, interventions: interventions, live: settings.agents)
    } catch let error as ForkError<Never> {
      if case .impossible(let index, let reason) = error {
        throw .impossible(intervention: index, reason: reason)
      }
      throw .unreadable
    } catch {
      throw .unreadable
    }
  }

  private mutating func restartFork(from past: EnvironmentLog.Reader) {
    guard let plan else { return }
    var past = past
    let seats = seats
    session = plan.session
    log.removeAll()
    var sink = NoEvents()
    do {
      try plan.begin(&session, into: &sink)
    } catch {
      preconditionFailure("Invariant: a fork's interventions were tried")
    }
    (_, positions) = seated()  // interventions may have added agents
    advance()
    while let turn, let given = past.next() {
      submit(given, turn)  // the keys are known
      advance()
    }
    self.seats = seats
    for index in seats.indices {
      guard let agent = positions.firstIndex(of: index) else { continue }
      self.seats[index].agent = AgentIndex(agent)
    }
    look(since: glanceBefore)
  }
}
