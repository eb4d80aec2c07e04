import Agents
import Market
import MarketModel
import Session
import TestSupport
import Testing

typealias TestSession = MarketSession<TestRoster>
typealias TestState = SessionState<TestRoster>

let milliseconds: Nanoseconds = 1_000_000

func agent(
  _ name: String, _ type: String, wake: Nanoseconds = 0, every: Nanoseconds = 0,
  _ parameters: [(String, ParameterValue)] = []
) -> AgentDescription {
  var agent = AgentDescription(
    account: AccountRules(name: name, group: 0, openingCash: 1_000_000), type: type)
  agent.firstWake = wake
  agent.wakeInterval = every
  for (name, value) in parameters { agent.parameters.set(name, value) }
  return agent
}

/// An agent that follows a script, waking every second from the start on.
func scripted(_ name: String, _ script: String, every: Nanoseconds = 1000) -> AgentDescription {
  agent(
    name, "scripted", every: every * milliseconds, [("script", .text(script))])
}

extension Scenario {
  /// One instrument at 100, one-second ticks, one topic, and nothing else.
  static func plain(_ agents: [AgentDescription], seed: UInt64 = 1, horizon: Tick = 20) -> Scenario
  {
    var scenario = Scenario(name: "plain", seed: seed)
    scenario.horizon = horizon
    scenario.instruments = [InstrumentRules(name: "X", referencePrice: 100)]
    scenario.groups = ["all"]
    scenario.topics = ["news"]
    scenario.agents = agents
    return scenario
  }

  /// Eight agents of every built-in type that trade and talk; many wake in the same nanosecond.
  static func busy(seed: UInt64, hasLatency: Bool = true, horizon: Tick = 40) -> Scenario {
    let noisy: [(String, ParameterValue)] = [
      ("spread", .integer(12)), ("quantity", .integer(6)), ("maximum_orders", .integer(3)),
      ("signal_probability", .number(0.3)), ("signal_to", .text("maker")),
    ]
    var scenario = plain(
      [
        agent(
          "maker", "market-maker", every: 400 * milliseconds,
          [
            ("half_spread", .integer(4)), ("skew", .number(0.5)),
            ("maximum_inventory", .integer(8)), ("signal_to", .text("topic:news")),
            ("heed_signals", .flag(true)),
          ]),
        agent(
          "trend", "trend-follower", wake: 100 * milliseconds, every: 500 * milliseconds,
          [("heed_signals", .flag(true)), ("maximum_inventory", .integer(9))]),
        agent(
          "arbitrage", "arbitrageur", every: 300 * milliseconds,
          [("threshold", .integer(3)), ("heed_signals", .flag(true))]),
        agent("noise-1", "zero-intelligence", every: 200 * milliseconds, noisy),
        agent("noise-2", "zero-intelligence", every: 200 * milliseconds, noisy),
        agent(
          "noise-3", "zero-intelligence", every: 300 * milliseconds,
          noisy + [("instrument", .text("Y"))]),
        scripted("script", "buy 3@90|replace 0 2@91|news x|cancel 0;pay maker 10|sell 4@90"),
        agent("still", "idle", wake: 500 * milliseconds, every: 1000 * milliseconds),
      ], seed: seed, horizon: horizon)
    scenario.instruments = ["X", "Y"].map {
      InstrumentRules(
        name: $0, referencePrice: 100, makerFeeMillionths: -200, takerFeeMillionths: 300)
    }
    scenario.processes = [
      ProcessDescription(
        name: "fair", motion: .walk(start: 100_000, deviation: 1.5, reversion: 0.05),
        firstStep: 0, interval: 250 * milliseconds)
    ]
    scenario.agents[1].subscriptions = [0]
    scenario.agents[2].subscriptions = [0]
    if hasLatency { scenario.delay() }
    return scenario
  }

  /// Gives every agent latencies of another kind.
  private mutating func delay() {
    let models: [Latency] = [
      .uniform(0, 300 * milliseconds), .exponential(minimum: 5, mean: 120 * milliseconds),
      .fixed(200 * milliseconds), .none, .uniform(100 * milliseconds, 100 * milliseconds + 3),
    ]
    for index in agents.indices {
      agents[index].commandLatency = models[index % 5]
      agents[index].reportLatency = models[(index + 1) % 5]
      agents[index].messageLatency = models[(index + 2) % 5]
      agents[index].dataLatency = Nanoseconds(index % 3) * 150 * milliseconds
    }
  }
}

/// Everything that a session of the scenario's own deciders does.
func run(_ scenario: Scenario) throws -> [EventRecord] {
  var session = try TestSession(scenario: scenario)
  var sink = EventBuffer()
  try session.run(into: &sink)
  return sink.records
}

func fold(_ records: ArraySlice<EventRecord>, _ scenario: Scenario) throws -> TestState {
  var state = try TestState(scenario: scenario)
  for (index, record) in records.enumerated() { try state.reduce(record, sequence: Int64(index)) }
  return state
}

/// Keeps events, and the digests of the state before each of them.
struct Trace: EventSink {
  var records: [EventRecord] = []
  var digests: [SessionDigests] = []

  func wantsDigests(before event: EventShape) -> Bool { true }

  mutating func take(_ digests: SessionDigests, before event: EventShape) throws(Never) {
    self.digests.append(digests)
  }

  mutating func append(
    _ record: borrowing EventRecord, sequence: SequenceNumber
  ) throws(Never) {
    #expect(sequence == Int64(records.count))
    records.append(copy record)
  }
}

/// What an agent remembers, read as a memory of another type with the same beginning.
func memory<M: AgentMemory>(of agent: AgentIndex, in state: TestState, as type: M.Type) throws -> M
{
  var writer = ByteWriter()
  let seat = try #require(state.seats[Int(agent)])
  seat.encodeMemory(into: &writer)
  var reader = ByteReader(writer.bytes)
  return try M(from: &reader)
}
