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
    if let arrival = scheduler.takeArrival(before: current.shared.end) {
      try arrive(arrival.command, at: arrival.time, into: &sink)
      return .progressed
    }
    switch scheduler.next(&current.shared, &flat) {
    case .finished: return .finished
    case .nothing: break
    case .arrival(let key, let time): try arrive(key, at: time, into: &sink)
    case .input: if let record = scheduler.inputs.next() { try inject(record, into: &sink) }
    case .event: try emitFlat(into: &sink)
    case .process(let process):
      try emitFlat(into: &sink)
      scheduler.schedule(step: process, &current.shared)
    case .turn(let agent, let ordinal):
      let turn = Turn(agent: agent, wake: next, ordinal: ordinal)
      try emitFlat(into: &sink)
      scheduler.schedule(wake: agent, &current.shared)
      return .turn(turn)
    case .flow(let index, let time): try reissue(index, at: time, into: &sink)
    }
    return .progressed
  }

  /// Lets a command arrive at the exchange.
  @inlinable
  mutating func arrive<Sink: EventSink & ~Copyable>(
    _ key: CommandKey, at time: Nanoseconds, into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) {
    guard let cause = current.shared.arrive(key) else { return }
    try settle(at: time, cause: cause, into: &sink)
  }

  /// Lets the exchange decide on the command that arrived, outcome by outcome; `cause` is the event
  /// that submitted it.
  @inlinable
  mutating func settle<Sink: EventSink & ~Copyable>(
    at time: Nanoseconds, cause: SequenceNumber, into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) {
    var number: UInt32 = 0
    flat.time = time
    flat.cause = cause
    repeat {
      scheduler.propose(&decision, number: number, at: time, &current.shared, &flat.row)
      try appendFlat(to: &sink)
      scheduler.conclude(&decision, at: time, sequence: next, &current.shared)
      if !current.shared.perceptions.isEmpty { current.remember() }
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
        let key = current.shared.nextKey(of: agent, at: time)
        if case .placeOrder(let terms) = command, terms.timeInForce == .goodTillCancelled {
          scheduler.flows[index].note(key)
        }
        try submit(command, as: key, cause: nil, at: time, into: &sink)
      }
    }
  }

  /// Submits a command; one of a `held` turn says to each recipient what it said when it was
  /// recorded.
  @inlinable
  mutating func submit<Sink: EventSink & ~Copyable>(
    _ command: Command, as key: CommandKey, cause: SequenceNumber?, at time: Nanoseconds,
    held: RecordedInputs.HeldTurn? = nil, into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) {
    guard let body = PendingCommand.Body(command) else {
      guard case .sendMessage(let recipient, let payload) = command else { return }
      var records = scheduler.sendings(
        of: payload, to: recipient, as: key, cause: cause, at: time, &current.shared)
      if let held { Self.repeatPayloads(of: held, in: &records) }
      if current.shared.hasRules { rule(&records) }
      for record in records { try emit(record, into: &sink) }
      return
    }
    current.shared.prefetch(body, as: key)
    var submission = scheduler.submission(
      of: body, as: key, cause: cause, at: time, &current.shared)
    if current.shared.hasRules,
      case .withheld(let intervention) = current.shared.rule(
        &submission, sequence: next, changesFrom: scheduler.inputs.firstOwnRule(of: key.agent))
    {
      let withheld = CommandWithheld(key: key, intervention: intervention)
      try emit(
        EventRecord(time: time, cause: cause, event: .commandWithheld(withheld)), into: &sink)
      return
    }
    submission.write(to: &flat)
    try appendFlat(to: &sink)
    do {
      try current.submit(&submission, sequence: next)
    } catch {
      preconditionFailure("Invariant: what our own deciders submit can be folded (\(next))")
    }
    scheduler.schedule(&submission)
    next += 1
  }

  @usableFromInline
  static func repeatPayloads(
    of held: RecordedInputs.HeldTurn, in records: inout [EventRecord]
  ) {
    for index in records.indices {
      guard case .messageSent(var message) = records[index].event,
        let payload = held.payload(message.key.ordinal, for: message.recipient)
      else { continue }
      message.payload = payload
      records[index].event = .messageSent(message)
    }
  }

  /// Applies the rules on commands to a message's records; where all are withheld, one record
  /// says so.
  @usableFromInline
  mutating func rule(_ records: inout [EventRecord]) {
    guard let first = records.first, case .messageSent(let message) = first.event else { return }
    let own = scheduler.inputs.firstOwnRule(of: message.key.agent)
    var withheld: UInt32?
    var given: [EventRecord] = []
    for var record in records {
      switch current.shared.rule(&record, sequence: next, changesFrom: own) {
      case .given: given.append(record)
      case .withheld(let intervention): withheld = withheld ?? intervention
      }
    }
    if given.isEmpty, let withheld {
      given.append(
        EventRecord(
          time: first.time, cause: first.cause,
          event: .commandWithheld(CommandWithheld(key: message.key, intervention: withheld))))
    }
    records = given
  }

  /// Appends the flat event, which is one of our own deciders, and folds it.
  @inlinable
  mutating func emitFlat<Sink: EventSink & ~Copyable>(
    into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) {
    try appendFlat(to: &sink)
    do {
      try current.fold(&flat, sequence: next)
    } catch {
      preconditionFailure("Invariant: what our own deciders propose can be folded (\(next))")
    }
    next += 1
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
    if case .interventionApplied(let body) = record.event, body.code == .insertCommand {
      try insert(body, into: &sink)
    }
  }

  /// Issues the recorded interventions of an instant, before anything else happens in it.
  ///
  /// - Throws: `SessionError` where the sink fails or one of them does not fit.
  public mutating func reissueInterventions<Sink: EventSink & ~Copyable>(
    at time: Nanoseconds, into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) {
    while let record = scheduler.inputs.nextIntervention(at: time) {
      try inject(record, into: &sink)
    }
  }

  /// Submits the command of an intervention that was just folded.
  @usableFromInline
  mutating func insert<Sink: EventSink & ~Copyable>(
    _ body: InterventionApplied, into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) {
    guard let (agent, command) = current.shared.insertion(body) else { return }
    var key = current.shared.nextKey(of: agent, at: now)
    key.ordinal = InsertedCommand.firstOrdinal + body.ordinal
    try submit(command, as: key, cause: next - 1, at: now, into: &sink)
  }

  /// Appends an event to the sink, after the digests of the state where they are wanted.
  @inlinable
  mutating func append<Sink: EventSink & ~Copyable>(
    _ record: borrowing EventRecord, to sink: inout Sink
  ) throws(SessionError<Sink.Failure>) {
    let shape = EventShape(record)
    do {
      if sink.wantsDigests(before: shape) { try sink.take(current.digests(), before: shape) }
      try sink.append(record, sequence: next)
    } catch {
      throw .sink(error)
    }
  }

  /// Appends the flat event.
  @inlinable
  mutating func appendFlat<Sink: EventSink & ~Copyable>(
    to sink: inout Sink
  ) throws(SessionError<Sink.Failure>) {
    let shape = flat.shape()
    do {
      if sink.wantsDigests(before: shape) { try sink.take(current.digests(), before: shape) }
      try sink.append(&flat, sequence: next)
    } catch {
      throw .sink(error)
    }
  }
}
