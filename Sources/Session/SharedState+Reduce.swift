import Agents
public import Market
public import MarketModel
import MatchingEngine

/// The reducer of all that agents share.
extension SharedState {
  /// Folds an event into the state and notes what agents are to remember of it.
  ///
  /// An intervention is left to `SessionState`, which knows the types of agents.
  @usableFromInline
  mutating func reduce(
    _ record: borrowing EventRecord, sequence: SequenceNumber
  ) throws(ReductionError) {
    try start(at: record.time)
    switch record.event {
    case .agentWoken(let body): try wake(body)
    case .orderSubmitted(let body):
      try submit(body.key, .place(body.terms), body.latency, sequence)
    case .cancelSubmitted(let body):
      try submit(
        body.key, .cancel(order: body.order, quantity: body.quantity), body.latency, sequence)
    case .replaceSubmitted(let body):
      try submit(
        body.key, .replace(order: body.order, price: body.price, quantity: body.quantity),
        body.latency, sequence)
    case .transferSubmitted(let body):
      try submit(
        body.key, .transfer(recipient: body.recipient, amount: body.amount), body.latency,
        sequence)
    case .messageSent(let body): try send(body, sequence)
    case .orderAccepted(let body): try conclude(.accepted(body), sequence)
    case .orderRejected(let body): try conclude(.rejected(body), sequence)
    case .orderFilled(let body): try conclude(.filled(body), sequence)
    case .orderCancelled(let body): try conclude(.cancelled(body), sequence)
    case .orderReplaced(let body): try conclude(.replaced(body), sequence)
    case .capitalTransferred(let body): try conclude(.transferred(body), sequence)
    case .reportDelivered(let body): try deliver(body)
    case .messageDelivered(let body): try deliver(body)
    case .processStepped(let body): try step(body)
    case .policyUpdated(let body): try update(body)
    case .interventionApplied: break
    case .flowAdjusted(let body): try check(process: body.fact.feed)
    case .noteAdded: break
    case .commandWithheld(let body): try note(command: body.key)
    case .agentFaulted(let body): try fault(body)
    case .actionChosen(let body):
      try check(agent: body.agent)
      try check(body.tick, body.ordinal)
    case .episodePlayed(let body): try check(agent: body.agent)
    case .learnerUpdated(let body): try check(agent: body.agent)
    case .learnerSaved(let body): try check(agent: body.agent)
    case .levelSeeded, .levelRevealed, .levelConcealed, .orderObserved, .reductionObserved,
      .hiddenExecutionObserved, .tradingStatusObserved, .crossObserved:
      try observe(record.event)
    }
    #if InvariantChecks
    if market.working == nil { checkInvariants(after: sequence) }
    #endif
  }

  // MARK: Checks

  #if InvariantChecks
  /// Checks the market from scratch after each of a session's first events, and then after four of 16.
  ///
  /// In a debug build it takes longer than the event. Four in a row, as some lie within a match.
  func checkInvariants(after sequence: SequenceNumber) {
    guard sequence < 512 || sequence & 15 < 4 else { return }
    market.checkInvariants()
    let board = boards.current.board
    precondition(
      scenario.instruments.indices.allSatisfy {
        board.views[$0] == market.view(InstrumentIndex($0))
      } && processes.indices.allSatisfy { board.values[$0] == processes[$0].value },
      "Invariant: what everyone sees is brought up to date where anything changed")
  }
  #endif

  /// Goes on to the instant of the next event.
  @inline(__always)
  mutating func start(at instant: Nanoseconds) throws(ReductionError) {
    guard instant >= time, instant <= Limits.maximumTime else { throw .invalidTime(instant) }
    advance(to: instant)
  }

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

  mutating func wake(_ body: AgentWoken) throws(ReductionError) {
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
    if agents[index].isSeated {
      let observation = look(of: body.agent, at: time, ordinal: body.ordinal)
      perceptions.append(Perception(agent: body.agent, occurrence: .woken(observation)))
    }
  }

  mutating func step(_ body: ProcessStepped) throws(ReductionError) {
    try check(process: body.process)
    try check(body.tick, body.ordinal)
    let index = Int(body.process)
    guard processes[index].nextStep == time else {
      throw .contradiction("the process was not due to step")
    }
    guard (1...1000 * Limits.maximumPrice).contains(body.value) else {
      throw .invalidPrice(body.value)
    }
    setValue(body.value, of: index)
    processes[index].nextStep = body.delay < 0 ? -1 : time + body.delay
    processes[index].steps.note(body.ordinal, in: body.tick)
  }

  private mutating func update(_ body: PolicyUpdated) throws(ReductionError) {
    try check(agent: body.agent)
    try check(body.tick, body.ordinal)
    agents[Int(body.agent)].policy = body.payload
    agents[Int(body.agent)].policyUpdates.note(body.ordinal, in: body.tick)
  }

  private mutating func fault(_ body: AgentFaulted) throws(ReductionError) {
    try check(agent: body.agent)
    try check(body.tick, body.ordinal)
    if body.isFinal { agents[Int(body.agent)].isSilenced = true }
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

  // MARK: Commands

  /// Folds a submission, as `reduce` of its event does; `inout` only to be cheap.
  @usableFromInline
  mutating func submit(
    _ submission: inout Submission, _ sequence: SequenceNumber
  ) throws(ReductionError) {
    try start(at: submission.time)
    try submit(
      submission.command.key, submission.command.body, submission.latency, sequence)
  }

  @inline(__always)
  private mutating func submit(
    _ key: CommandKey, _ body: PendingCommand.Body, _ latency: Nanoseconds,
    _ sequence: SequenceNumber
  ) throws(ReductionError) {
    market.prefetchNeighbours(body)
    try enter(key, body, latency, sequence)
  }

  /// Lets a command be on its way.
  @inline(__always)
  mutating func enter(
    _ key: CommandKey, _ body: PendingCommand.Body, _ latency: Nanoseconds,
    _ sequence: SequenceNumber
  ) throws(ReductionError) {
    try check(command: key)
    if commands.contains(key) { throw .duplicateCommand(key) }
    let arrival = time + latency  // both within 2^62 and 2^50
    commands.insert(
      InFlightCommand(
        command: PendingCommand(key: key, body: body), arrival: arrival, sequence: sequence),
      market.identities)
    agents[Int(key.agent)].note(key, arrivingAt: arrival)
    remember(key.agent, .commanded(key, Command(body)))
  }

  /// Checks that a command's key can be its sender's next.
  @inline(__always)
  private mutating func check(command key: CommandKey) throws(ReductionError) {
    try check(agent: key.agent)
    try check(key.tick, key.ordinal)
    if InsertedCommand.isInserted(key) { return }
    guard key.ordinal >= agents[Int(key.agent)].commands.ordinal(in: key.tick) else {
      throw .duplicateCommand(key)
    }
  }

  /// Checks a command's key and counts it.
  private mutating func note(command key: CommandKey) throws(ReductionError) {
    try check(command: key)
    agents[Int(key.agent)].note(key)
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
}
