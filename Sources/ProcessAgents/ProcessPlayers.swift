public import Agents
public import MarketModel
public import Session

/// The programs that decide for agents of one running session.
public struct ProcessPlayers {
  /// Why a turn could not be played.
  public enum Failure<SinkFailure: Error>: Error {
    /// Somebody wants to end.
    case interrupted
    /// The session stopped.
    case session(SessionError<SinkFailure>)
  }

  /// What an agent's program did not do as it should.
  public struct FaultCount: Sendable {
    /// The agent.
    public let name: String
    /// How often.
    public internal(set) var count: Int
    /// The tick of the first time.
    public let firstTick: Tick
    /// What happened then.
    public let firstWords: String
  }

  private var players: [(agent: AgentIndex, program: ProcessAgent)] = []
  /// What went wrong, by agent, in the order of the first times.
  public private(set) var faults: [FaultCount] = []

  /// Nobody.
  public init() {}

  /// Adds a program.
  public mutating func add(_ program: ProcessAgent) {
    players.append((program.lines.agent, program))
  }

  /// The agents that programs decide for.
  public var agents: [AgentIndex] { players.map { $0.agent } }

  /// Whether a program decides for an agent.
  public func decides(for agent: AgentIndex) -> Bool { players.contains { $0.agent == agent } }

  /// Plays an agent's turn; false where no program decides for it.
  ///
  /// What the program does not do as it should is an event: the turn is missed, or a command is
  /// left out; where its settings or its end demand it, the agent is silenced.
  /// - Throws: `Failure`.
  public mutating func play<Roster: AgentRoster, Next: EventSink>(
    _ turn: Turn, _ session: inout MarketSession<Roster>, into sink: inout MailSink<Next>
  ) throws(Failure<Next.Failure>) -> Bool {
    guard let index = players.firstIndex(where: { $0.agent == turn.agent }) else { return false }
    if session.state.agents[Int(turn.agent)].isSilenced { return true }
    let program = players[index].program
    let answer: Answer
    do {
      answer = try program.answer(session.observe(turn), sink.mailbox.take(turn.agent))
    } catch {
      throw .interrupted
    }
    do {
      try follow(answer, of: program, turn, &session, into: &sink)
    } catch {
      throw .session(error)
    }
    if session.state.agents[Int(turn.agent)].isSilenced {
      sink.mailbox.close(turn.agent)
      program.end()
    }
    return true
  }

  private mutating func follow<Roster: AgentRoster, Next: EventSink>(
    _ answer: Answer, of program: ProcessAgent, _ turn: Turn,
    _ session: inout MarketSession<Roster>, into sink: inout MailSink<Next>
  ) throws(SessionError<Next.Failure>) {
    let stops = program.settings.onFault == .stop
    switch answer {
    case .missed(let fault, let words):
      note(program.lines.name, session.state.tick, words)
      try session.fault(
        fault, isFinal: stops || program.failure != nil, words: words, turn, into: &sink)
    case .commands(let items):
      for (index, item) in items.enumerated() {
        switch item {
        case .command(let command): try session.submit([command], turn, into: &sink)
        case .wrong(let words):
          note(program.lines.name, session.state.tick, "command \(index + 1): \(words)")
          try session.fault(
            .wrongCommand, command: UInt32(index + 1), isFinal: stops, words: words, turn,
            into: &sink)
          if stops { return }
        }
      }
    }
  }

  private mutating func note(_ name: String, _ tick: Tick, _ words: String) {
    if let index = faults.firstIndex(where: { $0.name == name }) {
      faults[index].count += 1
    } else {
      faults.append(FaultCount(name: name, count: 1, firstTick: tick, firstWords: words))
    }
  }

  /// Tells all programs that the session is over and waits for them.
  public func end() {
    for player in players { player.program.end() }
  }
}
