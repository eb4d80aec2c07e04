import Agents
import Determinism
import Market
public import MarketModel
import MatchingEngine

/// What falls due in a session, and the events that our own deciders make of it.
///
/// It names no type of agent and appends nothing: it looks at the state and proposes. Everything
/// in it can be derived from the state, but for the recorded inputs and flows.
///
/// The state is `inout` everywhere and never changed: a struct of its size that is only lent would
/// be copied at every call.
@usableFromInline
struct Scheduler: Sendable {
  @usableFromInline var inputs = RecordedInputs()
  @usableFromInline var flows: [RecordedFlow] = []
  @usableFromInline private(set) var noise: SessionNoise
  private var queue: DueQueue

  /// What falls due first.
  @usableFromInline
  enum Step {
    /// Nothing, before the end.
    case finished
    /// Something that is no longer there.
    case nothing
    /// A recorded input.
    case input
    /// An event of our own, from which nothing follows.
    case event
    /// A step of a process, an event of our own too.
    case process(ProcessIndex)
    /// An agent's wake-up, an event of our own too.
    case turn(AgentIndex, ordinal: UInt32)
    /// A command's arrival at the exchange.
    case arrival(CommandKey, Nanoseconds)
    /// A fact of a recorded flow.
    case flow(Int, Nanoseconds)
  }

  init(_ state: inout SharedState) {
    noise = SessionNoise(state.scenario)
    queue = DueQueue(state.scenario)
    fill(&state)
  }

  /// The instant of what falls due next, or nil when nothing does before the end; `mutating` only
  /// to be cheap.
  @usableFromInline
  mutating func nextTime(before end: Nanoseconds) -> Nanoseconds? {
    var next = queue.nextTime
    if let input = inputs.nextTime { next = min(next, input) }
    for index in flows.indices { if let time = flows[index].nextTime { next = min(next, time) } }
    return next < end ? next : nil
  }

  /// Whether nothing falls due at an instant or before it; `mutating` only to be cheap.
  @inline(__always)
  mutating func isIdle(through time: Nanoseconds) -> Bool {
    queue.nextTime > time && inputs.nextTime == nil && flows.isEmpty
  }

  /// Takes what falls due first where that is plainly a command's arrival, as mostly it is; nil
  /// where `next` must look.
  @usableFromInline
  mutating func takeArrival(before end: Nanoseconds) -> (command: CommandKey, time: Nanoseconds)? {
    guard inputs.nextTime == nil, flows.isEmpty else { return nil }
    let time = queue.nextTime
    guard let command = queue.takeArrival(before: end) else { return nil }
    return (command, time)
  }

  /// Takes what falls due first; an event of our own is written to `event`.
  ///
  /// Inputs come before everything else of their nanosecond; whoever is told of one takes it.
  @usableFromInline
  mutating func next(_ state: inout SharedState, _ event: inout FlatEvent) -> Step {
    guard let next = nextTime(before: state.end) else { return .finished }
    if inputs.nextTime == next { return .input }
    for index in flows.indices where flows[index].nextTime == next { return .flow(index, next) }
    guard let due = queue.pop(noise) else { return .finished }
    switch due.action {
    case .arrival: return .arrival(due.command, due.time)
    case .step: return step(due.index, at: due.time, &state, &event)
    case .wake: return wake(due.index, at: due.time, &state, &event)
    case .report:
      let outcome = OutcomeKey(command: due.command, number: due.number)
      guard let entry = state.reports[ReportKey(outcome: outcome, recipient: due.recipient)]
      else { return .nothing }
      event.begin(.reportDelivered, at: due.time, cause: entry.sequence)
      ReportDelivered(outcome: outcome, agent: due.recipient).write(to: &event.row)
      return .event
    case .message:
      guard
        let entry = state.messages[MessageKey(command: due.command, recipient: due.recipient)]
      else { return .nothing }
      event.begin(.messageDelivered, at: due.time, cause: entry.sequence)
      MessageDelivered(key: due.command, recipient: due.recipient).write(to: &event.row)
      return .event
    }
  }

