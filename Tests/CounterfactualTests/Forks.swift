import Agents
import Counterfactual
import Journal
import Market
import MarketModel
import Replay
import Session

/// Small sessions and their forks, in memory.
enum Forks {
  static func scenario(seed: UInt64 = 3, hasLatency: Bool = true) -> Scenario {
    var scenario = Scenario(name: "fork", seed: seed)
    scenario.horizon = 50
    scenario.digestInterval = 0
    scenario.instruments = [InstrumentRules(name: "STOCK")]
    scenario.groups = ["all"]
    scenario.processes = [
      ProcessDescription(
        name: "fair", motion: .walk(start: 10_000_000, deviation: 50, reversion: 0),
        firstStep: 0, interval: 1_000_000_000)
    ]
    for (name, type) in [
      ("MM_01", "market-maker"), ("Trend_01", "trend-follower"), ("Arb_01", "arbitrageur"),
      ("Zero_01", "zero-intelligence"),
    ] {
      scenario.agents.append(agent(name, type, hasLatency: hasLatency))
    }
    return scenario
  }

  static func agent(
    _ name: String, _ type: String, hasLatency: Bool = true
  ) -> AgentDescription {
    var agent = AgentDescription(account: AccountRules(name: name, group: 0), type: type)
    agent.firstWake = 0
    agent.wakeInterval = 1_000_000_000
    if hasLatency {
      agent.commandLatency = .uniform(1_000_000, 600_000_000)
      agent.reportLatency = .uniform(1_000_000, 900_000_000)
    }
    let entry = BuiltInAgents.entries.first { $0.typeName == type }
    if let entry, let resolved = try? Parameters().resolved(by: entry.parameters) {
      agent.parameters = resolved
    }
    return agent
  }

  static func record(_ scenario: Scenario) throws -> [UInt8] {
    var session = try MarketSession<BuiltInAgents>(scenario: scenario)
    var recorder = JournalRecorder(
      JournalEncoder(genesis: Genesis(scenario: scenario)), output: MemoryOutput())
    try session.run(into: &recorder)
    recorder.seal(session.state)
    return recorder.output.bytes
  }

  static func open(_ tapes: [[UInt8]]) throws -> Lineage<MemorySource> {
    try Lineage(try tapes.map { try JournalReader(MemorySource($0), level: .chain) })
  }

  static func fork(
    _ tapes: [[UInt8]], at tick: Tick, _ interventions: [Intervention], held: [String] = []
  ) throws -> [[UInt8]] {
    let plan = try ForkPlan<BuiltInAgents>(
      try open(tapes), at: tick, interventions: interventions, held: held)
    var recorder = JournalRecorder(plan.encoder(), output: MemoryOutput())
    let session = try plan.run(into: &recorder)
    recorder.seal(session.state)
    return tapes + [recorder.output.bytes]
  }

  /// The last tape made to stand alone.
  static func flatten(_ tapes: [[UInt8]]) throws -> [UInt8] {
    var flattening = try Flattening<BuiltInAgents, MemorySource>(open(tapes), failure: Never.self)
    var recorder = JournalRecorder(flattening.encoder(), output: MemoryOutput())
    while try flattening.step(into: &recorder) {}
    try flattening.seal(&recorder)
    return recorder.output.bytes
  }

  /// All events of the last tape's session, those of its parents included.
  static func events(_ tapes: [[UInt8]]) throws -> [EventRecord] {
    var events: [EventRecord] = []
    var cursor = try open(tapes).cursor()
    while let item = try cursor.next() {
      if case .event(_, .known(let record)) = item { events.append(record) }
    }
    return events
  }

  /// The state at the end.
  static func end(_ tapes: [[UInt8]]) throws -> SessionState<BuiltInAgents> {
    var replayer = try Replayer<BuiltInAgents, MemorySource>(open(tapes))
    try replayer.run()
    return replayer.state
  }
}
