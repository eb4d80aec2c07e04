import Agents
import Counterfactual
import Journal
import Market
import MarketModel
import Replay
import Session
import Testing

@Suite struct ForkPlanTests {
  private func scenario(feed: Bool = false) -> Scenario {
    var scenario = Scenario(name: "fork", seed: 3)
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
      scenario.agents.append(agent(name, type))
    }
    return scenario
  }

  private func agent(_ name: String, _ type: String) -> AgentDescription {
    var agent = AgentDescription(account: AccountRules(name: name, group: 0), type: type)
    agent.firstWake = 0
    agent.wakeInterval = 1_000_000_000
    agent.commandLatency = .uniform(1_000_000, 600_000_000)
    agent.reportLatency = .uniform(1_000_000, 900_000_000)
    let entry = BuiltInAgents.entries.first { $0.typeName == type }
    if let entry, let resolved = try? Parameters().resolved(by: entry.parameters) {
      agent.parameters = resolved
    }
    return agent
  }

  private func record(_ scenario: Scenario) throws -> [UInt8] {
    var session = try MarketSession<BuiltInAgents>(scenario: scenario)
    var recorder = JournalRecorder(
      JournalEncoder(genesis: Genesis(scenario: scenario)), output: MemoryOutput())
    try session.run(into: &recorder)
    recorder.seal(session.state)
    return recorder.output.bytes
  }

  private func open(_ tapes: [[UInt8]]) throws -> Lineage<MemorySource> {
    try Lineage(try tapes.map { try JournalReader(MemorySource($0), level: .chain) })
  }

  private func fork(
    _ tapes: [[UInt8]], at tick: Tick, _ interventions: [Intervention], held: [String] = []
  ) throws -> [[UInt8]] {
    let plan = try ForkPlan<BuiltInAgents>(
      try open(tapes), at: tick, interventions: interventions, held: held)
    var recorder = JournalRecorder(plan.encoder(), output: MemoryOutput())
    let session = try plan.run(into: &recorder)
    recorder.seal(session.state)
    return tapes + [recorder.output.bytes]
  }

  @Test(arguments: [0, 1, 7, 25, 49, 50])
  func `without an intervention a fork has its parent's events and digests`(
    tick: Tick
  ) throws {
    let parent = [try record(scenario())]
    for held in [[], ["MM_01"], ["MM_01", "Trend_01", "Arb_01", "Zero_01"]] {
      let child = try fork(parent, at: tick, [], held: held)
      #expect(try TapeComparison.compare(open(parent), open(child)).isEqual)
      var left = try Replayer<BuiltInAgents, MemorySource>(open(parent))
      var right = try Replayer<BuiltInAgents, MemorySource>(open(child))
      try left.run()
      try right.run()
      #expect(right.mismatch == nil)
      // A held agent's memory follows its own commands all the same.
      #expect(left.state.digests() == right.state.digests())
    }
  }

  @Test(arguments: [0, 3, 25, 49])
  func `with an idle agent added everybody else's events are the parent's`(tick: Tick) throws {
    let parent = [try record(scenario())]
    var idle = agent("Nobody", "idle")
    idle.firstWake = tick * 1_000_000_000
    let child = try fork(parent, at: tick, [.addAgent(idle)])
    let comparison = try TapeComparison.compare(
      open(parent), open(child), ignoring: "Nobody")
    #expect(comparison.isEqual)
    let report = try Verification<BuiltInAgents, MemorySource>.run(open(child), level: .v5)
    #expect(report.finding == nil)
  }

  @Test func `a silenced agent decides nothing any more and forks of forks verify`() throws {
    let parent = [try record(scenario())]
    let child = try fork(parent, at: 20, [.silence(agent: "Trend_01")])
    var commands = 0
    var cursor = try open(child).cursor()
    while let item = try cursor.next() {
      guard case .event(_, .known(let record)) = item, record.event.kind.isCommand,
        record.event.decidingAgent == 1, record.time >= 20_000_000_000
      else { continue }
      commands += 1
    }
    #expect(commands == 0)
    let grandchild = try fork(child, at: 30, [.reseed(77)])
    for tapes in [child, grandchild] {
      let report = try Verification<BuiltInAgents, MemorySource>.run(open(tapes), level: .v5)
      #expect(report.finding == nil)
    }
    #expect(try open(grandchild).nextSequence > open(parent).firstOwnSequence)
  }

  @Test func `an altered parent is refused`() throws {
    let parent = try record(scenario())
    let child = try fork([parent], at: 20, [])
    var other = scenario()
    other.seed = 4
    let stranger = try record(other)
    #expect(throws: (any Error).self) { try open([stranger, child[1]]) }
    // The same genesis, but an event below the fork was changed before it was written.
    var events = EventBuffer()
    var session = try MarketSession<BuiltInAgents>(scenario: scenario())
    try session.run(into: &events)
    var recorder = JournalRecorder(
      JournalEncoder(genesis: Genesis(scenario: scenario())), output: MemoryOutput())
    var altered = try MarketSession<BuiltInAgents>(scenario: scenario())
    for (index, record) in events.records.enumerated() where index < 20 {
      var record = record
      if index == 19 { record.cause = nil }
      try altered.inject(record, into: &recorder)
    }
    recorder.seal(altered.state)
    #expect(throws: (any Error).self) { try open([recorder.output.bytes, child[1]]) }
  }

  @Test func `impossible forks are refused with the reason`() throws {
    let lineage = try open([try record(scenario())])
    #expect(throws: (any Error).self) {
      try ForkPlan<BuiltInAgents>(lineage, at: 51, interventions: [])
    }
    #expect(throws: (any Error).self) {
      try ForkPlan<BuiltInAgents>(
        lineage, at: 5, interventions: [.silence(agent: "Nobody")])
    }
    #expect(throws: (any Error).self) {
      try ForkPlan<BuiltInAgents>(lineage, at: 5, interventions: [], held: ["Nobody"])
    }
    let child = try open(try fork([try record(scenario())], at: 20, []))
    #expect(throws: (any Error).self) {
      try ForkPlan<BuiltInAgents>(child, at: 19, interventions: [])
    }
  }
}
