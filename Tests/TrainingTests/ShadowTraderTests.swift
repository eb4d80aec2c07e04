import Agents
import Counterfactual
import Determinism
import Journal
import Market
import MarketModel
import MatchingEngine
import Networks
import Replay
import Session
import SessionSupport
import TestSupport
import Testing

@testable import Training

@Suite struct ShadowTraderTests {
  private func policy(_ algorithm: LearningAlgorithm, seed: UInt64) throws -> TradingPolicy {
    var training = try MarketTraining<BuiltInAgents>(
      smallPlan(), settings: .small(algorithm), seed: seed)
    _ = try training.run(2)
    return training.policy
  }

  /// An agent that is driven by what a policy says of the features it sees leaves the market, and its own
  /// account, as an agent with that policy does: also where reports and data come late.
  @Test(arguments: [LearningAlgorithm.ppo, .sac], [false, true])
  func `what is seen and done is what an agent with a policy sees and does`(
    algorithm: LearningAlgorithm, hasLatency: Bool
  ) throws {
    let policy = try policy(algorithm, seed: 1)
    var scenario = Fixture.scenario(hasLatency: hasLatency)
    var settings = EnvironmentSettings(agents: ["Trend_01"])
    settings.observations = .features
    settings.actions = algorithm == .sac ? .quotes : .discrete
    settings.signals = [0]
    (settings.quantity, settings.maximumInventory, settings.halfSpread) = (4, 30, 12)
    var environment = try MarketEnvironment<BuiltInAgents>(scenario: scenario, settings: settings)
    let noise = DecisionNoise(
      key: NoiseKey(seed: 0, entity: "", purpose: ""), tick: 0, slot: 0)
    var steps = 0
    while !environment.isFinished {
      let features = Fixture.observations(&environment)[0]
      let choice = policy.choice(features, isGreedy: true, noise)
      let numbers = choice.numbers.isEmpty ? [Float(choice.action)] : Array(choice.numbers)
      try environment.step(numbers.span)
      steps += 1
    }
    var parameters = Parameters()
    for (name, value) in [
      ("quantity", 4), ("maximum_inventory", 30), ("half_spread", 12),
    ] as [(String, Int64)] {
      parameters.set(name, .integer(value))
    }
    parameters.set("greedy", .flag(true))
    parameters.set("value", .text(scenario.processes[0].name))
    let index = try #require(scenario.agents.firstIndex { $0.account.name == "Trend_01" })
    scenario.agents[index] = try scenario.agents[index].trading(parameters).with(policy)
    var session = try MarketSession<BuiltInAgents>(scenario: scenario)
    var sink = NoEvents()
    try session.run(into: &sink)
    let (driven, seated) = (environment.session.state.market, session.state.market)
    #expect(steps > 40 && seated.trading[0].volume > 0)
    #expect(driven.cash == seated.cash && driven.trading[0].volume == seated.trading[0].volume)
    #expect(driven.booksDigest == seated.booksDigest)
    #expect(environment.observationWidth == 19)
  }

  @Test func `several see and act side by side, and the episode is a tape`() throws {
    var settings = EnvironmentSettings(agents: ["Trend_01", "Zero_01"])
    settings.observations = .features
    settings.actions = .quotes
    var environment = try MarketEnvironment<BuiltInAgents>(
      scenario: Fixture.scenario(hasLatency: true), settings: settings)
    var numbers = KeyedNumbers(seed: 1)
    for _ in 0..<20 { try Fixture.step(&environment, &numbers) }
    var copy = environment
    #expect(Fixture.observations(&copy) == Fixture.observations(&environment))
    var others = numbers
    for _ in 0..<20 { try Fixture.step(&environment, &numbers) }
    for _ in 0..<20 { try Fixture.step(&copy, &others) }
    #expect(copy.digest == environment.digest)
    #expect(Fixture.observations(&copy) == Fixture.observations(&environment))
    #expect(Fixture.observations(&copy).flatMap { $0 }.contains { $0 != 0 })
    let tape = try SmallSession.open([environment.tape()])
    let report = try Verification<BuiltInAgents, MemorySource>.run(tape, level: .v5)
    #expect(report.finding == nil)
  }

