import Market
import MarketModel
import Session
import TestSupport
import Testing

@Suite struct RecordedInputsTests {
  /// The inputs that hold some agents to what they did.
  private func held(_ agents: [AgentIndex], _ records: [EventRecord]) throws -> RecordedInputs {
    var inputs = RecordedInputs()
    for agent in agents { inputs.hold(agent) }
    for record in records {
      guard let (key, command) = command(of: record.event), agents.contains(key.agent) else {
        continue
      }
      let cause = try #require(record.cause)
      guard case .agentWoken(let wake) = records[Int(cause)].event else { continue }
      inputs.append(
        command, key: key, recipient: nil, wakeTick: wake.tick, wakeOrdinal: wake.ordinal)
    }
    return inputs
  }

  private func command(of event: Event) -> (CommandKey, Command)? {
    switch event {
    case .orderSubmitted(let body): (body.key, .placeOrder(body.terms))
    case .cancelSubmitted(let body):
      (body.key, .cancelOrder(order: body.order, quantity: body.quantity))
    case .replaceSubmitted(let body):
      (
        body.key,
        .replaceOrder(order: body.order, price: body.price, quantity: body.quantity)
      )
    case .transferSubmitted(let body):
      (body.key, .transferCapital(to: body.recipient, amount: body.amount))
    case .messageSent(let body):
      (
        body.key,
        .sendMessage(
          to: body.topic < 0 ? .agent(body.recipient) : .topic(body.topic), payload: body.payload)
      )
    default: nil
    }
  }

  @Test(arguments: [[0], [3, 4, 5], [0, 1, 2, 3, 4, 5, 6, 7]] as [[AgentIndex]])
  func `agents that are held repeat what they did`(_ agents: [AgentIndex]) throws {
    let scenario = Scenario.busy(seed: 70)
    let parent = try run(scenario)
    var session = try TestSession(scenario: scenario)
    session.inputs = try held(agents, parent)
    var sink = EventBuffer()
    try session.run(into: &sink)
    #expect(sink.records == parent)
  }

  /// Each command took a copy of all before it: this would take hours.
  @Test func `an agent of many commands is held in a time that grows with their number`() {
    var inputs = RecordedInputs()
    for tick in 0..<Tick(Effort.isFull ? 1_000_000 : 200_000) {
      inputs.append(
        .cancelOrder(order: CommandKey(agent: 3, tick: tick, ordinal: 0), quantity: 0),
        key: CommandKey(agent: 3, tick: tick, ordinal: 1), recipient: nil, wakeTick: tick,
        wakeOrdinal: 0)
    }
    #expect(inputs.holds(3) && !inputs.holds(2) && !inputs.holds(4))
  }

  @Test func `a held agent repeats its commands whatever the others do`() throws {
    let scenario = Scenario.busy(seed: 71)
    let parent = try run(scenario)
    var session = try TestSession(scenario: scenario)
    session.inputs = try held([3], parent)
    #expect(session.inputs.holds(3) && !session.inputs.holds(2) && !session.inputs.holds(99))
    var sink = EventBuffer()
    try session.inject(applied(.silence(agent: "maker"), at: 0), into: &sink)
    try session.run(into: &sink)
    let own = { (records: [EventRecord]) in
      records.compactMap { self.command(of: $0.event) }.filter { $0.0.agent == 3 }
        .map { "\($0)" }
    }
    #expect(own(sink.records) == own(parent))
    #expect(
      sink.records.filter { $0.event.kind == .orderFilled }
        != parent.filter { $0.event.kind == .orderFilled })
  }

  @Test func `a held agent without commands does nothing`() throws {
    let scenario = Scenario.plain([scripted("A", "buy 1@100|buy 1@100")])
    var session = try TestSession(scenario: scenario)
    session.inputs.hold(0)
    var sink = EventBuffer()
    try session.run(into: &sink)
    #expect(Set(counts(sink.records).keys) == [.agentWoken])
  }

  @Test func `facts are issued again at their instants, before anything else of them`() throws {
    var scenario = Scenario.plain([scripted("A", "|")])
    scenario.processes = [
      ProcessDescription(
        name: "feed", motion: .feed(resting: -1, taking: -1), firstStep: -1,
        interval: 0)
    ]
    var session = try TestSession(scenario: scenario)
    for (number, time) in [0, 0, 1500, 2000].enumerated() {
      let fact = LevelObserved(
        fact: FactKey(feed: 0, number: Int64(number)), instrument: 0, side: .buy,
        price: 90 + Int64(number), quantity: 5)
      session.inputs.append(
        EventRecord(
          time: Nanoseconds(time) * milliseconds, cause: 77, event: .levelRevealed(fact)))
    }
    var sink = EventBuffer()
    try session.run(into: &sink)
    let order = sink.records.prefix(7).map { "\($0.time / milliseconds) \($0.event.kind)" }
    #expect(
      order == [
        "0 levelRevealed", "0 levelRevealed", "0 agentWoken", "1000 agentWoken",
        "1500 levelRevealed", "2000 levelRevealed", "2000 agentWoken",
      ])
    #expect(sink.records.allSatisfy { $0.cause == nil })
    #expect(session.state.market.view(0).bestBid == 93)
  }
}
