import Market
import MarketModel
import Session
import Testing

/// Who else exists changes nobody's events.
@Suite struct PlaceboTests {
  /// An agent that wakes often, sees old data and has latencies, and does nothing.
  private var placebo: AgentDescription {
    var placebo = agent("placebo", "idle", wake: 0, every: 70 * milliseconds)
    placebo.account.openingCash = 0
    placebo.commandLatency = .uniform(0, 9)
    placebo.reportLatency = .exponential(minimum: 0, mean: 1000)
    placebo.dataLatency = 333 * milliseconds
    return placebo
  }

  @Test(arguments: [true, false], [0, 4, 8])
  func `an idle agent anywhere in the list`(_ hasLatency: Bool, _ position: Int) throws {
    for seed in 20..<23 as Range<UInt64> {
      let scenario = Scenario.busy(seed: seed, hasLatency: hasLatency)
      var other = scenario
      other.agents.insert(placebo, at: position)
      let records = try run(other)
      #expect(counts(records)[.agentWoken, default: 0] > 400)
      #expect(
        named(records, other, without: ["placebo"]) == named(try run(scenario), scenario))
    }
  }

  @Test(arguments: [true, false], [0, 7, 21] as [Tick])
  func `an idle agent that joins at a tick`(_ hasLatency: Bool, _ tick: Tick) throws {
    let scenario = Scenario.busy(seed: 30, hasLatency: hasLatency)
    var session = try TestSession(scenario: scenario)
    var sink = EventBuffer()
    try advance(&session, to: tick, &sink)
    var joining = placebo
    joining.firstWake = scenario.clock.firstInstant(of: tick)
    try session.inject(
      applied(.addAgent(joining), at: joining.firstWake), into: &sink)
    try session.run(into: &sink)
    #expect(
      named(sink.records, session.state.scenario, without: ["placebo"])
        == named(try run(scenario), scenario))
    #expect(session.state.scenario.agents.count == 9)
  }

  @Test func `an agent that acts changes something`() throws {
    let scenario = Scenario.busy(seed: 31)
    var other = scenario
    other.agents.append(scripted("placebo", "buy 9@200|sell 9@1|buy 9@200"))
    #expect(
      named(try run(other), other, without: ["placebo"]) != named(try run(scenario), scenario))
  }
}

/// Runs a session to the first instant of a tick, before anything of that tick.
func advance(_ session: inout TestSession, to tick: Tick, _ sink: inout EventBuffer) throws {
  let border = session.state.scenario.clock.firstInstant(of: tick)
  while let next = session.nextTime, next < border {
    if case .turn(let turn) = try session.step(into: &sink) {
      try session.takeTurn(turn, into: &sink)
    }
  }
}

/// The event of an intervention.
func applied(
  _ intervention: Intervention, at time: Nanoseconds, ordinal: UInt32 = 0
) -> EventRecord {
  EventRecord(
    time: time, cause: nil,
    event: .interventionApplied(
      InterventionApplied(
        ordinal: ordinal, code: intervention.code, agent: -1, payload: intervention.payload)))
}
