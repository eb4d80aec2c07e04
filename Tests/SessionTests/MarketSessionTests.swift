import Agents
import Determinism
import Market
import MarketModel
import Session
import Testing

@Suite struct MarketSessionTests {
  @Test func `an instrument is worth what its own process says, else what it trades at`() throws {
    var scenario = Scenario.plain([])
    scenario.instruments += [
      InstrumentRules(name: "Y", referencePrice: 30), InstrumentRules(name: "Z", referencePrice: 7),
    ]
    scenario.processes = [
      ProcessDescription(
        name: "y", motion: .walk(start: 30_500, deviation: 0, reversion: 0), instrument: 1,
        firstStep: -1, interval: 0)
    ]
    let state = try TestState(scenario: scenario)
    #expect((0..<3).map { state.theoreticalPrice($0) } == [100_000, 30_500, 7_000])
  }

  @Test(arguments: [1, 2, 3] as [UInt64], [true, false])
  func `the same scenario and seed give the same events`(
    _ seed: UInt64, _ hasLatency: Bool
  ) throws {
    let scenario = Scenario.busy(seed: seed, hasLatency: hasLatency)
    let first = try run(scenario)
    #expect(try run(scenario) == first)
    #expect(try run(Scenario.busy(seed: seed + 100, hasLatency: hasLatency)) != first)
  }

  @Test func `a busy session has events of every kind that a simulation has`() throws {
    let kinds = counts(try run(Scenario.busy(seed: 1)))
    for kind in EventKind.allCases where kind.rawValue <= 15 {
      #expect(kinds[kind, default: 0] > 0, "\(kind)")
    }
    #expect(kinds[.orderFilled, default: 0] > 50)
  }

  @Test(arguments: [true, false])
  func `driving it by hand equals running it`(_ hasLatency: Bool) throws {
    let scenario = Scenario.busy(seed: 4, hasLatency: hasLatency)
    var session = try TestSession(scenario: scenario)
    var sink = EventBuffer()
    while let turn = try session.advance(into: &sink) {
      #expect(session.observe(turn).agent == turn.agent)
      if turn.agent % 2 == 0 {
        try session.takeTurn(turn, into: &sink)
      } else {
        // A stranger that decides as the agent would, from what it may see.
        let observation = session.observe(turn)
        let name = scenario.agents[Int(turn.agent)].account.name
        let key = NoiseKey(seed: scenario.seed, entity: name, purpose: "decision")
        let noise = DecisionNoise(key: key, tick: observation.tick, slot: observation.ordinal)
        var commands: [Command] = []
        _ = session.state.seats[Int(turn.agent)]?.decide(
          observation, noise: noise, commands: &commands)
        try session.submit(commands, turn, into: &sink)
      }
    }
    #expect(sink.records == (try run(scenario)))
    #expect(session.nextSequence == Int64(sink.records.count))
    #expect(session.nextTime == nil)
    #expect(try session.advance(into: &sink) == nil)
  }

  @Test(arguments: [true, false])
  func `folding the events gives equal digests before every one`(_ hasLatency: Bool) throws {
    let scenario = Scenario.busy(seed: 5, hasLatency: hasLatency)
    var session = try TestSession(scenario: scenario)
    var trace = Trace()
    try session.run(into: &trace)
    var state = try TestState(scenario: scenario)
    for (index, record) in trace.records.enumerated() {
      #expect(state.digests() == trace.digests[index], "event \(index)")
      if state.digests() != trace.digests[index] { return }
      try state.reduce(record, sequence: Int64(index))
    }
    #expect(state.digests() == session.state.digests())
    #expect(state.encoded == session.state.encoded)
    #expect(state.digests().memoryRoot != nil)
    #expect(state.digests().components.count == SessionDigests.componentNames.count)
  }

