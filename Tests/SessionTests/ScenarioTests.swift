import Agents
import Market
import MarketModel
import Session
import TestSupport
import Testing

@Suite struct ScenarioTests {
  private func bytes(_ scenario: Scenario) -> [UInt8] {
    var writer = ByteWriter()
    scenario.encode(into: &writer)
    return writer.bytes
  }

  private var rich: Scenario {
    var scenario = Scenario.busy(seed: .max)
    scenario.name = "rich é"
    scenario.provenance = .synthetic
    scenario.clock = TickClock(start: 34_200_000_000_000, tickLength: 7)
    scenario.digestInterval = 0
    scenario.selfTradePrevention = .cancelBoth
    scenario.agents[0].account.openingPositions = [5, -5]
    scenario.agents[0].revision = 9
    scenario.agents[1].firstWake = -1
    for index in scenario.agents.indices where index != 1 {
      scenario.agents[index].firstWake = scenario.clock.start
    }
    scenario.processes[0].firstStep = -1
    scenario.processes.append(
      ProcessDescription(
        name: "feed", motion: .feed(resting: 0, taking: 1), instrument: 1, firstStep: -1,
        interval: 0))
    return scenario
  }

  @Test func `a scenario comes back from its bytes`() throws {
    for scenario in [rich, Scenario.busy(seed: 1), Scenario.plain([])] {
      try scenario.check()
      var reader = ByteReader(bytes(scenario))
      let copy = try Scenario(from: &reader)
      try reader.expectEnd()
      #expect(copy == scenario)
      #expect(bytes(copy) == bytes(scenario))
    }
  }

  @Test func `every truncation is refused`() {
    let bytes = bytes(rich)
    for end in 0..<bytes.count {
      var reader = ByteReader(bytes, from: 0, to: end)
      #expect(throws: ByteError.self) { try Scenario(from: &reader) }
    }
  }

  @Test func `changed bytes are refused or give a scenario that can be checked and opened`() {
    let good = bytes(rich)
    var numbers = KeyedNumbers(seed: 1)
    for _ in 0..<4000 {
      var bad = good
      for _ in 0..<numbers.number(1...3) {
        bad[numbers.index(below: bad.count)] =
          numbers.pick([0, 1, 0x7F, 0x80, 0xFF, UInt8(numbers.number(0...255))])
      }
      var reader = ByteReader(bad)
      guard let scenario = try? Scenario(from: &reader) else { continue }
      _ = try? TestSession(scenario: scenario)
    }
  }

  @Test func `a scenario that passes its check can be read back`() throws {
    var numbers = KeyedNumbers(seed: 2)
    let values: [Int64] = [0, 1, -1, 5, .max, .min, 1 << 40, 1 << 50, 1 << 60, 1 << 62]
    for _ in 0..<3000 {
      var scenario = rich
      let value = numbers.pick(values)
      switch numbers.number(0...9) {
      case 0: scenario.agents[0].commandLatency = .fixed(value)
      case 1: scenario.agents[0].reportLatency = .uniform(value, numbers.pick(values))
      case 2:
        scenario.agents[0].messageLatency = .exponential(minimum: value, mean: 4)
      case 3: scenario.clock = TickClock(start: value, tickLength: 1)
      case 4: scenario.agents[0].firstWake = value
      case 5: scenario.processes[0].firstStep = value
      case 6: scenario.horizon = value
      case 7: scenario.agents[0].wakeInterval = value
      case 8:
        scenario.processes[0].motion = .walk(
          start: value, deviation: numbers.pick([0, -0.0, .nan, .infinity, 1]),
          reversion: numbers.pick([0, -0.0, .nan, 2, 1]))
      default: scenario.instruments[0].incrementValue = value
      }
      guard (try? scenario.check()) != nil else { continue }
      var reader = ByteReader(bytes(scenario))
      #expect(try Scenario(from: &reader) == scenario)
      #expect(throws: Never.self) { try run(Self.shortened(scenario)) }
    }
  }

  /// The same with an end that a test can reach.
  private static func shortened(_ scenario: Scenario) -> Scenario {
    var short = scenario
    short.horizon = min(scenario.horizon, 2)
    for index in short.agents.indices {
      let interval = short.agents[index].wakeInterval
      if interval > 0 { short.agents[index].wakeInterval = max(interval, 1) }
    }
    return short
  }

