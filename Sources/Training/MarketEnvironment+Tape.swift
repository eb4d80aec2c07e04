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
    var session = firstSession
    try plan?.begin(&session, into: &sink)
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

  /// The session as the episode, or the fork, began; interventions are not applied yet.
  private var firstSession: MarketSession<Roster> {
    if let plan { return plan.session }
    guard let state = try? SessionState<Roster>(scenario: scenario) else {
      preconditionFailure("Invariant: an episode's scenario made sense before")
    }
    return MarketSession(resuming: state, nextSequence: 0)
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
    var forked = self
    forked.firstShadows = shadowsOfTick()
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
    session = plan.session
    log.removeAll()
    for index in seats.indices { seats[index].shadow = firstShadows[index] }
    mailbox = openMailbox(session.state)
    var sink = MailSink(NoEvents(), mailbox: mailbox)
    do {
      try plan.begin(&session, into: &sink)
    } catch {
      preconditionFailure("Invariant: a fork's interventions were tried")
    }
    mailbox = sink.mailbox
    (_, positions) = seated()  // interventions may have added agents
    advance()
    while let turn, let given = past.next() {
      if isAwake(turn) { wake(positions[Int(turn.agent)], turn) }
      submit(given, turn)  // the keys are known
      advance()
    }
    for index in seats.indices {
      guard let agent = positions.firstIndex(of: index) else { continue }
      self.seats[index].agent = AgentIndex(agent)
    }
    look(since: glanceBefore)
  }

  // MARK: Features in forks

  /// What is on its way to agents that see features, in a state that a fork or an episode begins with.
  private func openMailbox(_ state: borrowing SessionState<Roster>) -> Mailbox {
    Mailbox(of: settings.observations == .features ? seats.map { $0.agent } : [], in: state)
  }

  /// Whether an agent that has a turn sees features then.
  private mutating func isAwake(_ turn: Turn) -> Bool {
    settings.observations == .features
      && !session.reading { $0.agents[Int(turn.agent)].isSilenced }
  }

  /// Who sees features, as they were at the beginning of the current tick.
  ///
  /// The episode is played again until then, and they are told what occurred and woken as they were.
  /// - Complexity: O(events).
  private func shadowsOfTick() -> [ShadowTrader?] {
    if settings.observations == .fields { return firstShadows }
    var past = self
    past.session = firstSession
    for index in seats.indices { past.seats[index].shadow = firstShadows[index] }
    var sink = PastMail(
      mailbox: openMailbox(past.session.state), clock: scenario.clock, end: tick)
    var given = log.reader()
    do {
      try plan?.begin(&past.session, into: &sink)
      while let turn = try past.session.advance(into: &sink), !sink.isOver {
        let position = positions[Int(turn.agent)]
        if position < 0 {
          try past.session.takeTurn(turn, into: &sink)
          continue
        }
        guard let commands = given.next() else { break }
        // Lent and given back, so that nothing is copied.
        swap(&past.mailbox, &sink.mailbox)
        if past.isAwake(turn) { past.wake(position, turn) }
        swap(&past.mailbox, &sink.mailbox)
        try past.session.submit(commands, turn, into: &sink)
      }
    } catch {
      preconditionFailure("Invariant: an episode can be run again")
    }
    return past.seats.map { seat in
      var shadow = seat.shadow
      shadow?.remember(sink.mailbox.take(seat.agent))
      return shadow
    }
  }
}

/// Notes what occurs to agents before a tick.
private struct PastMail: EventSink {
  var mailbox: Mailbox
  let clock: TickClock
  /// The tick from which on nothing is noted.
  let end: Tick
  /// Whether that tick has begun.
  var isOver = false

  mutating func append(
    _ record: borrowing EventRecord, sequence: SequenceNumber
  ) throws(Never) {
    if clock.tick(at: record.time) >= end { isOver = true } else { mailbox.note(record.event) }
  }

  mutating func append(_ event: inout FlatEvent, sequence: SequenceNumber) throws(Never) {
    if clock.tick(at: event.time) >= end { isOver = true }
    guard !isOver, let kind = EventKind(rawValue: event.row.kind), Mailbox.concerns(kind) else {
      return
    }
    mailbox.note(event.record.event)
  }
}
