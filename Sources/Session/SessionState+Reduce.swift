import Agents
public import Market
public import MarketModel
import MatchingEngine

/// The reducer of a session: the only code that changes its state.
extension SessionState {
  /// Folds an event into the state.
  ///
  /// Recording, replaying, verifying and forking all come through here. Nothing that the event
  /// says is trusted. After an error the state must be thrown away. `sequence` is the event's
  /// position, kept to name causes; it enters no digest.
  /// - Throws: `ReductionError` for an event that cannot follow from this state.
  /// - Complexity: O(1) expected.
  public mutating func reduce(
    _ record: EventRecord, sequence: SequenceNumber
  ) throws(ReductionError) {
    guard record.time >= time, record.time <= Limits.maximumTime else {
      throw .invalidTime(record.time)
    }
    time = record.time
    switch record.event {
    case .agentWoken(let body): try wake(body)
    case .orderSubmitted, .cancelSubmitted, .replaceSubmitted, .transferSubmitted:
      try submit(record.event, sequence)
    case .messageSent(let body): try send(body, sequence)
    case .orderAccepted, .orderRejected, .orderFilled, .orderCancelled, .orderReplaced,
      .capitalTransferred:
      try conclude(record.event, sequence)
    case .reportDelivered(let body): try deliver(body)
    case .messageDelivered(let body): try deliver(body)
    case .processStepped(let body): try step(body)
    case .policyUpdated(let body): try update(body)
    case .interventionApplied(let body): try intervene(body)
    case .flowAdjusted(let body): try check(process: body.fact.feed)
    case .noteAdded: break
    case .levelSeeded, .levelRevealed, .levelConcealed, .orderObserved, .reductionObserved,
      .hiddenExecutionObserved, .tradingStatusObserved, .crossObserved:
      try observe(record.event)
    }
    #if InvariantChecks
    if market.working == nil { market.checkInvariants() }
    #endif
  }

  // MARK: Checks

  func check(agent: AgentIndex) throws(ReductionError) {
    guard agent >= 0, Int(agent) < agents.count else { throw .unknownAgent(agent) }
  }

  private func check(process: ProcessIndex) throws(ReductionError) {
    guard process >= 0, Int(process) < processes.count else { throw .unknownProcess(process) }
  }

  private func check(_ tick: Tick, _ ordinal: UInt32) throws(ReductionError) {
    guard tick == self.tick else { throw .contradiction("the tick is not that of the time") }
    guard Int64(ordinal) < Limits.maximumOrdinal else {
      throw .contradiction("too many in one tick")
    }
  }

  // MARK: Agents and processes

  private mutating func wake(_ body: AgentWoken) throws(ReductionError) {
    try check(agent: body.agent)
    try check(body.tick, body.ordinal)
    let index = Int(body.agent)
    guard agents[index].nextWake == time else {
      throw .contradiction("the agent was not due to wake")
    }
    guard body.ordinal == agents[index].wakes.ordinal(in: body.tick) else {
      throw .contradiction("wake-ups are numbered one by one")
    }
    agents[index].wakes.note(body.ordinal, in: body.tick)
    agents[index].nextWake = body.delay < 0 ? -1 : time + body.delay
    remember(
      body.agent, .woken(observation(of: body.agent, at: time, ordinal: body.ordinal)))
  }

  private mutating func step(_ body: ProcessStepped) throws(ReductionError) {
    try check(process: body.process)
    try check(body.tick, body.ordinal)
    let index = Int(body.process)
    guard processes[index].nextStep == time else {
      throw .contradiction("the process was not due to step")
    }
    guard (1...1000 * Limits.maximumPrice).contains(body.value) else {
      throw .invalidPrice(body.value)
    }
    processes[index].value = body.value
    processes[index].nextStep = body.delay < 0 ? -1 : time + body.delay
    processes[index].steps.note(body.ordinal, in: body.tick)
    boards.change(at: time) { $0.values[index] = body.value }
  }

  private mutating func update(_ body: PolicyUpdated) throws(ReductionError) {
    try check(agent: body.agent)
    try check(body.tick, body.ordinal)
    agents[Int(body.agent)].policy = body.payload
    agents[Int(body.agent)].policyUpdates.note(body.ordinal, in: body.tick)
  }

  private mutating func observe(_ event: Event) throws(ReductionError) {
    try market.apply(fact: event)
    switch event {
    case .levelSeeded(let body), .levelRevealed(let body), .levelConcealed(let body):
      refreshView(body.instrument)
    case .orderObserved(let body): refreshView(body.instrument)
    case .reductionObserved(let body): refreshView(body.instrument)
    case .hiddenExecutionObserved(let body): refreshView(body.instrument)
    case .crossObserved(let body): refreshView(body.instrument)
    default: break
    }
  }

  private mutating func refreshView(_ instrument: InstrumentIndex) {
    let view = market.view(instrument)
    if boards.current.board.views[Int(instrument)] == view { return }
    boards.change(at: time) { $0.views[Int(instrument)] = view }
  }

  // MARK: Commands

