public import Agents
import Market
public import MarketModel

/// An agent's turn: it woke and looked, and may now submit commands.
public struct Turn: Equatable, Sendable {
  /// Whose turn it is.
  public let agent: AgentIndex
  /// The event of its wake-up, which causes its commands.
  public let wake: SequenceNumber
  /// The number among its wake-ups of that tick.
  public let ordinal: UInt32
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
  /// The state after the latest event.
  public private(set) var state: SessionState<Roster>
  /// The sequence number of the next event.
  public private(set) var nextSequence: SequenceNumber
  /// Recorded inputs that it re-issues.
  public var inputs = RecordedInputs()
  /// Recorded flows that trade along.
  public var flows: [RecordedFlow] = []
  var noise: SessionNoise
  var queue: DueQueue

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
    self.state = state
    self.nextSequence = nextSequence
    noise = SessionNoise(state.scenario)
    queue = DueQueue(state.scenario)
    rebuildQueue()
  }

  /// The instant of what falls due next, or nil when nothing does before the end.
  public var nextTime: Nanoseconds? {
    var next = queue.first?.time
    if let input = inputs.nextTime { next = min(next ?? input, input) }
    for flow in flows { if let time = flow.nextTime { next = min(next ?? time, time) } }
    guard let next, next < state.scenario.end else { return nil }
    return next
  }

  // MARK: The seam

  /// Runs until an agent's turn, or returns nil at the end.
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

  /// What the agent sees.
  public func observe(_ turn: Turn) -> Observation {
    state.observation(of: turn.agent, at: state.time, ordinal: turn.ordinal)
  }

  /// Submits an agent's commands, in order.
  public mutating func submit<Sink: EventSink & ~Copyable>(
    _ commands: [Command], _ turn: Turn, into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) {
    for command in commands {
      try submit(command, by: turn.agent, cause: turn.wake, into: &sink)
    }
  }

  /// Submits a command of an agent at an instant of its own choosing, outside of its turns, and
  /// returns the command's key.
  ///
  /// - Precondition: the agent exists, and `time` lies neither before the latest event nor after
  ///   what falls due next.
  public mutating func submit<Sink: EventSink & ~Copyable>(
    _ command: Command, by agent: AgentIndex, at time: Nanoseconds, into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) -> CommandKey {
    precondition(
      agent >= 0 && Int(agent) < state.agents.count, "Invariant: only known agents submit")
    precondition(
      time >= state.time && time <= (nextTime ?? time), "Invariant: time never goes back")
    let tick = state.scenario.clock.tick(at: time)
    let ordinal = state.agents[Int(agent)].commands.ordinal(in: tick)
    try submit(command, by: agent, cause: nil, at: time, into: &sink)
    return CommandKey(agent: agent, tick: tick, ordinal: ordinal)
  }

  /// Lets the agent's own decider act.
  ///
  /// A held agent's recorded commands are issued instead; nothing happens where the agent is
  /// silenced or foreign.
  public mutating func takeTurn<Sink: EventSink & ~Copyable>(
    _ turn: Turn, into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) {
    let agent = state.agents[Int(turn.agent)]
    if agent.isSilenced { return }
    let observation = observe(turn)
    if inputs.holds(turn.agent) {
      guard let held = inputs.turn(of: turn.agent, observation.tick, observation.ordinal) else {
        return
      }
      for (ordinal, command) in held.commands {
        try submit(command, by: turn.agent, cause: turn.wake, ordinal: ordinal, into: &sink)
      }
      if let policy = held.policy { try update(policy, turn, observation, into: &sink) }
      return
    }
    guard let seat = agent.seat else { return }
    let noise = noise.decision(
      of: turn.agent, tick: observation.tick, ordinal: observation.ordinal)
    var commands: [Command] = []
    seat.decide(observation, noise: noise, commands: &commands)
    try submit(commands, turn, into: &sink)
    if let policy = seat.learn(observation, noise: noise) {
      try update(policy, turn, observation, into: &sink)
    }
  }

  private mutating func update<Sink: EventSink & ~Copyable>(
    _ policy: [UInt8], _ turn: Turn, _ observation: Observation, into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) {
    let ordinal = state.agents[Int(turn.agent)].policyUpdates.ordinal(in: observation.tick)
    let update = PolicyUpdated(
      agent: turn.agent, tick: observation.tick, ordinal: ordinal, payload: policy)
    try emit(.policyUpdated(update), at: state.time, cause: turn.wake, into: &sink)
  }

  /// Runs to the end with the session's own deciders.
  public mutating func run<Sink: EventSink & ~Copyable>(
    into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) {
    while let turn = try advance(into: &sink) { try takeTurn(turn, into: &sink) }
  }

  /// Appends an event from outside: an imported fact, a foreign agent's command, an intervention.
  ///
  /// - Throws: `SessionError.reduction` where it does not follow from the state; the session is
  ///   of no use any more then.
  public mutating func inject<Sink: EventSink & ~Copyable>(
    _ record: EventRecord, into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) {
    do {
      try sink.append(record, sequence: nextSequence, before: state)
    } catch {
      throw .sink(error)
    }
    do {
      try state.reduce(record, sequence: nextSequence)
    } catch {
      throw .reduction(
        ReductionFault(sequence: nextSequence, time: record.time, error: error))
    }
    schedule(record)
    nextSequence += 1
  }
}
