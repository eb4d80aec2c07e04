import Agents
import Market
import MarketModel
import Session
import Testing

@Suite struct InterventionTests {
  private let tick: Tick = 15

  /// What a session does after interventions at a tick.
  private func forked(
    _ scenario: Scenario, _ interventions: [Intervention]
  ) throws -> [EventRecord] {
    var session = try TestSession(scenario: scenario)
    var sink = EventBuffer()
    try advance(&session, to: tick, &sink)
    let time = scenario.clock.firstInstant(of: tick)
    for (ordinal, intervention) in interventions.enumerated() {
      try session.inject(
        applied(intervention, at: time, ordinal: UInt32(ordinal)), into: &sink)
    }
    try session.run(into: &sink)
    var state = try fold(sink.records[...], scenario)
    #expect(state.digests() == session.state.digests())
    state = try TestState(encoded: session.state.encoded)
    #expect(state.digests() == session.state.digests())
    return sink.records
  }

  private func before(_ records: [EventRecord], _ scenario: Scenario) -> ArraySlice<EventRecord> {
    let border = scenario.clock.firstInstant(of: tick)
    return records.prefix { $0.time < border }
  }

  private func withoutInterventions(_ records: [EventRecord]) -> [EventRecord] {
    records.filter { $0.event.kind != .interventionApplied }
  }

  @Test func `interventions come back from their payload`() throws {
    let list: [Intervention] = [
      .silence(agent: "é"), .addAgent(agent("new", "idle")), .reseed(.max),
      .setParameters(agent: "A", Parameters()),
      .rule(CommandRule(agent: nil, from: 1, until: 9, condition: "tick > 3", action: .withhold)),
      .rule(CommandRule(agent: "A", from: 1, until: 9, action: .delay(7))),
      .rule(CommandRule(agent: "A", from: 1, until: 9, action: .forge([1, 2]))),
      .rule(
        CommandRule(
          agent: "A", from: 1, until: 9,
          action: .change(CommandRule.OrderChange(side: .sell, quantity: 3, factor: 500)))),
    ]
    for intervention in list {
      let payload = intervention.payload
      #expect(try Intervention(code: intervention.code, payload: payload) == intervention)
      #expect(throws: ByteError.self) {
        try Intervention(code: intervention.code, payload: payload + [0])
      }
      for end in 0..<payload.count {
        #expect(throws: ByteError.self) {
          try Intervention(code: intervention.code, payload: Array(payload[..<end]))
        }
      }
    }
    #expect(
      list.map { $0.code } == [.silence, .addAgent, .reseed, .setParameters]
        + [InterventionCode](repeating: .ruleCommands, count: 4))
  }

  @Test func `a silenced agent wakes and does nothing; its orders stay`() throws {
    let scenario = Scenario.busy(seed: 40)
    let parent = try run(scenario)
    let fork = try forked(scenario, [.silence(agent: "noise-1")])
    #expect(before(fork, scenario) == before(parent, scenario))
    let border = scenario.clock.firstInstant(of: tick)
    let later = fork.filter { $0.time >= border }
    #expect(!later.contains { $0.event.kind.isCommand && $0.event.row.words[0] == 3 })
    let wakes = later.filter { $0.event.kind == .agentWoken && $0.event.row.words[0] == 3 }
    #expect(wakes.count == 5 * 25)
    #expect(fork != parent)
  }

  @Test func `a reseed changes later noise only, and the same seed gives the same noise`() throws {
    let scenario = Scenario.busy(seed: 41)
    let parent = try run(scenario)
    let fork = try forked(scenario, [.reseed(7)])
    #expect(before(fork, scenario) == before(parent, scenario))
    #expect(fork.count != parent.count || withoutInterventions(fork) != parent)
    #expect(try forked(scenario, [.reseed(7)]) == fork)
    #expect(try forked(scenario, [.reseed(8)]) != fork)
  }

  @Test func `a reseed with the same seed changes nothing`() throws {
    let scenario = Scenario.busy(seed: 42)
    let fork = try forked(scenario, [.reseed(42)])
    #expect(named(fork, scenario, without: []) == named(try run(scenario), scenario))
  }

  @Test func `new parameters keep the memory`() throws {
    let scenario = Scenario.busy(seed: 43)
    var same = scenario.agents[0].parameters
    let unchanged = try forked(scenario, [.setParameters(agent: "maker", same)])
    #expect(named(unchanged, scenario, without: []) == named(try run(scenario), scenario))
    same.set("half_spread", .integer(40))
    let wider = try forked(scenario, [.setParameters(agent: "maker", same)])
    #expect(named(wider, scenario, without: []) != named(try run(scenario), scenario))
  }

  @Test func `an agent that joins trades like any other`() throws {
    let scenario = Scenario.busy(seed: 44)
    var joining = scripted("new", "buy 5@200;news hi|sell 5@1", every: 500)
    joining.account.openingCash = 0
    joining.firstWake = scenario.clock.firstInstant(of: tick)
    let fork = try forked(scenario, [.addAgent(joining)])
    #expect(fork.contains { $0.event.kind == .orderSubmitted && $0.event.row.words[0] == 8 })
  }

  @Test func `impossible interventions are refused`() throws {
    let scenario = Scenario.busy(seed: 45)
    var state = try TestState(scenario: scenario)
    try state.reduce(
      EventRecord(time: 5, cause: nil, event: .noteAdded(NoteAdded(payload: []))), sequence: 0)
    var rich = agent("rich", "idle", wake: 9)
    var wrong = rich
    wrong.account.openingCash = 0
    wrong.account.group = 7
    var early = agent("early", "idle", wake: 4)
    early.account.openingCash = 0
    rich.account.openingCash = 1
    var odd = agent("odd", "market-maker", wake: 9, [("skew", .text("x"))])
    odd.account.openingCash = 0
    let list: [Intervention] = [
      .silence(agent: "nobody"), .setParameters(agent: "nobody", Parameters()),
      .addAgent(agent("maker", "idle", wake: 9)), .addAgent(rich), .addAgent(wrong),
      .addAgent(early), .addAgent(odd),
      .setParameters(agent: "maker", odd.parameters),
    ]
    for intervention in list {
      var copy = state
      #expect(throws: ReductionError.self, "\(intervention)") {
        try copy.reduce(applied(intervention, at: 5), sequence: 1)
      }
    }
    for payload in [[], [1], [UInt8](repeating: 255, count: 40)] as [[UInt8]] {
      for code in InterventionCode.allCases {
        var copy = state
        let body = InterventionApplied(ordinal: 0, code: code, agent: 0, payload: payload)
        #expect(throws: ReductionError.self) {
          try copy.reduce(
            EventRecord(time: 5, cause: nil, event: .interventionApplied(body)), sequence: 1)
        }
      }
    }
  }
}
