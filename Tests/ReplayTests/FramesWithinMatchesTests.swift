import Agents
import Journal
import Market
import MarketModel
import Replay
import Session
import SessionSupport
import Testing

/// A tape each event of which is a frame: what a very large match does to frames of the usual size.
struct FrameForEach: EventSink {
  var encoder: JournalEncoder
  var bytes: [UInt8] = []
  /// Where each frame ends.
  var ends: [Int] = []

  mutating func wantsDigests(before event: EventShape) -> Bool { true }

  mutating func take(_ digests: SessionDigests, before event: EventShape) throws(Never) {
    encoder.endFrame(
      digests.record, components: digests.components, memories: digests.memories)
    bytes += encoder.takeOutput()
    ends.append(bytes.count)
  }

  mutating func append(
    _ record: borrowing EventRecord, sequence: SequenceNumber
  ) throws(Never) { encoder.append(record) }
}

extension FrameForEach {
  /// A finished tape of a scenario.
  static func record(_ scenario: Scenario) throws -> [UInt8] {
    var session = try MarketSession<BuiltInAgents>(scenario: scenario)
    var sink = FrameForEach(encoder: JournalEncoder(genesis: Genesis(scenario: scenario)))
    try session.run(into: &sink)
    let digests = session.state.digests()
    sink.encoder.seal(
      digests.record, components: digests.components, memories: digests.memories)
    return sink.bytes + sink.encoder.takeOutput()
  }
}

private struct Counted: KeyframeCache {
  var keepsAny: Bool { true }
  var kept: [SequenceNumber] = []

  func headers(_ tape: Int) -> [Keyframe.Header] { [] }
  func read(_ tape: Int, _ header: Keyframe.Header) -> Keyframe? { nil }
  mutating func keep(_ tape: Int, _ keyframe: Keyframe) {
    kept.append(keyframe.header.nextSequence)
  }
}

@Suite struct FramesWithinMatchesTests {
  /// Eight orders of one lot that one of eight then takes.
  private func record() throws -> FrameForEach {
    var scenario = SmallSession.scenario("sweep", seed: 1, ticks: 10)
    for name in ["Maker", "Taker"] {
      scenario.agents.append(
        AgentDescription(
          account: AccountRules(name: name, group: 0), type: AgentDescription.foreignType))
    }
    var session = try MarketSession<BuiltInAgents>(scenario: scenario)
    var sink = FrameForEach(encoder: JournalEncoder(genesis: Genesis(scenario: scenario)))
    let time: Nanoseconds = 2_000_000_000
    while let next = session.nextTime, next <= time { _ = try session.step(into: &sink) }
    func submit(_ agent: AgentIndex, _ side: Side, _ quantity: Lots) throws {
      let terms = OrderTerms(
        instrument: 0, side: side, type: .limit, timeInForce: .goodTillCancelled, price: 10_000,
        quantity: quantity)
      _ = try session.submit(.placeOrder(terms), by: agent, at: time, into: &sink)
    }
    for _ in 0..<8 { try submit(0, .sell, 1) }
    try submit(1, .buy, 8)
    try session.run(into: &sink)
    let digests = session.state.digests()
    sink.encoder.seal(
      digests.record, components: digests.components, memories: digests.memories)
    sink.bytes += sink.encoder.takeOutput()
    return sink
  }

  @Test func `states are kept and compared between matches only`() throws {
    let tape = try record()
    let lineage = try SmallSession.open([tape.bytes])
    let report = try Verification<BuiltInAgents, MemorySource>.run(lineage, level: .v5)
    #expect(report.finding == nil)
    var replayer = try Replayer<BuiltInAgents, MemorySource>(lineage)
    var cache = Counted()
    try replayer.advance(to: 10, keeping: &cache, every: 1)
    #expect(replayer.mismatch == nil)
    // Of the nine states around the eight fills, those before the last are within the match.
    let events = Int(lineage.nextSequence)
    #expect(cache.kept.count >= 20 && cache.kept.count <= events - 8)
  }

  @Test func `a tape that ends within a match verifies as far as it goes`() throws {
    let tape = try record()
    for end in tape.ends {
      let lineage = try SmallSession.open([Array(tape.bytes[..<end])])
      let report = try Verification<BuiltInAgents, MemorySource>.run(lineage, level: .v5)
      #expect(report.finding == nil, "the first \(end) bytes")
    }
  }
}
