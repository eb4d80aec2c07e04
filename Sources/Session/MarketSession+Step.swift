import Agents
import Market
import MarketModel
import MatchingEngine

/// One step of the loop: what falls due first happens.
extension MarketSession {
  /// Does what falls due first.
  ///
  /// Inputs come before everything else of their nanosecond.
  /// - Throws: `SessionError` where the sink fails or a recorded input does not fit.
  public mutating func step<Sink: EventSink & ~Copyable>(
    into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) -> StepResult {
    guard let next = nextTime else { return .finished }
    if let time = inputs.nextTime, time == next, let record = inputs.next() {
      try inject(record, into: &sink)
      return .progressed
    }
    for index in flows.indices where flows[index].nextTime == next {
      try reissue(index, at: next, into: &sink)
      return .progressed
    }
    guard let due = queue.pop(noise) else { return .finished }
    switch due.action {
    case .step(let process): try step(process, at: due.time, into: &sink)
    case .arrival(let key): try execute(key, at: due.time, into: &sink)
    case .report(let key):
      guard let entry = state.reports[key] else { break }
      try emit(
        .reportDelivered(ReportDelivered(outcome: key.outcome, agent: key.recipient)),
        at: due.time, cause: entry.sequence, into: &sink)
    case .message(let key):
      guard let entry = state.messages[key] else { break }
      try emit(
        .messageDelivered(MessageDelivered(key: key.command, recipient: key.recipient)),
        at: due.time, cause: entry.sequence, into: &sink)
    case .wake(let agent): return .turn(try wake(agent, at: due.time, into: &sink))
    }
    return .progressed
  }

  // MARK: What falls due

  private mutating func wake<Sink: EventSink & ~Copyable>(
    _ agent: AgentIndex, at time: Nanoseconds, into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) -> Turn {
    let tick = state.scenario.clock.tick(at: time)
    let ordinal = state.agents[Int(agent)].wakes.ordinal(in: tick)
    let interval = state.scenario.agents[Int(agent)].wakeInterval
    let event = AgentWoken(
      agent: agent, tick: tick, ordinal: ordinal, delay: interval == 0 ? -1 : interval)
    let sequence = nextSequence
    try emit(.agentWoken(event), at: time, cause: nil, into: &sink)
    return Turn(agent: agent, wake: sequence, ordinal: ordinal)
  }

  private mutating func step<Sink: EventSink & ~Copyable>(
    _ process: ProcessIndex, at time: Nanoseconds, into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) {
    let description = state.scenario.processes[Int(process)]
    guard case .walk(let start, let deviation, let reversion) = description.motion else { return }
    let now = state.processes[Int(process)]
    let tick = state.scenario.clock.tick(at: time)
    let ordinal = now.steps.ordinal(in: tick)
    let shock = noise.step(process, tick: tick, ordinal: ordinal)
    let pull = reversion * Double(start - now.value)
    let change = pull + 1000 * deviation * shock
    // A price stays at one increment or above and within its limit.
    let highest = Double(1000 * Limits.maximumPrice)
    let value = min(max(Double(now.value) + change.rounded(.toNearestOrEven), 1000), highest)
    let event = ProcessStepped(
      process: process, tick: tick, ordinal: ordinal, value: PriceThousandths(value),
      delay: description.interval == 0 ? -1 : description.interval)
    try emit(.processStepped(event), at: time, cause: nil, into: &sink)
  }

  /// Lets the exchange decide on a command that arrived, outcome by outcome.
  private mutating func execute<Sink: EventSink & ~Copyable>(
    _ key: CommandKey, at time: Nanoseconds, into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) {
    guard let entry = state.commands[key] else { return }
    var number: UInt32 = 0
    while var event = state.market.nextOutcome(of: entry.command, number: number) {
      setReportLatencies(&event, at: time)
      try emit(event, at: time, cause: entry.sequence, into: &sink)
      number += 1
    }
  }