  private func wake(
    _ agent: AgentIndex, at time: Nanoseconds, _ state: inout SharedState,
    _ event: inout FlatEvent
  ) -> Step {
    let tick = state.tick(at: time)
    let ordinal = state.agents[Int(agent)].wakes.ordinal(in: tick)
    let interval = state.scenario.agents[Int(agent)].wakeInterval
    event.begin(.agentWoken, at: time, cause: nil)
    AgentWoken(
      agent: agent, tick: tick, ordinal: ordinal, delay: interval == 0 ? -1 : interval
    ).write(to: &event.row)
    return .turn(agent, ordinal: ordinal)
  }

  private func step(
    _ process: ProcessIndex, at time: Nanoseconds, _ state: inout SharedState,
    _ event: inout FlatEvent
  ) -> Step {
    let description = state.scenario.processes[Int(process)]
    guard case .walk(let start, let deviation, let reversion) = description.motion else {
      return .nothing
    }
    let now = state.processes[Int(process)]
    let tick = state.tick(at: time)
    let ordinal = now.steps.ordinal(in: tick)
    let shock = noise.step(process, tick: tick, ordinal: ordinal)
    let pull = reversion * Double(start - now.value)
    let change = pull + 1000 * deviation * shock
    // A price stays at one increment or above and within its limit.
    let highest = Double(1000 * Limits.maximumPrice)
    let value = min(max(Double(now.value) + change.rounded(.toNearestOrEven), 1000), highest)
    event.begin(.processStepped, at: time, cause: nil)
    ProcessStepped(
      process: process, tick: tick, ordinal: ordinal, value: PriceThousandths(value),
      delay: description.interval == 0 ? -1 : description.interval
    ).write(to: &event.row)
    return .process(process)
  }

  /// Takes what a recorded flow does for its next fact.
  @usableFromInline
  mutating func takeFact(
    _ index: Int, _ state: inout SharedState
  ) -> (FactKey, [RecordedFlow.Action])? {
    guard let fact = flows[index].nextFact else { return nil }
    let (commands, book) = (state.commands, state.market.book)
    let actions = flows[index].next { key in
      // What is still on its way counts as open: it will be there first.
      if case .place(let terms)? = commands[key]?.command.body { return terms.quantity }
      return book.order(key)?.quantity ?? 0
    }
    return (fact, actions)
  }

  // MARK: Scheduling

  /// Notes what follows from an event that was folded.
  @usableFromInline
  mutating func schedule(_ record: borrowing EventRecord, _ state: inout SharedState) {
    let time = record.time
    switch record.event {
    case .orderSubmitted(let body): push(arrival: body.key, at: time + body.latency)
    case .cancelSubmitted(let body): push(arrival: body.key, at: time + body.latency)
    case .replaceSubmitted(let body): push(arrival: body.key, at: time + body.latency)
    case .transferSubmitted(let body): push(arrival: body.key, at: time + body.latency)
    case .orderAccepted(let body):
      push(report: body.outcome, to: body.outcome.command.agent, body.reportLatency, &state)
    case .orderRejected(let body):
      push(report: body.outcome, to: body.outcome.command.agent, body.reportLatency, &state)
    case .orderFilled(let body):
      push(report: body.outcome, to: body.outcome.command.agent, body.takerReportLatency, &state)
      push(report: body.outcome, to: body.maker.agent, body.makerReportLatency, &state)
    case .orderCancelled(let body):
      push(report: body.outcome, to: body.order.agent, body.reportLatency, &state)
    case .orderReplaced(let body):
      push(report: body.outcome, to: body.outcome.command.agent, body.reportLatency, &state)
    case .capitalTransferred(let body):
      push(report: body.outcome, to: body.outcome.command.agent, body.reportLatency, &state)
    case .agentWoken(let body): schedule(wake: body.agent, &state)
    case .processStepped(let body): schedule(step: body.process, &state)
    case .messageSent(let body):
      if body.recipient < 0 { break }
      push(message: MessageKey(command: body.key, recipient: body.recipient), time + body.latency)
    case .interventionApplied:
      // Noise, names and schedule anew: an intervention changes what they stand on.
      noise = SessionNoise(state.scenario)
      queue = DueQueue(state.scenario)
      fill(&state)
    default: break
    }
  }

