import Agents
import Journal
import Market
import MarketModel
import Replay
import Session
import SessionSupport
import TestSupport
import Testing

@Suite struct ReplayerTests {
  @Test func `the state at any tick is the fold of the events before it`() throws {
    let lineage = try SmallSession.open([try SmallSession.record(Tapes.scenario())])
    var whole = try Replayer<BuiltInAgents, MemorySource>(lineage)
    try whole.run()
    for tick in stride(from: Tick(0), through: 60, by: 7) {
      var part = try Replayer<BuiltInAgents, MemorySource>(lineage)
      try part.advance(to: tick)
      #expect(part.state.tick < max(tick, 1))
      try part.run()
      #expect(part.state.digests() == whole.state.digests())
    }
    #expect(whole.mismatch == nil)
    #expect(whole.comparedDigests > 5)
  }

  @Test func `folding frames comes to what folding their events one by one comes to`() throws {
    let lineage = try SmallSession.open([try SmallSession.record(Tapes.scenario())])
    var frames = try Replayer<BuiltInAgents, MemorySource>(lineage)
    // Makes records, which `reduce` folds: the other folds most events where they stand.
    var events = try Replayer<BuiltInAgents, MemorySource>(lineage)
    while try events.step() != nil {
      if events.nextSequence % 37 > 1 { continue }
      try frames.advance(toSequence: events.nextSequence)
      #expect(frames.nextSequence == events.nextSequence)
      #expect(frames.state.digests() == events.state.digests())
    }
    try frames.run()
    #expect(frames.nextSequence == lineage.nextSequence)
    #expect(frames.state.digests() == events.state.digests())
    #expect(frames.mismatch == nil && events.mismatch == nil)
  }

  @Test func `every event of a tape has its position`() throws {
    let lineage = try SmallSession.open([try SmallSession.record(Tapes.scenario())])
    var cursor = lineage.cursor()
    var expected: SequenceNumber = 0
    while let item = try cursor.next() {
      guard case .event(let sequence, let event) = item else { continue }
      #expect(sequence == expected)
      if sequence % 97 == 0 { #expect(try lineage.event(at: sequence) == event) }
      expected += 1
    }
    #expect(expected == lineage.nextSequence)
    #expect(try lineage.event(at: expected) == nil)
  }

  @Test func `causes lead from a fill back to the wake-up that decided it`() throws {
    let lineage = try SmallSession.open([try SmallSession.record(Tapes.scenario())])
    var cursor = lineage.cursor()
    var found = 0
    while let item = try cursor.next() {
      guard case .event(let sequence, .known(let record)) = item,
        record.event.kind == .orderFilled
      else { continue }
      found += 1
      guard found % Effort.stride == 1 || Effort.isFull else { continue }
      let kinds = try lineage.causes(of: sequence).map { event -> EventKind? in
        guard case .known(let record) = event.1 else { return nil }
        return record.event.kind
      }
      #expect(kinds.count == 3)
      #expect(kinds.last == .agentWoken)
    }
    #expect(found > 0)
  }

  @Test func `a digest that the reducer does not reach is named with its component`() throws {
    // The same events under other opening balances: only cash can differ.
    let scenario = Tapes.scenario()
    var other = scenario
    other.agents[0].account.openingCash = 1
    let lineage = try SmallSession.open([try SmallSession.record(scenario)])
    var events = EventBuffer()
    var session = try MarketSession<BuiltInAgents>(scenario: other)
    var recorder = JournalRecorder(
      JournalEncoder(genesis: Genesis(scenario: scenario)), output: MemoryOutput())
    try session.run(into: &events)
    var altered = try MarketSession<BuiltInAgents>(scenario: other)
    for record in events.records { try altered.inject(record, into: &recorder) }
    recorder.seal(altered.state)
    var replayer = try Replayer<BuiltInAgents, MemorySource>(
      try SmallSession.open([recorder.output.bytes]))
    try replayer.run()
    #expect(replayer.mismatch?.components.isEmpty == false)
    let report = try Verification<BuiltInAgents, MemorySource>.run(
      try SmallSession.open([recorder.output.bytes]), level: .v3)
    guard case .digest(let mismatch)? = report.finding else {
      Issue.record("no digest differed")
      return
    }
    #expect(mismatch.lastMatch == 0)
    #expect(lineage.nextSequence > 0)
  }
}
