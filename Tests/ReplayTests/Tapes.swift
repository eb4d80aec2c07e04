import Agents
import Journal
import Market
import MarketModel
import Replay
import Session

/// Small recorded sessions for tests.
enum Tapes {
  /// Three agents and two noisy ones, with latency everywhere.
  static func scenario(seed: UInt64 = 1, ticks: Tick = 60) -> Scenario {
    var scenario = Scenario(name: "test", seed: seed)
    scenario.horizon = ticks
    scenario.digestInterval = 64
    scenario.instruments = [InstrumentRules(name: "STOCK", takerFeeMillionths: 30)]
    scenario.groups = ["all"]
    scenario.topics = ["talk"]
    scenario.processes = [
      ProcessDescription(
        name: "fair", motion: .walk(start: 10_000_000, deviation: 50, reversion: 0),
        firstStep: 0, interval: 1_000_000_000)
    ]
    let types = [
      ("MM_01", "market-maker"), ("Trend_01", "trend-follower"), ("Arb_01", "arbitrageur"),
      ("Zero_01", "zero-intelligence"), ("Zero_02", "zero-intelligence"),
    ]
    for (name, type) in types { scenario.agents.append(agent(name, type)) }
    return scenario
  }

  static func agent(_ name: String, _ type: String) -> AgentDescription {
    var agent = AgentDescription(account: AccountRules(name: name, group: 0), type: type)
    agent.firstWake = 0
    agent.wakeInterval = 1_000_000_000
    agent.commandLatency = .uniform(1_000_000, 700_000_000)
    agent.reportLatency = .exponential(minimum: 1000, mean: 50_000_000)
    agent.dataLatency = 100_000_000
    let entry = BuiltInAgents.entries.first { $0.typeName == type }
    if let entry, let resolved = try? Parameters().resolved(by: entry.parameters) {
      agent.parameters = resolved
      agent.revision = entry.revision
    }
    return agent
  }

  /// A finished tape of a scenario, in memory.
  static func record(_ scenario: Scenario) throws -> [UInt8] {
    var session = try MarketSession<BuiltInAgents>(scenario: scenario)
    var recorder = JournalRecorder(
      JournalEncoder(genesis: Genesis(scenario: scenario)), output: MemoryOutput())
    try session.run(into: &recorder)
    recorder.seal(session.state)
    return recorder.output.bytes
  }

  /// A tape in memory as a journal.
  static func open(_ tapes: [UInt8]...) throws -> Lineage<MemorySource> {
    try Lineage(try tapes.map { try JournalReader(MemorySource($0), level: .chain) })
  }
}
