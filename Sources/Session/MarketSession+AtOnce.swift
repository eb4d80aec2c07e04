import Agents
public import Market
public import MarketModel

/// The fast path of flows: commands that reach the exchange at once.
///
/// `submit` and `step` define what it does, and do all the rest; a test holds the two against each
/// other.
extension MarketSession {
  /// Submits a command as `submit` does and, where it reaches the exchange at once and nothing else
  /// falls due by then, takes the step in which the exchange decides on it; returns the command's
  /// key.
  ///
  /// Events and state are those of `submit` and `step`, in two thirds of the time. What else falls
  /// due at that instant is left to `step`, and so is a command that takes time.
  /// - Precondition: that of `submit`.
  @inlinable
  public mutating func execute<Sink: EventSink & ~Copyable>(
    _ command: Command, by agent: AgentIndex, at time: Nanoseconds, into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) -> CommandKey {
    guard
      scheduler.prepare(command, by: agent, at: time, &current.shared, &pending, &flat)
    else { return try submit(command, by: agent, at: time, into: &sink) }
    let (key, cause) = (pending.key, next)
    try appendFlat(to: &sink)
    current.shared.launch(&pending, at: time, sequence: cause)
    if !current.shared.perceptions.isEmpty { current.remember() }
    next = cause + 1
    try settle(at: time, cause: cause, into: &sink)
    return key
  }

  /// Asks for the memory that a command will need: a hint, for flows that are known beforehand.
  ///
  /// A book is larger than the processor's near caches. Who asks a few commands ahead, `early`, and
  /// once more half as far ahead, does not wait for it; asking changes nothing.
  @inlinable
  public mutating func anticipate(_ command: PendingCommand, early: Bool) {
    current.shared.anticipate(command, early: early)
  }
}

extension Scheduler {
  /// Prepares a command and the event of its submission where it reaches the exchange at once and
  /// nothing else falls due by then; false where it does not.
  @usableFromInline
  mutating func prepare(
    _ command: borrowing Command, by agent: AgentIndex, at time: Nanoseconds,
    _ state: inout SharedState, _ pending: inout PendingCommand, _ event: inout FlatEvent
  ) -> Bool {
    guard isIdle(through: time), state.isPrompt(agent, at: time),
      let body = PendingCommand.Body(command)
    else { return false }
    let key = state.nextKey(of: agent, at: time)
    // `submit` says what is wrong with one command too many in a tick.
    if Int64(key.ordinal) >= Limits.maximumOrdinal { return false }
    pending = PendingCommand(key: key, body: body)
    event.time = time
    event.cause = nil
    body.write(to: &event.row, as: key, latency: 0)
    return true
  }
}

extension SharedState {
  /// Whether what an agent submits at an instant is at the exchange at once.
  ///
  /// It is not where that instant cannot be or the agent does not exist. `mutating` only to be
  /// cheap.
  @inline(__always)
  mutating func isPrompt(_ agent: AgentIndex, at instant: Nanoseconds) -> Bool {
    guard agents.indices.contains(Int(agent)), instant >= time, instant < end, rules.isEmpty else {
      return false
    }
    return agents[Int(agent)].isPrompt(at: instant)
  }

  /// Folds the submission of a command that is at the exchange at once.
  ///
  /// `submit` of the same does so too, and checks it; here it is new, as its number is the agent's
  /// next. `inout` only to be cheap.
  @usableFromInline
  mutating func launch(
    _ command: inout PendingCommand, at time: Nanoseconds, sequence: SequenceNumber
  ) {
    advance(to: time)
    let key = command.key
    commands.insert(
      InFlightCommand(command: command, arrival: time, sequence: sequence), market.identities)
    agents[Int(key.agent)].note(key, arrivingAt: time)
    remember(key.agent, .commanded(key, Command(command.body)))
  }

  /// Asks for what a command names, or for what stands beside that; a hint.
  @usableFromInline
  mutating func anticipate(_ command: PendingCommand, early: Bool) {
    if early {
      market.prefetch(command.body, as: command.key)
    } else {
      market.prefetchNeighbours(command.body)
    }
  }
}