  private mutating func submit(
    _ event: Event, _ sequence: SequenceNumber
  ) throws(ReductionError) {
    let command: PendingCommand
    let latency: Nanoseconds
    let asked: Command
    switch event {
    case .orderSubmitted(let body):
      command = PendingCommand(key: body.key, body: .place(body.terms))
      (latency, asked) = (body.latency, .placeOrder(body.terms))
    case .cancelSubmitted(let body):
      command = PendingCommand(
        key: body.key, body: .cancel(order: body.order, quantity: body.quantity))
      (latency, asked) = (
        body.latency, .cancelOrder(order: body.order, quantity: body.quantity)
      )
    case .replaceSubmitted(let body):
      command = PendingCommand(
        key: body.key,
        body: .replace(order: body.order, price: body.price, quantity: body.quantity))
      (latency, asked) = (
        body.latency,
        .replaceOrder(order: body.order, price: body.price, quantity: body.quantity)
      )
    case .transferSubmitted(let body):
      command = PendingCommand(
        key: body.key, body: .transfer(recipient: body.recipient, amount: body.amount))
      (latency, asked) = (
        body.latency, .transferCapital(to: body.recipient, amount: body.amount)
      )
    default: throw .contradiction("not a command for the exchange")
    }
    let key = command.key
    try note(command: key)
    if commands[key] != nil { throw .duplicateCommand(key) }
    let entry = InFlightCommand(command: command, arrival: time + latency, sequence: sequence)
    commands.insert(key, entry)
    poolDigest &+= InFlightHash.of(entry, market.identities)
    agents[Int(key.agent)].lastCommandArrival = entry.arrival
    remember(key.agent, .commanded(key, asked))
  }

  /// Checks a command's key and counts it.
  private mutating func note(command key: CommandKey) throws(ReductionError) {
    try check(agent: key.agent)
    try check(key.tick, key.ordinal)
    guard key.ordinal >= agents[Int(key.agent)].commands.ordinal(in: key.tick) else {
      throw .duplicateCommand(key)
    }
    agents[Int(key.agent)].commands.note(key.ordinal, in: key.tick)
  }

  private mutating func send(
    _ body: MessageSent, _ sequence: SequenceNumber
  ) throws(ReductionError) {
    if body.recipient >= 0 { try check(agent: body.recipient) }
    try check(agent: body.key.agent)
    guard body.topic >= -1, body.topic < Int32(scenario.topics.count) else {
      throw .contradiction("no topic has that index")
    }
    let counted = agents[Int(body.key.agent)].commands
    // All recipients of a topic share one command; only the first is news to the sender.
    let isFirst = counted.tick != body.key.tick || counted.count != body.key.ordinal &+ 1
    if isFirst {
      try note(command: body.key)
      let recipient: MessageRecipient =
        body.topic < 0 ? .agent(body.recipient) : .topic(body.topic)
      remember(
        body.key.agent, .commanded(body.key, .sendMessage(to: recipient, payload: body.payload)))
    }
    if body.recipient < 0 { return }  // nobody listens
    let key = MessageKey(command: body.key, recipient: body.recipient)
    if messages[key] != nil { throw .duplicateCommand(body.key) }
    let entry = InFlightMessage(
      key: key, topic: body.topic, payload: body.payload, arrival: time + body.latency,
      sequence: sequence)
    messages.insert(key, entry)
    poolDigest &+= InFlightHash.of(
      entry, market.identities, topics: scenario.topics)
  }

  // MARK: Outcomes

  private mutating func conclude(
    _ event: Event, _ sequence: SequenceNumber
  ) throws(ReductionError) {
    guard let outcome = event.outcome else { throw .contradiction("not an outcome") }
    try check(agent: outcome.command.agent)
    var command: PendingCommand?
    if outcome.number == 0 {
      guard let entry = commands.remove(outcome.command) else {
        throw .unknownCommand(outcome.command)
      }
      poolDigest &-= InFlightHash.of(entry, market.identities)
      command = entry.command
    } else if market.working == nil {
      throw .unknownCommand(outcome.command)
    }
    let instrument = market.instrument(of: event, command)
    try market.apply(event, of: command)
    if let instrument { refreshView(instrument) }
    for (recipient, latency, body) in event.reports where recipient >= 0 {
      try check(agent: recipient)
      report(Report(outcome: outcome, body: body), to: recipient, after: latency, sequence)
    }
  }

  private mutating func report(
    _ report: Report, to recipient: AgentIndex, after latency: Nanoseconds,
    _ sequence: SequenceNumber
  ) {
    if latency == 0 {
      remember(recipient, .report(report))
      return
    }
    var entry = InFlightReport(
      report: report, recipient: recipient, arrival: time + latency, sequence: sequence)
    let key = ReportKey(outcome: report.outcome, recipient: recipient)
    if let first = reports.remove(key) {
      // An agent that trades with itself learns of both parts when the taker's part arrives.
      poolDigest &-= InFlightHash.of(first, market.identities)
      entry = first
      entry.counterpart = report
    }
    reports.insert(key, entry)
    poolDigest &+= InFlightHash.of(entry, market.identities)
    agents[Int(recipient)].lastReportArrival = entry.arrival
  }

  private mutating func deliver(_ body: ReportDelivered) throws(ReductionError) {
    try check(agent: body.agent)
    let key = ReportKey(outcome: body.outcome, recipient: body.agent)
    guard let entry = reports.remove(key) else {
      throw .unknownReport(body.outcome, body.agent)
    }
    guard entry.arrival == time else { throw .invalidTime(time) }
    poolDigest &-= InFlightHash.of(entry, market.identities)
    remember(body.agent, .report(entry.report))
    if let counterpart = entry.counterpart { remember(body.agent, .report(counterpart)) }
  }

  private mutating func deliver(_ body: MessageDelivered) throws(ReductionError) {
    try check(agent: body.recipient)
    let key = MessageKey(command: body.key, recipient: body.recipient)
    guard let entry = messages.remove(key) else {
      throw .unknownMessage(body.key, body.recipient)
    }
    guard entry.arrival == time else { throw .invalidTime(time) }
    poolDigest &-= InFlightHash.of(
      entry, market.identities, topics: scenario.topics)
    remember(
      body.recipient,
      .message(from: body.key.agent, topic: entry.topic, payload: entry.payload))
  }
}
