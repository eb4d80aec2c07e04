import Agents
import Journal
import Market
import MarketModel
import Replay
import Session
import TestSupport

@testable import Training

/// Small environments, and drivers of them.
enum Fixture {
  typealias Environment = MarketEnvironment<BuiltInAgents>

  static func scenario(hasLatency: Bool) -> Scenario {
    var scenario = Scenario(name: "environment", seed: 3)
    scenario.horizon = 60
    scenario.digestInterval = 64
    scenario.instruments = [InstrumentRules(name: "STOCK", takerFeeMillionths: 100)]
    scenario.groups = ["all"]
    scenario.processes = [
      ProcessDescription(
        name: "fair", motion: .walk(start: 10_000_000, deviation: 50, reversion: 0),
        firstStep: 0, interval: 1_000_000_000)
    ]
    for (index, (name, type)) in [
      ("MM_01", "market-maker"), ("Trend_01", "trend-follower"), ("Arb_01", "arbitrageur"),
      ("Zero_01", "zero-intelligence"),
    ].enumerated() {
      var agent = AgentDescription(account: AccountRules(name: name, group: 0), type: type)
      agent.firstWake = Nanoseconds(index) * 50_000_000
      agent.wakeInterval = index == 3 ? 700_000_000 : 1_000_000_000
      if hasLatency {
        agent.commandLatency = .uniform(1_000_000, 600_000_000)
        agent.reportLatency = .uniform(1_000_000, 900_000_000)
      }
      let entry = BuiltInAgents.entries.first { $0.typeName == type }
      if let entry, let resolved = try? Parameters().resolved(by: entry.parameters) {
        agent.parameters = resolved
      }
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
    return (0..<settings.agents.count * settings.actions.width).map { _ in
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

  static func lineage(_ tapes: [[UInt8]]) throws -> Lineage<MemorySource> {
    try Lineage(try tapes.map { try JournalReader(MemorySource($0), level: .chain) })
  }
}