  /// Notes what follows from a submission that was folded; `inout` only to be cheap.
  @usableFromInline
  mutating func schedule(_ submission: inout Submission) {
    push(arrival: submission.command.key, at: submission.time + submission.latency)
  }

  /// Notes what follows from a decision that was folded.
  @inline(__always)
  mutating func schedule(_ decision: inout Decision, _ state: inout SharedState) {
    if decision.reportLatency == 0 && (!decision.isFill || decision.makerReportLatency == 0) {
      return  // learned with the event itself
    }
    push(report: decision.key, to: decision.recipient, decision.reportLatency, &state)
    if decision.isFill {
      push(
        report: decision.key, to: decision.order.agent, decision.makerReportLatency, &state)
    }
  }

  private mutating func fill(_ state: inout SharedState) {
    for index in state.agents.indices where state.agents[index].nextWake >= 0 {
      push(wake: AgentIndex(index), &state)
    }
    for index in state.processes.indices where state.processes[index].nextStep >= 0 {
      push(step: ProcessIndex(index), &state)
    }
    for entry in state.commands.entries { push(arrival: entry.command.key, at: entry.arrival) }
    for entry in state.reports.entries {
      push(
        report: ReportKey(outcome: entry.report.outcome, recipient: entry.recipient),
        entry.arrival)
    }
    for entry in state.messages.entries { push(message: entry.key, entry.arrival) }
  }

  @inline(__always)
  private mutating func push(
    report outcome: OutcomeKey, to recipient: AgentIndex, _ latency: Nanoseconds,
    _ state: inout SharedState
  ) {
    if recipient < 0 || latency <= 0 { return }
    let key = ReportKey(outcome: outcome, recipient: recipient)
    // Not time + latency: an agent that traded with itself learns of both parts at once.
    if let entry = state.reports[key] { push(report: key, entry.arrival) }
  }

  /// Notes when an agent that woke wakes again.
  @usableFromInline
  mutating func schedule(wake agent: AgentIndex, _ state: inout SharedState) {
    if state.agents[Int(agent)].nextWake >= 0 { push(wake: agent, &state) }
  }

  /// Notes when a process that stepped steps again.
  @usableFromInline
  mutating func schedule(step process: ProcessIndex, _ state: inout SharedState) {
    if state.processes[Int(process)].nextStep >= 0 { push(step: process, &state) }
  }

  private mutating func push(wake agent: AgentIndex, _ state: inout SharedState) {
    queue.push(
      Due(.wake, at: state.agents[Int(agent)].nextWake, phase: 3, index: agent), noise)
  }

  private mutating func push(step process: ProcessIndex, _ state: inout SharedState) {
    queue.push(
      Due(.step, at: state.processes[Int(process)].nextStep, phase: 0, index: process), noise)
  }

  private mutating func push(arrival key: CommandKey, at time: Nanoseconds) {
    queue.push(Due(.arrival, at: time, phase: 1, index: key.agent, command: key), noise)
  }

  private mutating func push(report key: ReportKey, _ time: Nanoseconds) {
    let command = key.outcome.command
    queue.push(
      Due(
        .report, at: time, phase: 2, index: command.agent, command: command,
        number: key.outcome.number, recipient: key.recipient), noise)
  }

  private mutating func push(message key: MessageKey, _ time: Nanoseconds) {
    queue.push(
      Due(
        .message, at: time, phase: 2, index: key.command.agent, command: key.command,
        recipient: key.recipient), noise)
  }
}

extension SharedState {
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
