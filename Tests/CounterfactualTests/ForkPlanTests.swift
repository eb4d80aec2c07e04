import Agents
import Counterfactual
import Journal
import Market
import MarketModel
import Replay
import Session
import SessionSupport
import Testing

@Suite struct ForkPlanTests {
  /// A head is what `info` and `compare` go by, so it must say what the events have.
  @Test func `a fork whose head says another difference than its events is not verified`() throws {
    let parent = try SmallSession.record(Forks.scenario())
    let plan = try ForkPlan<BuiltInAgents>(
      try SmallSession.open([parent]), at: 20, interventions: [.silence(agent: "Trend_01")])
    guard case .fork(let origin) = plan.genesis.origin else { return }
    func verdict(
      _ change: (inout ForkOrigin) -> Void
    ) throws -> VerificationFinding? {
      var (genesis, forged) = (plan.genesis, origin)
      change(&forged)
      genesis.origin = .fork(forged)
      let encoder = JournalEncoder(
        genesis: genesis, firstSequence: plan.session.nextSequence,
        lastTick: plan.session.state.tick)
      var recorder = JournalRecorder(encoder, output: MemoryOutput())
      recorder.seal(try plan.run(into: &recorder).state)
      return try Verification<BuiltInAgents, MemorySource>.run(
        SmallSession.open([parent, recorder.output.bytes]), level: .v2
      ).finding
    }
    #expect(try verdict { _ in } == nil)
    let other = Intervention.silence(agent: "MM_01").payload
    let changes: [(inout ForkOrigin) -> Void] = [
      { $0.interventions = [] }, { $0.interventions[0].payload = other },
      { $0.interventions.append($0.interventions[0]) }, { $0.interventions[0].code = .reseed },
      { $0.tick -= 1 }, { $0.depth = 2 },
    ]
    for (number, change) in changes.enumerated() {
      guard case .invariant? = try verdict(change) else {
        Issue.record("change \(number) of the head is not found")
        continue
      }
    }
  }

  /// While a fork is recorded its interventions may be in no frame yet.
  @Test func `nor is one whose events stand beside it still`() throws {
    let parent = try SmallSession.record(Forks.scenario())
    let plan = try ForkPlan<BuiltInAgents>(
      try SmallSession.open([parent]), at: 20, interventions: [.silence(agent: "Trend_01")])
    guard case .fork(let origin) = plan.genesis.origin else { return }
    var events = EventBuffer()
    _ = try plan.run(into: &events)
    func verdict(
      _ change: (inout ForkOrigin) -> Void
    ) throws -> VerificationFinding? {
      var (genesis, forged) = (plan.genesis, origin)
      change(&forged)
      genesis.origin = .fork(forged)
      var encoder = JournalEncoder(
        genesis: genesis, firstSequence: plan.session.nextSequence,
        lastTick: plan.session.state.tick)
      var lineage = try SmallSession.open([parent, encoder.takeOutput()])
      lineage.unfinished = events.records
      return try Verification<BuiltInAgents, MemorySource>.run(lineage, level: .v2).finding
    }
    #expect(try verdict { _ in } == nil)
    let other = Intervention.silence(agent: "MM_01").payload
    for change: (inout ForkOrigin) -> Void in [
      { $0.interventions = [] }, { $0.interventions[0].payload = other },
    ] {
      guard case .invariant? = try verdict(change) else {
        Issue.record("the head is not held against events beside the tape")
        continue
      }
    }
  }

  /// A checkpoint may stand right where a fork was cut from the middle of a frame.
  @Test func `folding frames compares as many digests as folding event by event`() throws {
    var scenario = Forks.scenario()
    scenario.digestInterval = 1
    let parent = try SmallSession.record(scenario)
    for tick in [Tick(1), 7, 20, 33] {
      let plan = try ForkPlan<BuiltInAgents>(
        try SmallSession.open([parent]), at: tick, interventions: [.silence(agent: "Trend_01")])
      var recorder = JournalRecorder(
        JournalEncoder(
          genesis: plan.genesis, firstSequence: plan.session.nextSequence,
          lastTick: plan.session.state.tick), output: MemoryOutput())
      recorder.seal(try plan.run(into: &recorder).state)
      let lineage = try SmallSession.open([parent, recorder.output.bytes])
      var frames = try Replayer<BuiltInAgents, MemorySource>(lineage)
      try frames.run()
      var events = try Replayer<BuiltInAgents, MemorySource>(lineage)
      while try events.step() != nil {}
      // The seal's are compared at the end of a run.
      #expect(frames.comparedDigests == events.comparedDigests + 1 && frames.mismatch == nil)
      let report = try Verification<BuiltInAgents, MemorySource>.run(lineage, level: .v3)
      #expect(report.finding == nil && report.digestCount == frames.comparedDigests)
    }
  }

