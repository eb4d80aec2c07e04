public import MarketModel

/// Inputs of a recorded session that a fork re-issues: facts and feeds at their instants, held
/// agents' commands at their wake-ups.
public struct RecordedInputs: Sendable {
  /// What a held agent did at one wake-up.
  @usableFromInline
  struct HeldTurn: Sendable {
    var tick: Tick
    var ordinal: UInt32
    @usableFromInline var commands: [HeldCommand] = []
    @usableFromInline var policy: [UInt8]?

    /// The command with that number.
    func command(_ ordinal: UInt32) -> Command? {
      for case .given(ordinal, let command) in commands { return command }
      return nil
    }

    /// What a recipient of a message got instead of its payload.
    @usableFromInline
    func payload(_ ordinal: UInt32, for recipient: AgentIndex) -> [UInt8]? {
      for case .forged(ordinal, recipient, let payload) in commands { return payload }
      return nil
    }
  }

  /// A held agent's command, or that it was withheld.
  @usableFromInline
  enum HeldCommand: Sendable {
    case given(ordinal: UInt32, Command)
    /// Of the message given before it, this recipient got another payload.
    case forged(ordinal: UInt32, recipient: AgentIndex, payload: [UInt8])
    case withheld(CommandWithheld)
    /// Whoever decided for it did not do as it should.
    case faulted(AgentFaulted)
    /// It drew an action by a policy.
    case chosen(ActionChosen)
  }

  /// The number of the first intervention that the recorded commands do not know.
  public var firstOwnIntervention: UInt32 = 0
  private var events: [EventRecord] = []
  private var cursor = 0
  /// The agents that are held.
  private var held: [Bool] = []
  /// What each of them did, in order; as long as `held`.
  private var turns: [[HeldTurn]] = []

  /// Creates an empty set of inputs.
  public init() {}

  /// Appends an event that is issued again as it is, at its instant; instants must not decrease.
  public mutating func append(_ record: EventRecord) {
    events.append(EventRecord(time: record.time, cause: nil, event: record.event))
  }

  /// Declares an agent held: its decider does not run, its recorded commands are issued.
  public mutating func hold(_ agent: AgentIndex) {
    while held.count <= Int(agent) {
      held.append(false)
      turns.append([])
    }
    held[Int(agent)] = true
  }

  /// Appends a command that a held agent gave at a wake-up; in the order of the journal.
  ///
  /// All recipients of a topic share one command: of a message there are as many records, each with
  /// its `recipient`.
  public mutating func append(
    _ command: Command, key: CommandKey, recipient: AgentIndex?, wakeTick: Tick,
    wakeOrdinal: UInt32
  ) {
    change(key.agent, wakeTick, wakeOrdinal) { turn in
      guard let first = turn.command(key.ordinal) else {
        turn.commands.append(.given(ordinal: key.ordinal, command))
        return
      }
      guard first != command, case .sendMessage(_, let payload) = command, let recipient else {
        return
      }
      turn.commands.append(
        .forged(ordinal: key.ordinal, recipient: recipient, payload: payload))
    }
  }

  /// Appends that a held agent's command was withheld at a wake-up; in the order of the journal.
  public mutating func append(
    _ withheld: CommandWithheld, wakeTick: Tick, wakeOrdinal: UInt32
  ) {
    change(withheld.key.agent, wakeTick, wakeOrdinal) { $0.commands.append(.withheld(withheld)) }
  }

  /// Appends a fault at a held agent's wake-up; in the order of the journal.
  public mutating func append(_ faulted: AgentFaulted, wakeTick: Tick, wakeOrdinal: UInt32) {
    change(faulted.agent, wakeTick, wakeOrdinal) { $0.commands.append(.faulted(faulted)) }
  }

  /// Appends what a held agent chose at a wake-up; in the order of the journal.
  public mutating func append(_ chosen: ActionChosen, wakeTick: Tick, wakeOrdinal: UInt32) {
    change(chosen.agent, wakeTick, wakeOrdinal) { $0.commands.append(.chosen(chosen)) }
  }

  /// Appends a policy that a held agent learned at a wake-up; in the order of the journal.
  public mutating func append(
    policy: [UInt8], _ agent: AgentIndex, wakeTick: Tick, wakeOrdinal: UInt32
  ) {
    change(agent, wakeTick, wakeOrdinal) { $0.policy = policy }
  }

  private mutating func change(
    _ agent: AgentIndex, _ tick: Tick, _ ordinal: UInt32, _ body: (inout HeldTurn) -> Void
  ) {
    hold(agent)
    // Where it stands: a copy of the list for each command would take a square of the session's length.
    if turns[Int(agent)].last?.tick != tick || turns[Int(agent)].last?.ordinal != ordinal {
      turns[Int(agent)].append(HeldTurn(tick: tick, ordinal: ordinal))
    }
    body(&turns[Int(agent)][turns[Int(agent)].count - 1])
  }

  /// Whether an agent is held.
  public func holds(_ agent: AgentIndex) -> Bool {
    Int(agent) < held.count && held[Int(agent)]
  }

  /// The first intervention whose rules may change an agent's commands: those that were recorded
  /// are as the rules before it left them.
  @usableFromInline
  func firstOwnRule(of agent: AgentIndex) -> UInt32 { holds(agent) ? firstOwnIntervention : 0 }

  /// What a held agent did at a wake-up; nil for nothing.
  @usableFromInline
  func turn(of agent: AgentIndex, _ tick: Tick, _ ordinal: UInt32) -> HeldTurn? {
    guard holds(agent) else { return nil }
    let list = turns[Int(agent)]
    var low = 0
    var high = list.count
    while low < high {
      let middle = (low + high) / 2
      let turn = list[middle]
      if (turn.tick, turn.ordinal) < (tick, ordinal) { low = middle + 1 } else { high = middle }
    }
    guard low < list.count, list[low].tick == tick, list[low].ordinal == ordinal else {
      return nil
    }
    return list[low]
  }

  /// The instant of the next event to re-issue.
  var nextTime: Nanoseconds? { cursor < events.count ? events[cursor].time : nil }

  /// The next event to re-issue, taken if it is an intervention at that instant.
  mutating func nextIntervention(at time: Nanoseconds) -> EventRecord? {
    guard cursor < events.count, events[cursor].time == time,
      events[cursor].event.kind == .interventionApplied
    else { return nil }
    return next()
  }

  /// Takes the next event to re-issue.
  @usableFromInline
  mutating func next() -> EventRecord? {
    guard cursor < events.count else { return nil }
    cursor += 1
    return events[cursor - 1]
  }
}
