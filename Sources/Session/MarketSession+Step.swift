import Agents
public import Market
public import MarketModel

/// One step of the loop: what falls due first happens.
///
/// These functions are inlined where roster and sink are known; what they call is plain code.
extension MarketSession {
  /// Does what falls due first.
  ///
  /// - Throws: `SessionError` where the sink fails or a recorded input does not fit.
  @inlinable
  public mutating func step<Sink: EventSink & ~Copyable>(
    into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) -> StepResult {
    switch scheduler.next(&current.shared) {
    case .finished: return .finished
    case .nothing: break
    case .arrival(let key, let time): try execute(key, at: time, into: &sink)
    case .event(let record): try emit(record, into: &sink)
    case .input(let record): try inject(record, into: &sink)
    case .turn(let record, let agent, let ordinal):
      let turn = Turn(agent: agent, wake: next, ordinal: ordinal)
      try emit(record, into: &sink)
      return .turn(turn)
    case .flow(let index, let time): try reissue(index, at: time, into: &sink)
    }
    return .progressed
  }

  /// Lets the exchange decide on a command that arrived, outcome by outcome.
  @inlinable
  mutating func execute<Sink: EventSink & ~Copyable>(
    _ key: CommandKey, at time: Nanoseconds, into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) {
    guard var entry = current.shared.command(key) else { return }
    var decision = Decision()
    var number: UInt32 = 0
    repeat {
      current.shared.decide(&entry, number: number, into: &decision)
      let record = scheduler.record(
        of: decision, at: time, cause: entry.sequence, &current.shared)
      try append(record, to: &sink)
      current.conclude(&decision, record, of: &entry, sequence: next)
      scheduler.schedule(record, &current.shared)
      next += 1
      number += 1
    } while current.shared.isMatching
  }

  @usableFromInline
  mutating func reissue<Sink: EventSink & ~Copyable>(
    _ index: Int, at time: Nanoseconds, into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) {
    guard let (fact, actions) = scheduler.takeFact(index, &current.shared) else { return }
    for action in actions {
      switch action {
      case .adjust(let adjustment, let quantity):
        try inject(
          EventRecord(
            time: time, cause: nil,
            event: .flowAdjusted(
              FlowAdjusted(fact: fact, adjustment: adjustment, quantity: quantity))),
          into: &sink)
      case .submit(let agent, let command):
        let tick = current.shared.tick(at: time)
        let ordinal = current.agents[Int(agent)].commands.ordinal(in: tick)
        if case .placeOrder(let terms) = command, terms.timeInForce == .goodTillCancelled {
          scheduler.flows[index].note(CommandKey(agent: agent, tick: tick, ordinal: ordinal))
        }
        try submit(command, by: agent, cause: nil, at: time, into: &sink)
      }
    }
  }

  /// Submits a command; without `ordinal` it is the agent's next of this tick.
  @inlinable
  mutating func submit<Sink: EventSink & ~Copyable>(
    _ command: Command, by agent: AgentIndex, cause: SequenceNumber?,
    ordinal: UInt32? = nil, at instant: Nanoseconds? = nil, into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) {
    let time = instant ?? current.time
    if case .sendMessage(let recipient, let payload) = command {
      let records = scheduler.sendings(
        of: payload, to: recipient, by: agent, cause: cause, ordinal: ordinal, at: time,
        &current.shared)
      for record in records { try emit(record, into: &sink) }
      return
    }
    try emit(
      scheduler.submission(
        of: command, by: agent, cause: cause, ordinal: ordinal, at: time, &current.shared),
      into: &sink)
  }

  /// Appends an event of our own deciders, folds it and schedules what follows from it.
  @inlinable
  mutating func emit<Sink: EventSink & ~Copyable>(
    _ record: EventRecord, into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) {
    do {
      try inject(record, into: &sink)
    } catch {
      if case .reduction(let fault) = error {
        preconditionFailure(
          "Invariant: what our own deciders propose can be folded (\(fault.sequence))")
      }
      throw error
    }
  }

  /// Appends an event from outside: an imported fact, a foreign agent's command, an intervention.
  ///
  /// - Throws: `SessionError.reduction` where it does not follow from the state; the session is
  ///   of no use any more then.
  @inlinable
  public mutating func inject<Sink: EventSink & ~Copyable>(
    _ record: EventRecord, into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) {
    try append(record, to: &sink)
    do {
      try current.reduce(record, sequence: next)
    } catch {
      throw .reduction(
        ReductionFault(sequence: next, time: record.time, error: error))
    }
    scheduler.schedule(record, &current.shared)
    next += 1
  }

  /// Appends an event to the sink, with the digests of the state where they are wanted.
  @inlinable
  mutating func append<Sink: EventSink & ~Copyable>(
    _ record: borrowing EventRecord, to sink: inout Sink
  ) throws(SessionError<Sink.Failure>) {
    let digests = sink.wantsDigests(before: record) ? current.digests() : nil
    do {
      try sink.append(record, sequence: next, digests: digests)
    } catch {
      throw .sink(error)
    }
  }
}
