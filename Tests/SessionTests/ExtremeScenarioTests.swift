import Market
import MarketModel
import Session
import Testing

/// Numbers near their limits do not trap.
@Suite struct ExtremeScenarioTests {
  @Test func `a session at the end of time`() throws {
    var scenario = Scenario.busy(seed: 90)
    let start = Limits.maximumTime - 20_000 * milliseconds
    scenario.clock = TickClock(start: start, tickLength: 1000 * milliseconds)
    scenario.horizon = 19
    for index in scenario.agents.indices {
      scenario.agents[index].firstWake += start
      scenario.agents[index].commandLatency = .uniform(0, Limits.maximumDelay)
      scenario.agents[index].reportLatency = .exponential(
        minimum: 0, mean: Limits.maximumDelay)
      scenario.agents[index].dataLatency = Limits.maximumDelay
    }
    scenario.agents[0].wakeInterval = Limits.maximumDelay
    scenario.processes[0].firstStep = start
    let records = try run(scenario)
    #expect(records.count > 100)
    #expect(try fold(records[...], scenario).encoded.count > 0)
  }

  @Test func `a session of the longest ticks`() throws {
    var scenario = Scenario.busy(seed: 91)
    scenario.clock = TickClock(start: 0, tickLength: Limits.maximumDelay)
    scenario.horizon = 4095
    for index in scenario.agents.indices {
      scenario.agents[index].wakeInterval = Limits.maximumDelay
      scenario.agents[index].messageLatency = .fixed(Limits.maximumDelay)
    }
    scenario.processes[0].interval = Limits.maximumDelay
    scenario.horizon = 30
    #expect(try run(scenario).count > 200)
    scenario.horizon = 4096
    #expect(throws: ScenarioError.self) { try scenario.check() }
  }

  @Test(arguments: [1, Limits.maximumPrice])
  func `prices at the edges`(_ price: PriceIncrements) throws {
    for incrementValue in [1, 1 << 30] as [MinorUnits] {
      var scenario = Scenario.busy(seed: 92)
      for index in scenario.instruments.indices {
        scenario.instruments[index].referencePrice = price
        scenario.instruments[index].incrementValue = incrementValue
        scenario.instruments[index].makerFeeMillionths = -1_000_000
        scenario.instruments[index].takerFeeMillionths = 1_000_000
      }
      for index in scenario.agents.indices {
        scenario.agents[index].account.openingCash = index % 2 == 0 ? 1 << 60 : -(1 << 60)
        scenario.agents[index].account.openingPositions = [1 << 60, -(1 << 60)]
      }
      scenario.processes[0].motion = .walk(
        start: 1000 * price, deviation: Double(Limits.maximumPrice), reversion: 1)
      #expect(try run(scenario).count > 500)
    }
  }

  @Test func `an empty scenario ends at once`() throws {
    var scenario = Scenario.plain([])
    #expect(try run(scenario).isEmpty)
    scenario.horizon = 0
    scenario.agents = [scripted("A", "buy 1@100")]
    #expect(try run(scenario).isEmpty)
  }

  @Test func `what falls due at the end does not happen`() throws {
    let scenario = Scenario.plain([scripted("A", "|||||")], horizon: 3)
    #expect(try run(scenario).map { $0.time / milliseconds } == [0, 1000, 2000])
  }
}
