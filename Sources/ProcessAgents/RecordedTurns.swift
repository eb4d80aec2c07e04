public import Agents
public import Journal
import Market
public import MarketModel
public import Replay
public import Session

/// A turn that an agent had when a session was recorded.
public struct RecordedTurn: Sendable {
  /// A command that it gave then.
  public enum Item: Equatable, Sendable {
    /// A command.
    case command(Command)
    /// Something that was none, and was left out.
    case wrong
    /// A command that an intervention withheld or may have changed: what it was is not known.
    case changed
  }

  /// The event of the wake-up.
  public let wake: SequenceNumber
  /// What it saw.
  public let observation: Observation
  /// What had occurred to it since its last turn.
  public let occurred: [Occurrence]
  /// What it gave, in order.
  public internal(set) var items: [Item] = []
  /// Whether the turn was missed: what it would have given is not known.
  public internal(set) var isMissed = false
}

/// The turns of one agent of a tape, one after the other: what it saw, what occurred to it, and
/// what it gave.
///
/// Any agent has them, whoever decided for it: a built-in strategy, a program, a person.
public struct RecordedTurns<Roster: AgentRoster, Source: ByteSource> {
  /// What occurred to the agent after its last turn so far.
  public private(set) var mailbox: Mailbox
  /// Where the turns end because somebody else decides from there on; nil where they do not.
  public private(set) var changedAt: Tick?
  /// How many commands it gave outside of its turns.
  public private(set) var commandsOutsideTurns = 0

  private let agent: AgentIndex
  private let end: Tick
  private var replayer: Replayer<Roster, Source>
  private var rules: [CommandRule] = []
  private var pending: RecordedTurn?
  private var lastMessage: CommandKey?
  private var strategy: (type: String, parameters: Parameters)?
  private var isOver = false

  /// Starts at the first turn; those from the tick `end` on are left out.
  ///
  /// - Throws: `ReplayError`.
  public init(
    of agent: AgentIndex, _ lineage: Lineage<Source>, before end: Tick = .max
  ) throws(ReplayError<Source.Failure>) {
    self.agent = agent
    self.end = end
    mailbox = Mailbox(of: [agent])
    replayer = try Replayer(lineage)
  }

  /// The next turn; nil after the last.
  ///
  /// - Throws: `ReplayError`.
  public mutating func next() throws(ReplayError<Source.Failure>) -> RecordedTurn? {
    while !isOver {
      let sequence = replayer.nextSequence
      guard let event = try replayer.step(), isBefore(event.time) else { break }
      guard case .known(let record) = event else { continue }
      let done = take(record, sequence)
      mailbox.note(record.event)
      if let done { return done }
    }
    isOver = true
    defer { pending = nil }
    return pending
  }

  private func isBefore(_ time: Nanoseconds) -> Bool {
    end == .max || replayer.state.scenario.clock.tick(at: time) < end
  }

  /// Takes an event; returns the turn before it where it begins another.
  private mutating func take(
    _ record: EventRecord, _ sequence: SequenceNumber
  ) -> RecordedTurn? {
    switch record.event {
    case .agentWoken(let body) where body.agent == agent:
      if replayer.state.agents[Int(agent)].isSilenced { return nil }
      let done = pending
      pending = RecordedTurn(
        wake: sequence,
        observation: replayer.state.observation(
          of: agent, at: record.time, ordinal: body.ordinal),
        occurred: mailbox.take(agent))
      let own = replayer.state.scenario.agents[Int(agent)]
      strategy = strategy ?? (own.type, own.parameters)
      return done
    case .interventionApplied(let body): intervene(body)
    default:
      guard record.event.decidingAgent == agent else { return nil }
      guard let wake = pending?.wake, record.cause == wake else {
        if record.event.kind.isCommand, record.cause == nil { commandsOutsideTurns += 1 }
        return nil
      }
      note(record.event)
    }
    return nil
  }

  private mutating func note(_ event: Event) {
    switch event {
    case .agentFaulted(let body):
      if body.command == 0 { pending?.isMissed = true } else { pending?.items.append(.wrong) }
    case .commandWithheld: pending?.items.append(.changed)
    case .messageSent(let body) where body.key == lastMessage: break  // one more recipient
    default:
      if case .messageSent(let body) = event { lastMessage = body.key }
      guard let (_, command) = event.command else { return }
      let tick = replayer.state.tick
      let isRuled = rules.contains { $0.from <= tick && tick < $0.until }
      pending?.items.append(isRuled ? .changed : .command(command))
    }
  }

  private mutating func intervene(_ body: InterventionApplied) {
    guard Int(agent) < replayer.state.agents.count,
      let intervention = try? Intervention(code: body.code, payload: body.payload)
    else { return }
    let name = replayer.state.scenario.agents[Int(agent)].account.name
    if case .rule(let rule) = intervention, rule.agent == nil || rule.agent == name {
      rules.append(rule)
    }
    let own = replayer.state.scenario.agents[Int(agent)]
    if let strategy, strategy.type != own.type || strategy.parameters != own.parameters {
      finish()
    }
  }

  private mutating func finish() {
    changedAt = replayer.state.tick
    isOver = true
  }
}
