import Agents
import Counterfactual
import Foundation
import MarketModel
import Session
import Testing

/// Planted bugs, each found in a session of at least 5,000 events and shrunk to at most 20.
@Suite struct ShrinkTests {
  private static let isLong = ProcessInfo.processInfo.environment["TAPEDECK_SOAK"] != nil

  /// What came of one bug.
  private struct Result {
    var events = 0
    var before = 0
    var checks = 0
    var seconds = 0.0
  }

  /// Shrinks the first session, of several seeds, in which a bug shows; in the long campaign all
  /// of them, and returns the worst.
  private static func shrink<Roster: AgentRoster>(
    _ name: String, _ roster: Roster.Type, _ session: (UInt64) throws -> RecordedSession,
    _ fails: (SessionSketch) -> Bool
  ) throws -> Result {
    var worst: Result?
    for seed in 1...5 as ClosedRange<UInt64> where isLong || worst == nil {
      let recording = try session(seed)
      var result = Result(before: recording.eventCount)
      #expect(result.before >= 5_000)
      let clock = ContinuousClock()
      let start = clock.now
      var shrinker = SessionShrinker<Roster>(recording)
      guard shrinker.start(fails) else { continue }
      shrinker.run(fails)
      let best = try #require(shrinker.best)
      result.seconds = (clock.now - start) / .seconds(1)
      result.events = shrinker.eventCount
      result.checks = shrinker.checkCount
      #expect(fails(best), "\(name) still fails")
      print(
        "shrink \(name), seed \(seed): \(result.before) -> \(result.events) events, \(result.checks) checks, "
          + "\((result.seconds * 100).rounded() / 100) s")
      if ProcessInfo.processInfo.environment["SHRINK_SHOW"] != nil {
        for record in best.events(roster) ?? [] { print("    \(record)") }
      }
      if let known = worst {
        result.seconds = max(result.seconds, known.seconds)
        result.events = max(result.events, known.events)
      }
      worst = result
    }
    if worst == nil { Issue.record("\(name) shows in no session") }
    return worst ?? Result()
  }

  private static func expectSmall(_ result: Result) {
    #expect(result.events > 0 && result.events <= 20)
    if isLong { #expect(result.seconds <= 60) }
  }

  @Test(arguments: isLong ? PlantedBug.matching : Array(PlantedBug.matching.prefix(2)))
  func `bugs of matching shrink`(bug: PlantedBug) throws {
    Self.expectSmall(try Self.exchange(bug))
  }

  @Test(arguments: isLong ? PlantedBug.reducer : Array(PlantedBug.reducer.prefix(2)))
  func `bugs of the reducer shrink`(bug: PlantedBug) throws {
    Self.expectSmall(try Self.exchange(bug))
  }

  private static func exchange(_ bug: PlantedBug) throws -> Result {
    try shrink(
      bug.name, BuiltInAgents.self, { try BugSessions.exchange(seed: $0) },
      { sketch in
        guard let events = sketch.events(BuiltInAgents.self) else { return false }
        return bug.disagrees(sketch, events)
      })
  }

  /// The faulty build and the right one run the same session and disagree.
  private static func strategy<Base: Agent, Fault: StrategyFault>(
    _ base: Base.Type, _ fault: Fault.Type
  ) throws -> Result where Base.Memory: InventoryMemory {
    typealias Build = Either<Seat<Faulty<Base, Fault>>, BuiltInAgents>
    return try shrink(
      "\(fault) of \(base.typeName)", Build.self,
      { try BugSessions.strategies(seed: $0, Build.self) },
      { sketch in
        guard let events = sketch.events(Build.self) else { return false }
        return sketch.events(BuiltInAgents.self) != events
      })
  }

  @Test func `bugs of strategies shrink`() throws {
    Self.expectSmall(try Self.strategy(MarketMaker.self, LeansWrong.self))
    Self.expectSmall(try Self.strategy(TrendFollower.self, DoublesNow.self))
  }

  @Test(.enabled(if: isLong)) func `all ten bugs of strategies shrink`() throws {
    Self.expectSmall(try Self.strategy(MarketMaker.self, LeansWrong.self))
    Self.expectSmall(try Self.strategy(MarketMaker.self, ForgetsLimit.self))
    Self.expectSmall(try Self.strategy(MarketMaker.self, BidsTooMuch.self))
    Self.expectSmall(try Self.strategy(MarketMaker.self, ForgetsQuote.self))
    Self.expectSmall(try Self.strategy(TrendFollower.self, DoublesNow.self))
    Self.expectSmall(try Self.strategy(TrendFollower.self, BuysHigh.self))
    Self.expectSmall(try Self.strategy(TrendFollower.self, SellsTooMany.self))
    Self.expectSmall(try Self.strategy(Arbitrageur.self, SitsOut.self))
    Self.expectSmall(try Self.strategy(Arbitrageur.self, LeavesOrders.self))
    Self.expectSmall(try Self.strategy(Arbitrageur.self, ActsTwice.self))
  }
}