  /// It trapped: agents were due to wake at ticks that the tape did not reach.
  @Test func `a tape that was interrupted is forked no further than it goes`() throws {
    let scenario = Forks.scenario()
    var session = try MarketSession<BuiltInAgents>(scenario: scenario)
    var recorder = JournalRecorder(
      JournalEncoder(genesis: Genesis(scenario: scenario)), output: MemoryOutput())
    while session.state.tick < 25, let turn = try session.advance(into: &recorder) {
      try session.takeTurn(turn, into: &recorder)
    }
    recorder.seal(session.state)
    let lineage = try SmallSession.open([recorder.output.bytes])
    let due = session.nextTime
    let last = scenario.clock.tick(at: try #require(due))
    for tick in [session.state.tick - 1, session.state.tick, last] {
      let plan = try ForkPlan<BuiltInAgents>(
        lineage, at: tick, interventions: [.silence(agent: "Trend_01")])
      var sink = EventBuffer()
      _ = try plan.run(into: &sink)
      #expect(!sink.records.isEmpty)
    }
    for tick in [last + 1, 50] {
      let error = #expect(throws: ForkError<Never>.self) {
        try ForkPlan<BuiltInAgents>(lineage, at: tick, interventions: [])
      }
      guard case .beyondRecorded(tick: tick, lastTick: last)? = error else {
        Issue.record("tick \(tick) was not recorded")
        continue
      }
    }
  }

  @Test(arguments: [0, 1, 7, 25, 49, 50])
  func `without an intervention a fork has its parent's events and digests`(
    tick: Tick
  ) throws {
    let parent = [try SmallSession.record(Forks.scenario())]
    for held in [[], ["MM_01"], ["MM_01", "Trend_01", "Arb_01", "Zero_01"]] {
      let child = try Forks.fork(parent, at: tick, [], held: held)
      #expect(
        try TapeComparison.compare(SmallSession.open(parent), SmallSession.open(child)).isEqual)
      var left = try Replayer<BuiltInAgents, MemorySource>(SmallSession.open(parent))
      var right = try Replayer<BuiltInAgents, MemorySource>(SmallSession.open(child))
      try left.run()
      try right.run()
      #expect(right.mismatch == nil)
      // A held agent's memory follows its own commands all the same.
      #expect(left.state.digests() == right.state.digests())
    }
  }

  @Test(arguments: [0, 3, 25, 49])
  func `with an idle agent added everybody else's events are the parent's`(tick: Tick) throws {
    let parent = [try SmallSession.record(Forks.scenario())]
    var idle = SmallSession.agent("Nobody", "idle")
    idle.firstWake = tick * 1_000_000_000
    let child = try Forks.fork(parent, at: tick, [.addAgent(idle)])
    let comparison = try TapeComparison.compare(
      SmallSession.open(parent), SmallSession.open(child), ignoring: "Nobody")
    #expect(comparison.isEqual)
    let report = try Verification<BuiltInAgents, MemorySource>.run(
      SmallSession.open(child), level: .v5)
    #expect(report.finding == nil)
  }

  @Test func `a silenced agent decides nothing any more and forks of forks verify`() throws {
    let parent = [try SmallSession.record(Forks.scenario())]
    let child = try Forks.fork(parent, at: 20, [.silence(agent: "Trend_01")])
    var commands = 0
    var cursor = try SmallSession.open(child).cursor()
    while let item = try cursor.next() {
      guard case .event(_, .known(let record)) = item, record.event.kind.isCommand,
        record.event.decidingAgent == 1, record.time >= 20_000_000_000
      else { continue }
      commands += 1
    }
    #expect(commands == 0)
    let grandchild = try Forks.fork(child, at: 30, [.reseed(77)])
    for tapes in [child, grandchild] {
      let report = try Verification<BuiltInAgents, MemorySource>.run(
        SmallSession.open(tapes), level: .v5)
      #expect(report.finding == nil)
    }
    #expect(
      try SmallSession.open(grandchild).nextSequence > SmallSession.open(parent).firstOwnSequence)
  }

  @Test func `an altered parent is refused`() throws {
    let parent = try SmallSession.record(Forks.scenario())
    let child = try Forks.fork([parent], at: 20, [])
    var other = Forks.scenario()
    other.seed = 4
    let stranger = try SmallSession.record(other)
    #expect(throws: (any Error).self) { try SmallSession.open([stranger, child[1]]) }
    // The same genesis, but an event below the fork was changed before it was written.
    var events = EventBuffer()
    var session = try MarketSession<BuiltInAgents>(scenario: Forks.scenario())
    try session.run(into: &events)
    var recorder = JournalRecorder(
      JournalEncoder(genesis: Genesis(scenario: Forks.scenario())), output: MemoryOutput())
    var altered = try MarketSession<BuiltInAgents>(scenario: Forks.scenario())
    for (index, record) in events.records.enumerated() where index < 20 {
      var record = record
      if index == 19 { record.cause = nil }
      try altered.inject(record, into: &recorder)
    }
    recorder.seal(altered.state)
    #expect(throws: (any Error).self) { try SmallSession.open([recorder.output.bytes, child[1]]) }
  }

  @Test func `impossible forks are refused with the reason`() throws {
    let lineage = try SmallSession.open([try SmallSession.record(Forks.scenario())])
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
    let child = try SmallSession.open(
      try Forks.fork([try SmallSession.record(Forks.scenario())], at: 20, []))
    #expect(throws: (any Error).self) {
      try ForkPlan<BuiltInAgents>(child, at: 19, interventions: [])
    }
  }
}
