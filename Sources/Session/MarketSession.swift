public import Agents
public import Market
public import MarketModel

/// An agent's turn: it woke and looked, and may now submit commands.
public struct Turn: Equatable, Sendable {
  /// Whose turn it is.
  public let agent: AgentIndex
  /// The event of its wake-up, which causes its commands.
  public let wake: SequenceNumber
  /// The number among its wake-ups of that tick.
  public let ordinal: UInt32

  @usableFromInline
  init(agent: AgentIndex, wake: SequenceNumber, ordinal: UInt32) {
    self.agent = agent
    self.wake = wake
    self.ordinal = ordinal
  }
}

/// What one step of a session did.
public enum StepResult: Equatable, Sendable {
  /// Something happened.
  case progressed
  /// An agent woke; its commands may be submitted before the next step.
  case turn(Turn)
  /// Nothing falls due before the end.
  case finished
}

/// A running session: the one loop, `observe -> decide -> append -> reduce`, drivable from outside.
///
///     while let turn = try session.advance(into: &sink) {
///       let observation = session.observe(turn)
///       try session.submit(commands, turn, into: &sink)      // or takeTurn, for its own decider
///     }
///
/// Everything it needs can be derived from the state, so that a session can go on from any
/// state, in particular that of a fork.
public struct MarketSession<Roster: AgentRoster>: Sendable {
  @usableFromInline var current: SessionState<Roster>
  @usableFromInline var next: SequenceNumber
  @usableFromInline var scheduler: Scheduler
  /// Where events of the hot path are put together.
  @usableFromInline var flat = FlatEvent()
  /// Where the exchange puts its decisions.
  @usableFromInline var decision = Decision()
  /// Where commands that are at the exchange at once are put together.
  @usableFromInline var pending = PendingCommand(
    key: CommandKey(agent: 0, tick: 0, ordinal: 0), body: .transfer(recipient: 0, amount: 0))

  /// The state after the latest event.
  @inlinable public var state: SessionState<Roster> { current }
  /// The sequence number of the next event.
  @inlinable public var nextSequence: SequenceNumber { next }

  /// Lends everything but the memories to a reader, which changes nothing.
  ///
  /// `mutating` and `inout` only to be cheap: a lent struct of this size would be copied.
  @inlinable
  public mutating func reading<Result>(_ body: (inout SharedState) -> Result) -> Result {
    current.reading(body)
  }

  /// Recorded inputs that it re-issues.
  public var inputs: RecordedInputs {
    get { scheduler.inputs }
    set { scheduler.inputs = newValue }
  }

  /// Recorded flows that trade along.
  public var flows: [RecordedFlow] {
    get { scheduler.flows }
    set { scheduler.flows = newValue }
  }

  /// Starts a session at its opening.
  ///
  /// - Throws: `ScenarioError` for a scenario that does not make sense.
  public init(scenario: Scenario) throws(ScenarioError) {
    self.init(resuming: try SessionState(scenario: scenario), nextSequence: 0)
  }

  /// Goes on from a state.
  ///
  /// - Complexity: O(agents + processes + what is in flight).
  public init(resuming state: SessionState<Roster>, nextSequence: SequenceNumber) {
    current = state
    next = nextSequence
    scheduler = Scheduler(&current.shared)
  }

  /// The instant of what falls due next, or nil when nothing does before the end; `mutating` only
  /// to be cheap.
  @inlinable
  public var nextTime: Nanoseconds? {
    mutating get { scheduler.nextTime(before: current.shared.end) }
  }

  /// The instant of the latest event.
  @inlinable var now: Nanoseconds { current.shared.time }

  // MARK: The seam

  /// Runs until an agent's turn, or returns nil at the end.
  @inlinable
  public mutating func advance<Sink: EventSink & ~Copyable>(
    into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) -> Turn? {
    while true {
      switch try step(into: &sink) {
      case .progressed: continue
      case .turn(let turn): return turn
      case .finished: return nil
      }
    }
  }

  /// What the agent sees; `mutating`, as what everyone sees is brought up to date for it.
  @inlinable
  public mutating func observe(_ turn: Turn) -> Observation {
    observe(turn.agent, ordinal: turn.ordinal)
  }

  /// What an agent sees at the instant of the latest event: at its wake-up of that number, or as if
  /// it woke.
  @inlinable
  public mutating func observe(_ agent: AgentIndex, ordinal: UInt32) -> Observation {
    current.shared.look(of: agent, at: current.shared.time, ordinal: ordinal)
  }

  /// What the agent's policy sees, as numbers; none where this build does not know its type.
  @inlinable
  public mutating func features(_ turn: Turn) -> [Float] {
    let observation = observe(turn)
    return current.seats[Int(turn.agent)]?.features(observation) ?? []
  }

  /// What an agent remembers, in its canonical encoding; empty where this build does not know its type.
  public func memory(of agent: AgentIndex) -> [UInt8] {
    var writer = ByteWriter()
    current.seats[Int(agent)]?.encodeMemory(into: &writer)
    return writer.bytes
  }

  /// Submits an agent's commands, in order.
  @inlinable
  public mutating func submit<Sink: EventSink & ~Copyable>(
    _ commands: [Command], _ turn: Turn, into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) {
    for command in commands {
      let key = current.shared.nextKey(of: turn.agent, at: now)
      try submit(command, as: key, cause: turn.wake, at: now, into: &sink)
    }
  }