  private func expectNamed(_ examples: [(path: String, change: (inout Scenario) -> Void)]) {
    for example in examples {
      var scenario = Scenario.busy(seed: 1)
      example.change(&scenario)
      let error = #expect(throws: ScenarioError.self, "\(example.path)") {
        try TestSession(scenario: scenario)
      }
      #expect(error?.path == example.path)
      #expect(error?.expected.isEmpty == false)
    }
  }

  @Test func `what makes no sense of a session or an instrument is named`() {
    expectNamed([
      ("tick", { $0.clock = TickClock(start: 0, tickLength: Limits.maximumDelay + 1) }),
      ("start", { $0.clock = TickClock(start: -1, tickLength: 1) }),
      ("horizon", { $0.horizon = -1 }), ("horizon", { $0.horizon = .max }),
      ("currency_decimals", { $0.currencyDecimals = 10 }),
      ("instruments", { $0.instruments = [] }), ("instruments", { $0.instruments[0].name = "" }),
      ("instruments.Y", { $0.instruments[0].name = "Y" }),
      ("agents.maker", { $0.agents[1].account.name = "maker" }),
      ("groups.all", { $0.groups.append("all") }), ("topics.news", { $0.topics.append("news") }),
      ("topics", { $0.topics = [String(repeating: "x", count: 256)] }),
      ("processes.fair", { $0.processes.append($0.processes[0]) }),
      ("instruments.X.price_decimals", { $0.instruments[0].priceDecimals = 10 }),
      ("instruments.X.increment_value", { $0.instruments[0].incrementValue = 0 }),
      ("instruments.X.reference_price", { $0.instruments[0].referencePrice = 0 }),
      ("instruments.X.price_step", { $0.instruments[0].priceStep = 0 }),
      ("instruments.X.lot_step", { $0.instruments[0].lotStep = (1 << 40) + 1 }),
      ("instruments.X.price_band", { $0.instruments[0].priceBand = -1 }),
      ("instruments.X.fees", { $0.instruments[0].makerFeeMillionths = -1_000_001 }),
      ("instruments.X.fees", { $0.instruments[0].takerFeeMillionths = .min }),
    ])
  }

  @Test func `what makes no sense of an agent or a process is named`() {
    expectNamed([
      ("agents.maker.group", { $0.agents[0].account.group = 1 }),
      ("agents.maker.group", { $0.agents[0].account.group = -1 }),
      ("agents.maker.cash", { $0.agents[0].account.openingCash = (1 << 60) + 1 }),
      ("agents.maker.positions", { $0.agents[0].account.openingPositions = [0, 0, 0] }),
      ("agents.maker.positions", { $0.agents[0].account.openingPositions = [.min] }),
      ("agents.maker.limits", { $0.agents[0].account.maximumPosition = -1 }),
      ("agents.maker.limits", { $0.agents[0].account.maximumOpenOrders = -1 }),
      ("agents.maker.first_wake", { $0.agents[0].firstWake = -2 }),
      ("agents.maker.first_wake", { $0.agents[0].firstWake = .max }),
      ("agents.maker.wake", { $0.agents[0].wakeInterval = -1 }),
      ("agents.maker.data_latency", { $0.agents[0].dataLatency = .max }),
      ("agents.maker.latency", { $0.agents[0].commandLatency = .fixed(-1) }),
      ("agents.maker.latency", { $0.agents[0].reportLatency = .uniform(2, 1) }),
      (
        "agents.maker.latency", { $0.agents[0].messageLatency = .exponential(minimum: 0, mean: -1) }
      ),
      ("agents.maker.topics", { $0.agents[0].subscriptions = [1] }),
      ("agents.maker.topics", { $0.agents[0].subscriptions = [0, 0] }),
      ("agents.maker.skew", { $0.agents[0].parameters.set("skew", .flag(true)) }),
      ("agents.maker.fair_value", { $0.agents[0].parameters.set("fair_value", .text("no")) }),
      ("processes.fair.first_step", { $0.processes[0].firstStep = -2 }),
      ("processes.fair.interval", { $0.processes[0].interval = -1 }),
      (
        "processes.fair.start",
        { $0.processes[0].motion = .walk(start: 0, deviation: 0, reversion: 0) }
      ),
      (
        "processes.fair.deviation",
        { $0.processes[0].motion = .walk(start: 1, deviation: -0.0, reversion: 0) }
      ),
      (
        "processes.fair.reversion",
        { $0.processes[0].motion = .walk(start: 1, deviation: 0, reversion: .nan) }
      ),
      (
        "processes.fair.agents",
        { $0.processes[0].motion = .feed(resting: 0, taking: -1) }
      ),
      (
        "processes.fair.instrument",
        { $0.processes[0].instrument = 2 }
      ),
    ])
  }

  @Test func `nobody wakes and nothing steps before the session starts`() {
    var scenario = Scenario.busy(seed: 1)
    scenario.clock = TickClock(start: 1000, tickLength: 10)
    #expect(throws: ScenarioError.self) { try scenario.check() }
    for index in scenario.agents.indices { scenario.agents[index].firstWake = 1000 }
    let error = #expect(throws: ScenarioError.self) { try scenario.check() }
    #expect(error?.path == "processes.fair.first_step")
    scenario.processes[0].firstStep = 1000
    #expect(throws: Never.self) { try scenario.check() }
  }
}
