import Agents
import Counterfactual
import Determinism
import Journal
import Market
import MarketModel
import MatchingEngine
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
    #expect {
      try environment.fork([])
    } throws: { error in
      if case .setting("observations", _)? = error as? EnvironmentError { true } else { false }
    }
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
