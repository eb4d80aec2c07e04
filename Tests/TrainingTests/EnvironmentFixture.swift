import Agents
import Journal
import Market
import MarketModel
import Replay
import Session
import SessionSupport
import TestSupport

@testable import Training

/// Small environments, and drivers of them.
enum Fixture {
  typealias Environment = MarketEnvironment<BuiltInAgents>

  static func scenario(hasLatency: Bool) -> Scenario {
    var scenario = SmallSession.scenario("environment", seed: 3, ticks: 60)
    scenario.digestInterval = 64
    scenario.instruments[0].takerFeeMillionths = 100
    for (index, (name, type)) in SmallSession.fourTypes.enumerated() {
      var agent = SmallSession.agent(name, type, hasLatency: hasLatency)
      agent.firstWake = Nanoseconds(index) * 50_000_000
      if index == 3 { agent.wakeInterval = 700_000_000 }
      scenario.agents.append(agent)
    }
    return scenario
  }

  static func environment(
    _ actions: ActionKind, hasLatency: Bool = true, agents: [String] = ["Trend_01", "Zero_01"]
  ) throws -> Environment {
    var settings = EnvironmentSettings(agents: agents)
    settings.actions = actions
    settings.signals = [0]
    settings.inventoryPenalty = 0.5
    return try Environment(scenario: scenario(hasLatency: hasLatency), settings: settings)
  }

  /// Random actions for all agents.
  static func actions(_ environment: Environment, _ numbers: inout KeyedNumbers) -> [Float] {
    let settings = environment.settings
    return (0..<settings.agents.count * settings.actionWidth).map { _ in
      settings.actions == .discrete
        ? Float(numbers.number(0...6)) : Float(numbers.number(-1000...1000)) / 1000
    }
  }

  static func step(_ environment: inout Environment, _ numbers: inout KeyedNumbers) throws {
    try environment.step(actions(environment, &numbers).span)
  }

  static func observations(_ environment: inout Environment) -> [[Float]] {
    environment.settings.agents.indices.map { position in
      var values = [Float](repeating: 0, count: environment.observationWidth)
      var span = values.mutableSpan
      environment.observe(position, into: &span)
      return values
    }
  }
}