  @Test func `time and ticks never go back, causes come before effects`() throws {
    let scenario = Scenario.busy(seed: 6)
    let records = try run(scenario)
    for (index, record) in records.enumerated() {
      if index > 0 { #expect(record.time >= records[index - 1].time) }
      #expect(record.time < scenario.end)
      if let cause = record.cause { #expect(cause >= 0 && cause < index) }
      switch record.event {
      case .agentWoken, .processStepped: #expect(record.cause == nil)
      default: #expect(record.cause != nil, "\(record)")
      }
    }
  }

  @Test func `every event has a row that gives it back`() throws {
    for record in try run(Scenario.busy(seed: 7)) {
      #expect(try Event(record.event.row) == record.event)
    }
  }

  /// All wake in one nanosecond, all orders arrive in one: only keys and names decide.
  @Test func `items of one instant have an order that no table position decides`() throws {
    let names = ["delta", "alpha", "echo", "bravo", "charlie", "foxtrot"]
    var tapes: [[String]] = []
    for shift in names.indices {
      let order = Array(names[shift...] + names[..<shift])
      let scenario = Scenario.plain(
        order.map { name in
          var one = scripted(name, "buy 1@100;news \(name)|sell 1@100;buy 1@101|sell 1@100")
          one.subscriptions = [0]
          return one
        }, seed: 9)
      tapes.append(named(try run(scenario), scenario))
    }
    for tape in tapes { #expect(tape == tapes[0]) }
    let wakes = tapes[0].filter { $0.contains("0 agentWoken") }.prefix(names.count)
    #expect(!wakes.elementsEqual(wakes.sorted()), "ties are drawn, not alphabetical")
  }

  @Test(arguments: 0..<4 as Range<Int>)
  func `the order of the tables changes nothing but indices`(_ shift: Int) throws {
    let scenario = Scenario.busy(seed: 10)
    var other = scenario
    other.agents = Array(scenario.agents[(2 * shift)...] + scenario.agents[..<(2 * shift)])
    other.agents.swapAt(0, 5)
    other.instruments.reverse()
    // Without a name, the first instrument is meant.
    for index in other.agents.indices where other.agents[index].type != "idle" {
      if other.agents[index].type == "scripted" {
        other.agents[index].parameters.set("script", .text(""))
      } else if other.agents[index].parameters["instrument"] == nil {
        other.agents[index].parameters.set("instrument", .text("X"))
      }
    }
    var base = scenario
    for index in base.agents.indices where base.agents[index].type == "scripted" {
      base.agents[index].parameters.set("script", .text(""))
    }
    let first = named(try run(base), base)
    #expect(named(try run(other), other) == first)
  }

  @Test func `a policy is learned, seen and kept`() throws {
    let scenario = Scenario.plain([scripted("A", "learn one||learn two|")])
    var session = try TestSession(scenario: scenario)
    var sink = EventBuffer()
    var seen: [String] = []
    while let turn = try session.advance(into: &sink) {
      seen.append(String(decoding: session.observe(turn).policy, as: UTF8.self))
      try session.takeTurn(turn, into: &sink)
    }
    #expect(seen.prefix(5) == ["", "one", "one", "two", "two"])
    #expect(counts(sink.records)[.policyUpdated] == 2)
  }

  @Test func `a foreign agent wakes, and its commands come from outside`() throws {
    var scenario = Scenario.plain([
      agent("A", AgentDescription.foreignType, every: 1000 * milliseconds),
      scripted("B", "sell 2@100"),
    ])
    scenario.horizon = 3
    var session = try TestSession(scenario: scenario)
    var sink = EventBuffer()
    while let turn = try session.advance(into: &sink) {
      try session.takeTurn(turn, into: &sink)
      if turn.agent == 0, session.state.tick == 1 {
        let terms = OrderTerms(instrument: 0, side: .buy, price: 100, quantity: 2)
        try session.submit([.placeOrder(terms)], turn, into: &sink)
      }
    }
    #expect(session.state.market.position(0, 0) == 2)
    #expect(session.state.seats[0] == nil)
    #expect(session.state.digests().memories[0] == nil)
    #expect(session.state.digests().memoryRoot == nil)
  }

  @Test func `nonsense is refused, recorded and read back`() throws {
    var records: [EventRecord] = []
    for latency in [Latency.none, .fixed(5)] {
      var scenario = Scenario.plain([scripted("A", "nonsense;buy 1@100"), scripted("B", "")])
      scenario.agents[0].commandLatency = latency
      records = try run(scenario)
      for record in records { #expect(try Event(record.event.row) == record.event) }
      _ = try TestState(encoded: try fold(records[...], scenario).encoded)
    }
    let kinds = counts(records)
    #expect(kinds[.orderRejected] == 4 * (4 + 4 + 1))
    #expect(kinds[.messageSent] == 8)
    #expect(kinds[.orderAccepted] == 1)
  }
}
