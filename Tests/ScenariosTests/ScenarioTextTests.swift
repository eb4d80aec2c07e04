import Agents
import Foundation
import Market
import MarketModel
import Scenarios
import Session
import TestSupport
import Testing

@Suite struct ScenarioTextTests {
  private static func readBack(_ scenario: Scenario) throws -> Scenario {
    try Fixture.parse(ScenarioText(scenario).text).scenario
  }

  @Test(arguments: ["three-agents", "latency", "background", "foreign", "signals", "facts"])
  func `a scenario's text gives it back`(name: String) throws {
    let scenario = try Fixture.parse(try Fixture.text(name), seed: .max).scenario
    #expect(try Self.readBack(scenario) == scenario)
    #expect(ScenarioText(try Self.readBack(scenario)).text == ScenarioText(scenario).text)
  }

  @Test(arguments: 0..<100 as Range<UInt64>)
  func `so does that of any other`(seed: UInt64) throws {
    var numbers = KeyedNumbers(seed: seed)
    var scenario = Scenario(name: "q\"uo\\te 'ü", seed: numbers.next())
    scenario.horizon = numbers.number(1...100)
    scenario.clock = TickClock(start: numbers.number(0...99), tickLength: numbers.number(1...1000))
    scenario.currencyDecimals = UInt8(numbers.number(0...9))
    scenario.digestInterval = UInt32(numbers.number(0...9))
    scenario.selfTradePrevention = numbers.pick(SelfTradePrevention.allCases)
    scenario.provenance = numbers.pick([.simulated, .synthetic, .trained])
    scenario.topics = ["a topic", "b.topic"]
    scenario.instruments = (0...numbers.number(0...2)).map { index in
      InstrumentRules(
        name: "I.\(index)", priceDecimals: UInt8(numbers.number(0...9)),
        incrementValue: numbers.number(1...9), referencePrice: numbers.number(1...99_999),
        priceStep: numbers.number(1...9), lotStep: numbers.number(1...9),
        priceBand: numbers.number(0...9), makerFeeMillionths: numbers.number(-9...9),
        takerFeeMillionths: numbers.number(-9...9))
    }
    let latencies: [Latency] = [
      .none, .fixed(5), .uniform(3, 9), .exponential(minimum: 0, mean: 7),
      .exponential(minimum: 4, mean: 7),
    ]
    for index in 0...numbers.number(0...3) {
      let name = "agent \(index)"
      let type = numbers.pick(["foreign", "market-maker", "zero-intelligence"])
      let group = numbers.once(in: 2) ? "all" : name
      if !scenario.groups.contains(group) { scenario.groups.append(group) }
      var account = AccountRules(
        name: name, group: Int32(scenario.groups.firstIndex(of: group) ?? 0))
      account.openingCash = numbers.number(-999...999)
      account.openingPositions = numbers.once(in: 2) ? [] : [numbers.pick([-3, 8])]
      account.maximumPosition = numbers.number(0...9)
      account.maximumOpenOrders = numbers.number(0...9)
      var agent = AgentDescription(account: account, type: type)
      if let entry = BuiltInAgents.entries.first(where: { $0.typeName == type }) {
        agent.parameters = try Parameters().resolved(by: entry.parameters)
        agent.revision = entry.revision
      }
      agent.firstWake = numbers.once(in: 3) ? -1 : scenario.clock.start + numbers.number(0...9)
      agent.wakeInterval = agent.firstWake < 0 ? 0 : numbers.number(0...9)
      agent.commandLatency = numbers.pick(latencies)
      agent.reportLatency = numbers.pick(latencies)
      agent.messageLatency = numbers.pick(latencies)
      agent.dataLatency = numbers.number(0...9)
      agent.subscriptions = numbers.pick([[], [0], [1], [0, 1]])
      scenario.agents.append(agent)
    }
    scenario.processes = [
      ProcessDescription(
        name: "walk",
        motion: .walk(
          start: numbers.number(1...99_999), deviation: Double(numbers.number(0...9_999)) / 8,
          reversion: Double(numbers.number(0...9)) / 9),
        instrument: InstrumentIndex(numbers.index(below: scenario.instruments.count)),
        firstStep: scenario.clock.start + numbers.number(0...9), interval: numbers.number(0...9))
    ]
    #expect(try Self.readBack(scenario) == scenario, "\(ScenarioText(scenario).text)")
  }
}