  /// A fork without a difference sees what the episode does, wherever in a tick it was cut, and so does a fork of it.
  @Test(arguments: [false, true], 0..<4 as Range<UInt64>)
  func `forks know what was seen before them`(hasLatency: Bool, seed: UInt64) throws {
    var settings = EnvironmentSettings(agents: ["Trend_01", "Zero_01", "Arb_01"])
    settings.observations = .features
    settings.actions = seed % 2 == 0 ? .quotes : .discrete
    var environment = try MarketEnvironment<BuiltInAgents>(
      scenario: Fixture.scenario(hasLatency: hasLatency), settings: settings)
    var numbers = KeyedNumbers(seed: seed)
    for _ in 0..<Int(numbers.number(0...25)) { try Fixture.step(&environment, &numbers) }
    var tapes = [environment.tape()]
    var fork = try environment.fork([])
    for _ in 0..<2 {
      for _ in 0..<Int(numbers.number(0...8)) {
        var others = numbers
        try Fixture.step(&environment, &numbers)
        try Fixture.step(&fork, &others)
        #expect(Fixture.observations(&fork) == Fixture.observations(&environment))
      }
      let next = try fork.fork([], parents: tapes)
      tapes.append(fork.tape())
      fork = next
    }
    while !environment.isFinished {
      var others = numbers
      try Fixture.step(&environment, &numbers)
      try Fixture.step(&fork, &others)
      #expect(Fixture.observations(&fork) == Fixture.observations(&environment))
      #expect(fork.digest == environment.digest)
    }
  }

  /// Who holds one instrument against another is driven as an agent with such a policy decides.
  @Test(arguments: [0, 3] as [Lots], [false, true])
  func `a pair is driven as a policy of a pair would be`(lots: Lots, hasLatency: Bool) throws {
    var scenario = Fixture.scenario(hasLatency: hasLatency)
    var other = scenario.instruments[0]
    other.name = "OTHER"
    scenario.instruments.append(other)
    let index = try #require(scenario.agents.firstIndex { $0.account.name == "Zero_01" })
    scenario.agents[index].parameters.set("instrument", .text("OTHER"))
    var settings = EnvironmentSettings(agents: ["Trend_01"])
    (settings.observations, settings.pair, settings.pairQuantity) = (.features, 1, lots)
    settings.inventoryPenalty = 0.5
    var environment = try MarketEnvironment<BuiltInAgents>(scenario: scenario, settings: settings)
    let network = Perceptron([24, 7], hidden: .tanh)
    let policy = TradingPolicy(
      network: network, parameters: network.uniformParameters(seed: 4, name: "policy"),
      shifts: [Float](repeating: 0, count: 24), scales: [Float](repeating: 0.1, count: 24))
    let noise = DecisionNoise(
      key: NoiseKey(seed: 0, entity: "", purpose: ""), tick: 0, slot: 0)
    #expect(environment.observationWidth == 24)
    var fork: MarketEnvironment<BuiltInAgents>?
    var ticks: [Tick] = []
    while !environment.isFinished {
      ticks.append(environment.tick)
      let features = Fixture.observations(&environment)[0]
      let choice = policy.choice(features, isGreedy: true, noise)
      try environment.step([Float(choice.action)].span)
      try fork?.step([Float(choice.action)].span)
      if ticks.count == 20 { fork = try environment.fork([]) }
      if var own = fork {
        #expect(Fixture.observations(&own) == Fixture.observations(&environment))
        #expect(own.reward(of: 0) == environment.reward(of: 0) || ticks.count == 20)
      }
    }
    var parameters = Parameters()
    parameters.set("greedy", .flag(true))
    parameters.set("pair", .text("OTHER"))
    if lots > 0 { parameters.set("pair_quantity", .integer(lots)) }
    let place = try #require(scenario.agents.firstIndex { $0.account.name == "Trend_01" })
    scenario.agents[place].parameters = Parameters()
    scenario.agents[place] = try scenario.agents[place].trading(parameters).with(policy)
    var session = try MarketSession<BuiltInAgents>(scenario: scenario)
    var sink = NoEvents()
    try session.run(into: &sink)
    let (driven, seated) = (environment.session.state.market, session.state.market)
    #expect(seated.trading[1].volume > 0 && driven.cash == seated.cash)
    #expect(driven.booksDigest == seated.booksDigest)
  }

  @Test func `a pair that cannot be is refused`() throws {
    func refusal(_ change: (inout EnvironmentSettings) -> Void) -> String? {
      var settings = EnvironmentSettings(agents: ["Trend_01"])
      change(&settings)
      do throws(EnvironmentError) {
        _ = try MarketEnvironment<BuiltInAgents>(
          scenario: Fixture.scenario(hasLatency: false), settings: settings)
      } catch {
        if case .setting(let name, _) = error { return name }
      }
      return nil
    }
    #expect(refusal { $0.pair = 0 } == "pair")
    #expect(refusal { ($0.observations, $0.pair) = (.features, 0) } == "pair")
    #expect(refusal { ($0.observations, $0.pair) = (.features, 1) } == "pair")
    #expect(refusal { ($0.observations, $0.pairQuantity) = (.features, 3) } == "pair")
  }

  @Test func `five numbers are expected where agents see features`() throws {
    var settings = EnvironmentSettings(agents: ["Trend_01"])
    settings.observations = .features
    settings.actions = .quotes
    var environment = try MarketEnvironment<BuiltInAgents>(
      scenario: Fixture.scenario(hasLatency: false), settings: settings)
    #expect(throws: EnvironmentError.setting("actions", expected: "5 numbers")) {
      try environment.step(([0, 0, 0, 0] as [Float]).span)
    }
  }
}