  /// Submits a command of an agent at an instant of its own choosing, outside of its turns, and
  /// returns the command's key.
  ///
  /// - Precondition: the agent exists, and `time` lies neither before the latest event nor after
  ///   what falls due next.
  @inlinable
  public mutating func submit<Sink: EventSink & ~Copyable>(
    _ command: Command, by agent: AgentIndex, at time: Nanoseconds, into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) -> CommandKey {
    precondition(
      agent >= 0 && Int(agent) < current.shared.agents.count,
      "Invariant: only known agents submit")
    precondition(
      time >= current.shared.time && time <= (nextTime ?? time),
      "Invariant: time never goes back")
    let key = current.shared.nextKey(of: agent, at: time)
    try submit(command, as: key, cause: nil, at: time, into: &sink)
    return key
  }

  /// Notes that whoever decides outside for an agent did not do as it should at its turn.
  ///
  /// `command` is the number of the command in its answer, from 1, that is left out, or 0 for the
  /// whole turn; `words` say what happened, at most 1,024 bytes of them. After a final fault the
  /// agent is silenced.
  @inlinable
  public mutating func fault<Sink: EventSink & ~Copyable>(
    _ fault: AgentFault, command: UInt32 = 0, isFinal: Bool, words: String, _ turn: Turn,
    into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) {
    let body = AgentFaulted(
      agent: turn.agent, tick: current.shared.tick, ordinal: turn.ordinal, command: command,
      fault: fault,
      isFinal: isFinal, payload: Array(words.utf8.prefix(1024)))
    try emit(
      EventRecord(time: now, cause: turn.wake, event: .agentFaulted(body)), into: &sink)
  }

  /// Lets the agent's own decider act.
  ///
  /// A held agent's recorded commands are issued instead; nothing happens where the agent is
  /// silenced or foreign.
  @inlinable
  public mutating func takeTurn<Sink: EventSink & ~Copyable>(
    _ turn: Turn, into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) {
    if current.shared.agents[Int(turn.agent)].isSilenced { return }
    let observation = observe(turn)
    if scheduler.inputs.holds(turn.agent) {
      guard let held = scheduler.inputs.turn(of: turn.agent, observation.tick, observation.ordinal)
      else {
        return
      }
      for command in held.commands { try submit(command, of: held, turn, into: &sink) }
      if let policy = held.policy { try update(policy, turn, observation, into: &sink) }
      return
    }
    var commands: [Command] = []
    let (choice, policy) = decide(observation, &commands)
    if let choice { try emit(choice, turn, observation, into: &sink) }
    try submit(commands, turn, into: &sink)
    if let policy { try update(policy, turn, observation, into: &sink) }
  }

  /// What an agent chooses, asks for and learns; nothing where this build does not know its type.
  ///
  /// A function of its own, so that nobody holds the agent's memory any more when it remembers what it
  /// did: else all of it would be copied at each turn. `mutating` only to be cheap.
  @inlinable @inline(never)
  mutating func decide(
    _ observation: Observation, _ commands: inout [Command]
  ) -> (choice: ActionChoice?, policy: [UInt8]?) {
    guard let seat = current.seats[Int(observation.agent)] else { return (nil, nil) }
    let noise = scheduler.noise.decision(
      of: observation.agent, tick: observation.tick, ordinal: observation.ordinal)
    let choice = seat.decide(observation, noise: noise, commands: &commands)
    return (choice, seat.learn(observation, noise: noise))
  }

  @inlinable
  mutating func submit<Sink: EventSink & ~Copyable>(
    _ command: RecordedInputs.HeldCommand, of held: RecordedInputs.HeldTurn, _ turn: Turn,
    into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) {
    switch command {
    case .given(let ordinal, let command):
      var key = current.shared.nextKey(of: turn.agent, at: now)
      key.ordinal = ordinal
      try submit(command, as: key, cause: turn.wake, at: now, held: held, into: &sink)
    case .forged: break  // it is given with the message
    case .withheld(let body):
      try emit(
        EventRecord(time: now, cause: turn.wake, event: .commandWithheld(body)),
        into: &sink)
    case .chosen(let body):
      try emit(
        EventRecord(time: now, cause: turn.wake, event: .actionChosen(body)), into: &sink)
    case .faulted(let body):
      try emit(
        EventRecord(time: now, cause: turn.wake, event: .agentFaulted(body)), into: &sink)
    }
  }

  @inlinable
  mutating func emit<Sink: EventSink & ~Copyable>(
    _ choice: ActionChoice, _ turn: Turn, _ observation: Observation, into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) {
    let body = ActionChosen(
      agent: turn.agent, tick: observation.tick, ordinal: turn.ordinal, action: choice.action,
      payload: choice.scoreBytes)
    try emit(
      EventRecord(time: now, cause: turn.wake, event: .actionChosen(body)), into: &sink)
  }

  @inlinable
  mutating func update<Sink: EventSink & ~Copyable>(
    _ policy: [UInt8], _ turn: Turn, _ observation: Observation, into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) {
    let ordinal = current.shared.agents[Int(turn.agent)].policyUpdates.ordinal(in: observation.tick)
    let update = PolicyUpdated(
      agent: turn.agent, tick: observation.tick, ordinal: ordinal, payload: policy)
    try emit(
      EventRecord(time: now, cause: turn.wake, event: .policyUpdated(update)), into: &sink)
  }

  /// Runs to the end with the session's own deciders.
  @inlinable
  public mutating func run<Sink: EventSink & ~Copyable>(
    into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) {
    while let turn = try advance(into: &sink) { try takeTurn(turn, into: &sink) }
  }
}
