import Agents
import Counterfactual
import Market
public import MarketModel
import MatchingEngine
public import Session

/// Steps.
extension MarketEnvironment {
  /// Whether the session ended.
  public var isFinished: Bool { turn == nil }

  /// The tick of the latest event.
  public var tick: Tick { session.state.tick }

  /// The scenario as interventions left it.
  public var current: Scenario { session.state.scenario }

  /// The canonical bytes of the state.
  public var encodedState: [UInt8] { session.state.encoded }

  /// Whether it is driven in the same way, in the same scenario but for the seed.
  public func isLike(_ other: MarketEnvironment) -> Bool {
    var scenario = other.scenario
    scenario.seed = self.scenario.seed
    return settings == other.settings && scenario == self.scenario
  }

  /// The digest of the state: the root combined with that of the memories, bit by bit (xor).
  public var digest: UInt64 {
    let digests = session.state.digests()
    return digests.root ^ (digests.memoryRoot ?? 0)
  }

  /// The tick and the digest; `mutating` only to be cheap.
  @specialized(where Roster == BuiltInAgents)
  public mutating func moment() -> (tick: Tick, digest: UInt64) {
    (session.reading { $0.tick }, digest)
  }

  /// Lets every driven agent act once, at its next turn; `actions` holds theirs in the order of
  /// the settings.
  ///
  /// An agent that has no turn before another one's second lets its action go. Returns whether the
  /// session ended.
  /// - Throws: `EnvironmentError`; nothing happened then.
  @specialized(where Roster == BuiltInAgents)
  @discardableResult
  public mutating func step(_ actions: Span<Float>) throws(EnvironmentError) -> Bool {
    guard turn != nil else { throw .finished }
    try check(actions)
    for index in seats.indices { seats[index].hasActed = false }
    let width = settings.actionWidth
    while let turn {
      let position = positions[Int(turn.agent)]
      if seats[position].hasActed { break }
      seats[position].hasActed = true
      act(position, actions.extracting(position * width..<(position + 1) * width))
      note(turn)
      submit(commands, turn)
      advance()
    }
    for index in seats.indices { seats[index].gainBefore = seats[index].gain }
    look(since: glance)
    return turn == nil
  }

  /// Looks whether actions can be taken; `step` does so too.
  ///
  /// `mutating` only to be cheap.
  /// - Throws: `EnvironmentError` for the first that cannot.
  @specialized(where Roster == BuiltInAgents)
  public mutating func check(_ actions: Span<Float>) throws(EnvironmentError) {
    let width = settings.actionWidth
    guard actions.count == seats.count * width else {
      throw .setting("actions", expected: "\(seats.count * width) numbers")
    }
    for index in actions.indices {
      let value = actions[index]
      let fits: Bool
      switch settings.actions {
      case .discrete:
        fits = value >= 0 && value < Float(settings.actionCount) && value == value.rounded(.down)
      case .quotes: fits = value >= -1 && value <= 1
      }
      if !fits {
        throw .action(
          agent: settings.agents[index / width], position: index % width, value: Double(value),
          expected: settings.actions == .discrete
            ? "a whole number of 0 to \(settings.actionCount - 1)" : "a number of -1 to 1")
      }
    }
  }

  /// Submits an agent's commands at its turn.
  mutating func submit(_ commands: [Command], _ turn: Turn) {
    log.append(turn.agent, session.reading { $0.tick }, commands)
    if settings.observations == .features {
      var sink = takeMail()
      submit(commands, turn, into: &sink)
      mailbox = sink.mailbox
    } else {
      var sink = NoEvents()
      submit(commands, turn, into: &sink)
    }
  }

  private mutating func submit(
    _ commands: [Command], _ turn: Turn, into sink: inout some EventSink<Never>
  ) {
    do {
      try session.submit(commands, turn, into: &sink)
    } catch {
      preconditionFailure("Invariant: what an environment submits can be folded")
    }
  }

  /// A sink that keeps the mailbox, which is given back when it is done.
  private mutating func takeMail() -> MailSink<NoEvents> {
    // Taken out and put back, so that nothing is copied.
    var mail = Mailbox(of: [])
    swap(&mail, &mailbox)
    return MailSink(NoEvents(), mailbox: mail)
  }

  /// Runs to the next turn of a driven agent.
  @specialized(where Roster == BuiltInAgents)
  mutating func advance() {
    if settings.observations == .features {
      var sink = takeMail()
      advance(into: &sink)
      mailbox = sink.mailbox
    } else {
      var sink = NoEvents()
      advance(into: &sink)
    }
  }

  private mutating func advance(into sink: inout some EventSink<Never>) {
    do {
      while let next = try session.advance(into: &sink) {
        if positions[Int(next.agent)] >= 0 {
          turn = next
          return
        }
        try session.takeTurn(next, into: &sink)
      }
    } catch {
      preconditionFailure("Invariant: a session without recorded inputs goes on to its end")
    }
    turn = nil
  }
}
