import Agents
import Counterfactual
import Journal
import Market
import MarketModel
import Replay
import Session
import SessionSupport
import Testing

/// A foreign agent, driven from outside: what it does is a function of what it sees.
private enum Driver {
  static func scenario(seed: UInt64) -> Scenario {
    var scenario = Forks.scenario(seed: seed)
    scenario.agents.append(SmallSession.agent("Outside", AgentDescription.foreignType))
    return scenario
  }

  /// Buys below a round price and sells above it.
  static func commands(_ observation: Observation) -> [Command] {
    let view = observation.board.views[0]
    guard let bid = view.bestBid, let ask = view.bestAsk else { return [] }
    let isLow = (bid + ask) / 2 % 100 < 50
    let terms = OrderTerms(
      instrument: 0, side: isLow ? .buy : .sell, price: isLow ? ask : bid,
      quantity: 1 + observation.tick % 3)
    return [.placeOrder(terms)]
  }

  /// Runs a session to its end, with the driver from a tick on.
  static func run(
    _ session: inout MarketSession<BuiltInAgents>, into sink: inout some EventSink
  ) throws {
    while let turn = try session.advance(into: &sink) {
      if turn.agent == 4 {
        try session.submit(commands(session.observe(turn)), turn, into: &sink)
      } else {
        try session.takeTurn(turn, into: &sink)
      }
    }
  }

  static func record(seed: UInt64) throws -> [UInt8] {
    var session = try MarketSession<BuiltInAgents>(scenario: scenario(seed: seed))
    var recorder = JournalRecorder(
      JournalEncoder(genesis: Genesis(scenario: scenario(seed: seed))), output: MemoryOutput())
    try run(&session, into: &recorder)
    recorder.seal(session.state)
    return recorder.output.bytes
  }
}

@Suite struct LiveForkTests {
  @Test(arguments: [3, 4] as [UInt64], [0, 1, 20, 49, 50] as [Tick])
  func `a live foreign agent whose driver repeats itself gives the parent again`(
    seed: UInt64, tick: Tick
  ) throws {
    let parent = [try Driver.record(seed: seed)]
    let plan = try ForkPlan<BuiltInAgents>(
      SmallSession.open(parent), at: tick, interventions: [], live: ["Outside"])
    guard case .fork(let origin) = plan.genesis.origin else { return }
    #expect(origin.held.isEmpty)
    #expect(origin.parentIdentity == nil)
    var recorder = JournalRecorder(plan.encoder(), output: MemoryOutput())
    var session = plan.session
    try plan.begin(&session, into: &recorder)
    try Driver.run(&session, into: &recorder)
    recorder.seal(session.state)
    let child = parent + [recorder.output.bytes]
    #expect(try Forks.events(child) == Forks.events(parent))
    #expect(try Forks.events(parent).contains { $0.event.decidingAgent == 4 })
    let report = try Verification<BuiltInAgents, MemorySource>.run(
      SmallSession.open(child), level: .v5)
    #expect(report.finding == nil)
  }

  @Test func `without a driver a live foreign agent does nothing and a held one repeats itself`()
    throws
  {
    let parent = [try Driver.record(seed: 3)]
    let plan = try ForkPlan<BuiltInAgents>(
      SmallSession.open(parent), at: 20, interventions: [], live: ["Outside"])
    var events = EventBuffer()
    _ = try plan.run(into: &events)
    #expect(!events.records.contains { $0.event.decidingAgent == 4 })
    let held = try Forks.fork(parent, at: 20, [])
    #expect(try Forks.events(held) == Forks.events(parent))
    // What the parent held may go on live, too.
    let grandchild = try ForkPlan<BuiltInAgents>(
      SmallSession.open(held), at: 30, interventions: [], live: ["Outside"])
    guard case .fork(let origin) = grandchild.genesis.origin else { return }
    #expect(origin.held.isEmpty)
  }

  @Test(
    arguments: [
      ("Nobody", [], "no agent is called so"), ("MM_01", [], "this build decides for it"),
      ("Outside", ["Outside"], "it is to be held as well"),
    ] as [(String, [String], String)])
  func `only a foreign agent that is not held can be live`(
    name: String, held: [String], reason: String
  ) throws {
    let parent = try SmallSession.open([try Driver.record(seed: 3)])
    do {
      _ = try ForkPlan<BuiltInAgents>(
        parent, at: 5, interventions: [], held: held, live: [name])
      Issue.record("it was made")
    } catch ForkError<Never>.cannotGoLive(let agent, let why) {
      #expect(agent == name && why == reason)
    }
  }
}
