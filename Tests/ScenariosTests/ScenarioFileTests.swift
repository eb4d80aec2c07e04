import Agents
import Market
import MarketModel
import Scenarios
import Session
import Testing

@Suite struct ScenarioFileTests {
  @Test func `the least has every default`() throws {
    let file = try Fixture.parse(Fixture.minimal(), file: "a/b/least.toml")
    var scenario = Scenario(name: "least", seed: 7)
    scenario.horizon = 10
    scenario.instruments = [InstrumentRules(name: "STOCK")]
    #expect(file.scenario == scenario)
    #expect(file.flows.isEmpty)
    #expect(scenario.clock == TickClock(start: 0, tickLength: 1_000_000_000))
    #expect(scenario.instruments[0].referencePrice == 10_000)
  }

  @Test(arguments: [("", "scenario"), ("/", "scenario"), ("x", "x"), ("a/x.y.toml", "x.y")])
  func `the name is the file's stem`(file: String, name: String) throws {
    #expect(try Fixture.parse(Fixture.minimal(), file: file).scenario.name == name)
  }

  @Test func `the seed of the argument wins`() throws {
    #expect(try Fixture.parse(Fixture.minimal()).scenario.seed == 7)
    #expect(try Fixture.parse(Fixture.minimal(), seed: 9).scenario.seed == 9)
    let text = Fixture.minimal().replacing("seed = 7", with: "seed = \"18446744073709551615\"")
    #expect(try Fixture.parse(text).scenario.seed == UInt64.max)
    let none = Fixture.minimal().replacing("seed = 7", with: "")
    #expect(try Fixture.parse(none, seed: 0).scenario.seed == 0)
    #expect(Fixture.error(none)?.path == "seed")
    // A wrong seed is wrong even where it is not needed.
    #expect(Fixture.error(none.replacing("ticks", with: "seed = -1\nticks"), seed: 1) != nil)
  }

  @Test func `every setting is read`() throws {
    let scenario = try Fixture.parse(
      Fixture.minimal(
        """
        name = "Ä"
        tick = "1.5us"
        start = 3
        currency_decimals = 0
        digest_interval = 0
        self_trade = "allow"
        provenance = "trained"
        topics = ["b", "a"]
        """)
    ).scenario
    #expect(scenario.name == "Ä")
    #expect(scenario.clock == TickClock(start: 3, tickLength: 1500))
    #expect(scenario.horizon == 10)
    #expect(scenario.currencyDecimals == 0)
    #expect(scenario.digestInterval == 0)
    #expect(scenario.selfTradePrevention == .allow)
    #expect(scenario.provenance == .trained)
    #expect(scenario.topics == ["b", "a"])
  }

  @Test(arguments: [
    ("cancel-resting", SelfTradePrevention.cancelResting), ("cancel-taking", .cancelTaking),
    ("cancel-both", .cancelBoth), ("allow", .allow),
  ])
  func `every self-trade prevention has a word`(word: String, value: SelfTradePrevention) throws {
    let file = try Fixture.parse(Fixture.minimal("self_trade = \"\(word)\""))
    #expect(file.scenario.selfTradePrevention == value)
  }

  @Test(arguments: [
    ("simulated", Provenance.simulated), ("synthetic", .synthetic), ("trained", .trained),
  ])
  func `every provenance but imported has a word`(word: String, value: Provenance) throws {
    let file = try Fixture.parse(Fixture.minimal("provenance = \"\(word)\""))
    #expect(file.scenario.provenance == value)
  }

  @Test func `every key of an instrument is read`() throws {
    let text = Fixture.minimal(
      "",
      """
      [[instruments]]
      name = "B"
      price_increment = 0.001
      increment_value = 10
      start_price = 99.5
      price_step = "0.005"
      lot_step = 2
      price_band = 5
      maker_fee_millionths = -20
      taker_fee_millionths = 30
      [[instruments]]
      name = "C"
      price_increment = 1
      start_price = 7
      """)
    let instruments = try Fixture.parse(text).scenario.instruments
    let second = InstrumentRules(
      name: "B", priceDecimals: 3, incrementValue: 10, referencePrice: 99_500, priceStep: 5,
      lotStep: 2, priceBand: 5000, makerFeeMillionths: -20, takerFeeMillionths: 30)
    let third = InstrumentRules(name: "C", priceDecimals: 0, referencePrice: 7)
    #expect(instruments == [InstrumentRules(name: "STOCK"), second, third])
  }

