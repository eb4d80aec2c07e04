import Agents
import Counterfactual
import Journal
import Market
import MarketModel
import Replay
import Session
import SessionSupport
import Testing

@Suite struct FlatteningTests {
  /// Forks of forks with all that may be in the way: held agents, a joined one, inserted commands.
  private static func lineage() throws -> [[UInt8]] {
    var tapes = [try SmallSession.record(Forks.scenario())]
    tapes = try Forks.fork(tapes, at: 20, [.silence(agent: "Trend_01")], held: ["Arb_01"])
    var idle = SmallSession.agent("Nobody", "idle")
    idle.firstWake = 30_000_000_000
    let order = InsertedCommand.place(
      instrument: "STOCK",
      OrderTerms(instrument: 0, side: .buy, price: 10_050, quantity: 3))
    return try Forks.fork(
      tapes, at: 30, [.addAgent(idle), .insert(agent: "MM_01", order), .reseed(5)])
  }

  @Test func `a flattened fork has all events and the digests of its fork, and verifies`() throws {
    let tapes = try Self.lineage()
    for depth in 2...3 {
      let fork = Array(tapes.prefix(depth))
      let flat = [try Forks.flatten(fork)]
      #expect(try Forks.events(flat) == Forks.events(fork))
      #expect(try Forks.end(flat).digests() == Forks.end(fork).digests())
      let opened = try SmallSession.open(flat)
      #expect(try TapeComparison.compare(SmallSession.open(fork), opened).isEqual)
      #expect(try opened.forks == SmallSession.open(fork).forks && opened.forks.count == depth - 1)
      for level in VerificationLevel.allCases {
        let report = try Verification<BuiltInAgents, MemorySource>.run(opened, level: level)
        #expect(report.finding == nil, "\(level): \(String(describing: report.finding))")
      }
      let report = try Verification<BuiltInAgents, MemorySource>.run(opened, level: .v4)
      #expect(report.inputCount > 0, "held agents' commands are inputs")
    }
  }

  @Test func `held agents are not decided again where they were held`() throws {
    let parent = [try SmallSession.record(Forks.scenario())]
    let fork = try Forks.fork(parent, at: 20, [.silence(agent: "MM_01")], held: ["Trend_01"])
    let flat = [try Forks.flatten(fork)]
    // The same events under a genesis that names nobody held: some decider must disagree.
    var genesis = try SmallSession.open(flat).tape.genesis
    var forks = genesis.forks
    forks[0].held = []
    genesis.origin = .flattened(scenario: genesis.scenario ?? [], forks: forks)
    var recorder = JournalRecorder(JournalEncoder(genesis: genesis), output: MemoryOutput())
    var state = try SessionState<BuiltInAgents>(scenario: Forks.scenario())
    for (index, record) in try Forks.events(flat).enumerated() {
      let shape = EventShape(record)
      if recorder.wantsDigests(before: shape) { recorder.take(state.digests(), before: shape) }
      recorder.append(record, sequence: Int64(index))
      try state.reduce(record, sequence: Int64(index))
    }
    recorder.seal(state)
    let report = try Verification<BuiltInAgents, MemorySource>.run(
      SmallSession.open([recorder.output.bytes]), level: .v4)
    guard case .decider? = report.finding else {
      Issue.record("found \(String(describing: report.finding))")
      return
    }
  }

  @Test func `a flattened fork can be forked like the fork, and flattened again`() throws {
    let tapes = try Self.lineage()
    let flat = [try Forks.flatten(tapes)]
    for tick in [30, 40] as [Tick] {
      let left = try Forks.fork(tapes, at: tick, [.silence(agent: "Zero_01")])
      let right = try Forks.fork(flat, at: tick, [.silence(agent: "Zero_01")])
      #expect(try Forks.events(left) == Forks.events(right))
      let again = try SmallSession.open([try Forks.flatten(right)])
      #expect(again.forks.map { $0.depth } == [1, 2, 3])
      let report = try Verification<BuiltInAgents, MemorySource>.run(again, level: .v5)
      #expect(report.finding == nil)
    }
    #expect(throws: (any Error).self) { try Forks.fork(flat, at: 29, []) }
  }

  @Test func `what is no fork, and what is not whole, is refused`() throws {
    let tapes = try Self.lineage()
    #expect(throws: (any Error).self) { try Forks.flatten([tapes[0]]) }
    #expect(throws: (any Error).self) { try Forks.flatten([try Forks.flatten(tapes)]) }
    for cut in [tapes[2].count - 8, tapes[2].count / 2] {
      #expect(throws: (any Error).self) {
        try Forks.flatten([tapes[0], tapes[1], Array(tapes[2].prefix(cut))])
      }
    }
  }
}
