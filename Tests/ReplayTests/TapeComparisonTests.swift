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
