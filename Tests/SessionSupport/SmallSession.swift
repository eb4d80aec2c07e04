import Agents
package import Journal
import Market
package import MarketModel
package import Replay
package import Session

/// Small sessions in memory, for the tests of all rooms that stand on `Session` and `Replay`.
package enum SmallSession {
  /// STOCK at 10,000, a walk around it that steps each second, one group, and no agents yet.
  package static func scenario(
    _ name: String, seed: UInt64, ticks: Tick, deviation: Double = 50
  ) -> Scenario {
    var scenario = Scenario(name: name, seed: seed)
    scenario.horizon = ticks
    scenario.instruments = [InstrumentRules(name: "STOCK", referencePrice: 10_000)]
    scenario.groups = ["all"]
    scenario.processes = [
      ProcessDescription(
        name: "fair", motion: .walk(start: 10_000_000, deviation: deviation, reversion: 0),
        firstStep: 0, interval: 1_000_000_000)
    ]
    return scenario
  }

  /// The market maker, the trend follower, the arbitrageur and a noise trader.
  package static let fourTypes = [
    ("MM_01", "market-maker"), ("Trend_01", "trend-follower"), ("Arb_01", "arbitrageur"),
    ("Zero_01", "zero-intelligence"),
  ]

  /// An agent that wakes each second from the opening on; a built-in one has its usual parameters.
  package static func agent(
    _ name: String, _ type: String, hasLatency: Bool = true
  ) -> AgentDescription {
    var agent = AgentDescription(account: AccountRules(name: name, group: 0), type: type)
    agent.firstWake = 0
    agent.wakeInterval = 1_000_000_000
    if hasLatency {
      agent.commandLatency = .uniform(1_000_000, 600_000_000)
      agent.reportLatency = .uniform(1_000_000, 900_000_000)
    }
    if let entry = BuiltInAgents.entries.first(where: { $0.typeName == type }),
      let resolved = try? Parameters().resolved(by: entry.parameters)
    {
      agent.parameters = resolved
      agent.revision = entry.revision
    }
    return agent
  }

  /// A finished tape of a scenario.
  package static func record(_ scenario: Scenario) throws -> [UInt8] {
    var session = try MarketSession<BuiltInAgents>(scenario: scenario)
    var recorder = JournalRecorder(
      JournalEncoder(genesis: Genesis(scenario: scenario)), output: MemoryOutput())
    try session.run(into: &recorder)
    recorder.seal(session.state)
    return recorder.output.bytes
  }

  /// Tapes as journals, the root first.
  package static func open(_ tapes: [[UInt8]]) throws -> Lineage<MemorySource> {
    try Lineage(try tapes.map { try JournalReader(MemorySource($0), level: .chain) })
  }
}