  @Test func `every key of a random walk is read`() throws {
    let text = Fixture.minimal(
      "start = \"1h\"\ntick = \"2s\"",
      """
      [[instruments]]
      name = "B"
      price_increment = "0.1"
      start_price = 7
      [[processes]]
      name = "default"
      kind = "random-walk"
      deviation = 0.5
      [[processes]]
      name = "full"
      kind = "random-walk"
      instrument = "B"
      start = "7.0005"
      deviation = "0.07"
      reversion = 0.25
      first = "1s"
      every = "once"
      [[processes]]
      name = "still"
      kind = "random-walk"
      instrument = "B"
      deviation = 0
      first = "never"
      """)
    let hour: Int64 = 3_600_000_000_000
    #expect(
      try Fixture.parse(text).scenario.processes == [
        ProcessDescription(
          name: "default", motion: .walk(start: 10_000_000, deviation: 50, reversion: 0),
          firstStep: hour, interval: 2_000_000_000),
        ProcessDescription(
          name: "full", motion: .walk(start: 70_005, deviation: 0.7, reversion: 0.25),
          instrument: 1,
          firstStep: hour + 1_000_000_000, interval: 0),
        ProcessDescription(
          name: "still", motion: .walk(start: 70_000, deviation: 0, reversion: 0),
          instrument: 1, firstStep: -1, interval: 0),
      ])
  }

  @Test func `a recorded flow adds two agents behind the others`() throws {
    let text = Fixture.minimal(
      "",
      """
      [[processes]]
      name = "fair"
      kind = "random-walk"
      deviation = 1
      [[processes]]
      name = "amzn"
      kind = "recorded-flow"
      tape = "tapes/amzn.tape"
      instrument = "STOCK"
      [[agents]]
      name = "A"
      type = "idle"
      """)
    let file = try Fixture.parse(text)
    #expect(file.flows == [FlowReference(process: 1, tape: "tapes/amzn.tape")])
    let scenario = file.scenario
    #expect(scenario.groups == ["A", "amzn"])
    #expect(scenario.agents.map { $0.account.name } == ["A", "amzn.resting", "amzn.taking"])
    #expect(
      scenario.agents[2]
        == AgentDescription(
          account: AccountRules(name: "amzn.taking", group: 1), type: "foreign"))
    #expect(
      scenario.processes[1]
        == ProcessDescription(
          name: "amzn", motion: .feed(resting: 1, taking: 2), firstStep: -1,
          interval: 0))
  }

  @Test func `an agent has every default`() throws {
    let text = Fixture.minimal(
      "start = \"5s\"\ntick = \"3ms\"", "[[agents]]\nname = \"A\"\ntype = \"market-maker\"")
    let scenario = try Fixture.parse(text).scenario
    var agent = AgentDescription(
      account: AccountRules(name: "A", group: 0), type: "market-maker")
    agent.revision = MarketMaker.revision
    agent.parameters = try Parameters().resolved(by: MarketMaker.parameters)
    agent.firstWake = 5_000_000_000
    agent.wakeInterval = 3_000_000
    #expect(scenario.agents == [agent])
    #expect(scenario.groups == ["A"])
  }

  @Test func `every key of an agent is read`() throws {
    let text = Fixture.minimal(
      "start = \"5s\"\ntopics = [\"a\", \"b\", \"c\"]",
      """
      [[instruments]]
      name = "B"
      start_price = 7
      [[instruments]]
      name = "C"
      start_price = 7
      [[agents]]
      name = "A"
      type = "market-maker"
      group = "house"
      cash = "-12.34"
      positions = { B = -3, STOCK = 4, C = 0 }
      maximum_position = 60
      maximum_open_orders = 8
      first_wake = "1s"
      wake_every = "2s"
      listens = ["c", "a"]
      latency.command = 5
      latency.report = { uniform = ["1ns", "2us"] }
      latency.message = { exponential = { minimum = "1ms", mean = "3ms" } }
      latency.data = "4ms"
      [agents.parameters]
      skew = 3
      heed_signals = true
      signal_to = "topic:b"
      [[agents]]
      name = "F"
      type = "foreign"
      group = "house"
      first_wake = "never"
      wake_every = "7s"
      [[agents]]
      name = "G"
      type = "idle"
      wake_every = "once"
      latency.command = { exponential = { mean = 1 } }
      """)
    let scenario = try Fixture.parse(text).scenario
    #expect(scenario.groups == ["house", "G"])
    var first = AgentDescription(
      account: AccountRules(
        name: "A", group: 0, openingCash: -1234, openingPositions: [4, -3],
        maximumPosition: 60, maximumOpenOrders: 8), type: "market-maker")
    first.revision = MarketMaker.revision
    var parameters = Parameters()
    parameters.set("skew", .number(3))
    parameters.set("heed_signals", .flag(true))
    parameters.set("signal_to", .text("topic:b"))
    first.parameters = try parameters.resolved(by: MarketMaker.parameters)
    first.firstWake = 6_000_000_000
    first.wakeInterval = 2_000_000_000
    first.subscriptions = [0, 2]
    first.commandLatency = .fixed(5)
    first.reportLatency = .uniform(1, 2000)
    first.messageLatency = .exponential(minimum: 1_000_000, mean: 3_000_000)
    first.dataLatency = 4_000_000
    #expect(scenario.agents[0] == first)
    #expect(
      scenario.agents[1]
        == AgentDescription(account: AccountRules(name: "F", group: 0), type: "foreign"))
    #expect(scenario.agents[2].wakeInterval == 0)
    #expect(scenario.agents[2].commandLatency == .exponential(minimum: 0, mean: 1))
    #expect(scenario.agents[2].revision == Idle.revision)
  }

  @Test func `inline tables and carriage returns are the same as headers`() throws {
    let text =
      "seed = 7\r\nticks = 10\r\ninstruments = [{ name = \"STOCK\", start_price = 100 }]\r\n"
    #expect(
      try Fixture.parse(text).scenario == Fixture.parse(Fixture.minimal()).scenario)
  }
}
