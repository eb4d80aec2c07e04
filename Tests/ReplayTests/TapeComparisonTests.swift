import Agents
import Journal
import MarketModel
import Replay
import Session
import SessionSupport
import Testing

@Suite struct TapeComparisonTests {
  @Test func `a tape equals itself`() throws {
    let lineage = try SmallSession.open([try SmallSession.record(Tapes.scenario())])
    let comparison = try TapeComparison.compare(lineage, lineage)
    #expect(comparison.isEqual)
    #expect(comparison.equalCount == Int(lineage.nextSequence))
  }

  @Test(arguments: [0, 2, 5])
  func `an idle agent anywhere in the list changes nobody else's events`(place: Int) throws {
    let scenario = Tapes.scenario()
    var crowded = scenario
    crowded.agents.insert(Tapes.agent("Nobody", "idle"), at: place)
    let first = try SmallSession.open([try SmallSession.record(scenario)])
    let second = try SmallSession.open([try SmallSession.record(crowded)])
    #expect(try !TapeComparison.compare(first, second).isEqual)
    let others = try TapeComparison.compare(first, second, ignoring: "Nobody")
    #expect(others.isEqual)
    #expect(others.equalCount == Int(first.nextSequence))
  }

  /// With a name that nobody has all events are aligned, and nothing is let go before.
  @Test(arguments: [0, 25] as [Tick])
  func `read side by side tapes come to what all their events aligned come to`(
    tick: Tick
  ) throws {
    let scenario = Tapes.scenario()
    let parent = try SmallSession.open([try FrameForEach.record(scenario)])
    // The events of one seed, and from that tick on those of another.
    func events(_ scenario: Scenario) throws -> [EventRecord] {
      var buffer = EventBuffer()
      var session = try MarketSession<BuiltInAgents>(scenario: scenario)
      try session.run(into: &buffer)
      return buffer.records
    }
    let shared = scenario.clock.firstInstant(of: tick)
    let joined =
      try events(scenario).filter { $0.time < shared }
      + events(Tapes.scenario(seed: 2)).filter { $0.time >= shared }
    var encoder = JournalEncoder(genesis: Genesis(scenario: scenario))
    for (index, var event) in joined.enumerated() {
      if event.cause.map({ $0 >= index }) == true { event.cause = nil }
      encoder.append(event)
    }
    let none = DigestRecord(root: 0, memoryRoot: nil)
    encoder.seal(none, components: [], memories: [])
    let second = try SmallSession.open([encoder.takeOutput()])
    let beside = try TapeComparison.compare(parent, second)
    let aligned = try TapeComparison.compare(parent, second, ignoring: "nobody")
    #expect(beside.equalCount == aligned.equalCount)
    #expect(beside.changedCount == aligned.changedCount)
    #expect(beside.onlyFirstCount == aligned.onlyFirstCount)
    #expect(beside.onlySecondCount == aligned.onlySecondCount)
    #expect(beside.firstDifference == aligned.firstDifference)
    #expect(!beside.isEqual && (tick == 0 || beside.equalCount > 100))
  }

  @Test func `one changed field is found with its positions`() throws {
    let scenario = Tapes.scenario()
    var other = scenario
    other.processes[0].motion = .walk(start: 10_000_000, deviation: 51, reversion: 0)
    let first = try SmallSession.open([try SmallSession.record(scenario)])
    let second = try SmallSession.open([try SmallSession.record(other)])
    let difference = try #require(
      try TapeComparison.compare(first, second).firstDifference)
    #expect(difference.kind == .changed)
    #expect(difference.first == 0)
    #expect(difference.second == 0)
  }
}