  private mutating func reissue<Sink: EventSink & ~Copyable>(
    _ index: Int, at time: Nanoseconds, into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) {
    guard let fact = flows[index].nextFact else { return }
    let book = state.market.book
    let inFlight = state.commands
    let actions = flows[index].next { key in
      // What is still on its way counts as open: it will be there first.
      if case .place(let terms)? = inFlight[key]?.command.body { return terms.quantity }
      return book.order(key)?.quantity ?? 0
    }
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
        let tick = state.scenario.clock.tick(at: time)
        let ordinal = state.agents[Int(agent)].commands.ordinal(in: tick)
        if case .placeOrder(let terms) = command, terms.timeInForce == .goodTillCancelled {
          flows[index].note(CommandKey(agent: agent, tick: tick, ordinal: ordinal))
        }
        try submit(command, by: agent, cause: nil, at: time, into: &sink)
      }
    }
  }

  // MARK: Commands

  /// Submits a command; without `ordinal` it is the agent's next of this tick.
  mutating func submit<Sink: EventSink & ~Copyable>(
    _ asked: Command, by agent: AgentIndex, cause: SequenceNumber?,
    ordinal: UInt32? = nil, at instant: Nanoseconds? = nil, into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) {
    let command = asked.expressible
    let time = instant ?? state.time
    let tick = state.scenario.clock.tick(at: time)
    let number = ordinal ?? state.agents[Int(agent)].commands.ordinal(in: tick)
    let key = CommandKey(agent: agent, tick: tick, ordinal: number)
    if case .sendMessage(let recipient, let payload) = command {
      try send(payload, to: recipient, key, at: time, cause: cause, into: &sink)
      return
    }
    let drawn = noise.commandLatency(state.scenario.agents[Int(agent)].commandLatency, key)
    // No command arrives before its sender's previous one.
    let latency = max(drawn, max(time, state.agents[Int(agent)].lastCommandArrival) - time)
    let event: Event
    switch command {
    case .placeOrder(let terms):
      event = .orderSubmitted(OrderSubmitted(key: key, terms: terms, latency: latency))
    case .cancelOrder(let order, let quantity):
      event = .cancelSubmitted(
        CancelSubmitted(key: key, order: order, quantity: quantity, latency: latency))
    case .replaceOrder(let order, let price, let quantity):
      event = .replaceSubmitted(
        ReplaceSubmitted(
          key: key, order: order, price: price, quantity: quantity, latency: latency))
    case .transferCapital(let recipient, let amount):
      event = .transferSubmitted(
        TransferSubmitted(key: key, recipient: recipient, amount: amount, latency: latency))
    case .sendMessage: return
    }
    try emit(event, at: time, cause: cause, into: &sink)
  }

  private mutating func send<Sink: EventSink & ~Copyable>(
    _ payload: [UInt8], to recipient: MessageRecipient, _ key: CommandKey, at time: Nanoseconds,
    cause: SequenceNumber?, into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) {
    var recipients: [AgentIndex] = []
    var topic: Int32 = -1
    switch recipient {
    case .agent(let agent):
      if agent >= 0, Int(agent) < state.agents.count { recipients = [agent] }
    case .topic(let index) where index < 0 || Int(index) >= state.scenario.topics.count:
      break  // nobody listens to what does not exist
    case .topic(let index):
      topic = index
      recipients = state.subscribers(of: index, except: key.agent)
    }
    if recipients.isEmpty {
      // The command keeps its ordinal, whoever else exists.
      let event = MessageSent(key: key, recipient: -1, topic: topic, latency: 0, payload: payload)
      try emit(.messageSent(event), at: time, cause: cause, into: &sink)
    }
    for recipient in recipients {
      let drawn = noise.messageLatency(
        state.scenario.agents[Int(recipient)].messageLatency, key, to: recipient)
      var latency = drawn
      for other in state.messages.entries
      where other.key.recipient == recipient && other.key.command.agent == key.agent {
        latency = max(latency, other.arrival - time)
      }
      let event = MessageSent(
        key: key, recipient: recipient, topic: topic, latency: latency, payload: payload)
      try emit(.messageSent(event), at: time, cause: cause, into: &sink)
    }
  }

  private func setReportLatencies(_ event: inout Event, at time: Nanoseconds) {
    switch event {
    case .orderAccepted(var body):
      body.reportLatency = latency(body.outcome, to: body.outcome.command.agent, time)
      event = .orderAccepted(body)
    case .orderRejected(var body):
      body.reportLatency = latency(body.outcome, to: body.outcome.command.agent, time)
      event = .orderRejected(body)
    case .orderFilled(var body):
      body.takerReportLatency = latency(body.outcome, to: body.outcome.command.agent, time)
      body.makerReportLatency = latency(
        body.outcome, to: body.maker.agent, time, isMaker: true)
      event = .orderFilled(body)
    case .orderCancelled(var body):
      body.reportLatency = latency(body.outcome, to: body.order.agent, time)
      event = .orderCancelled(body)
    case .orderReplaced(var body):
      body.reportLatency = latency(body.outcome, to: body.outcome.command.agent, time)
      event = .orderReplaced(body)
    case .capitalTransferred(var body):
      body.reportLatency = latency(body.outcome, to: body.outcome.command.agent, time)
      event = .capitalTransferred(body)
    default: break
    }
  }

  private func latency(
    _ outcome: OutcomeKey, to recipient: AgentIndex, _ time: Nanoseconds, isMaker: Bool = false
  ) -> Nanoseconds {
    if recipient < 0 { return 0 }
    let model = state.scenario.agents[Int(recipient)].reportLatency
    let drawn = noise.reportLatency(model, outcome, isMaker: isMaker)
    return max(drawn, max(time, state.agents[Int(recipient)].lastReportArrival) - time)
  }

  // MARK: Appending and scheduling

  /// Appends an event of our own deciders, reduces it and schedules what follows from it.
  mutating func emit<Sink: EventSink & ~Copyable>(
    _ event: Event, at time: Nanoseconds, cause: SequenceNumber?, into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) {
    do {
      try inject(EventRecord(time: time, cause: cause, event: event), into: &sink)
    } catch {
      if case .reduction(let fault) = error {
        preconditionFailure(
          "Invariant: what our own deciders propose can be folded (\(fault.sequence))")
      }
      throw error
    }
  }

  mutating func schedule(_ record: EventRecord) {
    let time = record.time
    switch record.event {
    case .agentWoken(let body):
      if body.delay >= 0 { push(wake: body.agent) }
    case .processStepped(let body):
      if body.delay >= 0 { push(step: body.process) }
    case .orderSubmitted(let body): push(arrival: body.key, at: time + body.latency)
    case .cancelSubmitted(let body): push(arrival: body.key, at: time + body.latency)
    case .replaceSubmitted(let body): push(arrival: body.key, at: time + body.latency)
    case .transferSubmitted(let body): push(arrival: body.key, at: time + body.latency)
    case .messageSent(let body):
      if body.recipient < 0 { break }
      push(message: MessageKey(command: body.key, recipient: body.recipient), time + body.latency)
    case .interventionApplied: rebuild()
    default:
      guard let outcome = record.event.outcome else { return }
      for (recipient, latency, _) in record.event.reports where recipient >= 0 && latency > 0 {
        let key = ReportKey(outcome: outcome, recipient: recipient)
        // Not time + latency: an agent that traded with itself learns of both parts at once.
        if let entry = state.reports[key] { push(report: key, entry.arrival) }
      }
    }
  }

  /// Makes noise, names and schedule anew after an intervention changed what they stand on.
  private mutating func rebuild() {
    noise = SessionNoise(state.scenario)
    queue = DueQueue(state.scenario)
    rebuildQueue()
  }

  mutating func rebuildQueue() {
    for (index, agent) in state.agents.enumerated() where agent.nextWake >= 0 {
      push(wake: AgentIndex(index))
    }
    for (index, process) in state.processes.enumerated() where process.nextStep >= 0 {
      push(step: ProcessIndex(index))
    }
    for entry in state.commands.entries { push(arrival: entry.command.key, at: entry.arrival) }
    for entry in state.reports.entries {
      push(
        report: ReportKey(outcome: entry.report.outcome, recipient: entry.recipient),
        entry.arrival)
    }
    for entry in state.messages.entries { push(message: entry.key, entry.arrival) }
  }

  private mutating func push(wake agent: AgentIndex) {
    queue.push(
      Due(
        .wake(agent), at: state.agents[Int(agent)].nextWake, phase: 3, sender: .agent(agent)),
      noise)
  }

  private mutating func push(step process: ProcessIndex) {
    queue.push(
      Due(
        .step(process), at: state.processes[Int(process)].nextStep, phase: 0,
        sender: .process(process)), noise)
  }

  private mutating func push(arrival key: CommandKey, at time: Nanoseconds) {
    queue.push(
      Due(
        .arrival(key), at: time, phase: 1, sender: .agent(key.agent), tick: key.tick,
        ordinal: key.ordinal), noise)
  }

  private mutating func push(report key: ReportKey, _ time: Nanoseconds) {
    let command = key.outcome.command
    queue.push(
      Due(
        .report(key), at: time, phase: 2, sender: .agent(command.agent), tick: command.tick,
        ordinal: command.ordinal, number: key.outcome.number, recipient: key.recipient), noise)
  }

  private mutating func push(message key: MessageKey, _ time: Nanoseconds) {
    queue.push(
      Due(
        .message(key), at: time, phase: 2, sender: .agent(key.command.agent),
        tick: key.command.tick, ordinal: key.command.ordinal, recipient: key.recipient), noise)
  }
}

extension SessionState {
  /// Who listens to a topic, by name in byte order.
  func subscribers(of topic: Int32, except sender: AgentIndex) -> [AgentIndex] {
    let listening = scenario.agents.indices.filter {
      scenario.agents[$0].subscriptions.contains(topic) && AgentIndex($0) != sender
    }
    return listening.sorted {
      scenario.agents[$0].account.name.utf8.lexicographicallyPrecedes(
        scenario.agents[$1].account.name.utf8)
    }.map { AgentIndex($0) }
  }
}
