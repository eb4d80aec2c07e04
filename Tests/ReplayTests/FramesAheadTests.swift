import Agents
import Journal
import Market
import MarketModel
import Replay
import Session
import SessionSupport
import Synchronization
import Testing

/// A tape in memory, some bytes of which cannot be read.
private struct BrokenSource: ByteSource {
  struct Failure: Error, Equatable {}

  var bytes: MemorySource
  var broken: Range<UInt64>

  func size() throws(Failure) -> UInt64 { bytes.size() }

  func read(at offset: UInt64, count: Int) throws(Failure) -> [UInt8] {
    if (offset..<offset + UInt64(count)).overlaps(broken) { throw Failure() }
    return bytes.read(at: offset, count: count)
  }
}

/// Frames that are begun before they are needed: what comes of them, and of damage, is the same.
@Suite struct FramesAheadTests {
  /// A session each event of which is a frame.
  private let tape: [UInt8]

  init() throws {
    var scenario = SmallSession.scenario("ahead", seed: 3, ticks: 12)
    scenario.agents = SmallSession.fourTypes.map { SmallSession.agent($0.0, $0.1) }
    tape = try FrameForEach.record(scenario)
  }

  /// Replays a tape, and returns how many frames were begun.
  private func replay(
    _ lineage: Lineage<MemorySource>, inReverse: Bool
  ) throws -> (SessionDigests, Int) {
    var lineage = lineage
    let begun = Atomic(0)
    lineage.begin = { decoding in
      begun.wrappingAdd(1, ordering: .relaxed)
      if inReverse { return decoding }
      let result = decoding()
      return { result }
    }
    var replayer = try Replayer<BuiltInAgents, MemorySource>(lineage, checksForm: true)
    try replayer.run()
    #expect(replayer.mismatch == nil && replayer.nextSequence == lineage.nextSequence)
    return (replayer.state.digests(), begun.load(ordering: .relaxed))
  }

  @Test func `a scan that starts at an event begins with its frame`() throws {
    let lineage = try SmallSession.open([tape])
    for start in 0...lineage.nextSequence + 2 {
      var (scan, event) = (EventScan(lineage, at: start), FlatEvent())
      let first = try #require(try scan.next(into: &event))
      #expect(first == min(start, lineage.nextSequence - 1))
      var count = first + 1
      while try scan.next(into: &event) == count { count += 1 }
      #expect(count == lineage.nextSequence)
    }
  }

  @Test func `a replay comes to the same, and begins every frame once but the first`() throws {
    let lineage = try SmallSession.open([tape])
    var plain = try Replayer<BuiltInAgents, MemorySource>(lineage)
    try plain.run()
    for inReverse in [false, true] {
      let (digests, begun) = try replay(lineage, inReverse: inReverse)
      #expect(digests == plain.state.digests())
      #expect(begun == lineage.tape.eventEntries.count - 1)
    }
    #expect(lineage.tape.eventEntries.count > 100)
  }

  @Test func `a search that stops, and copies, go on where they are`() throws {
    var lineage = try SmallSession.open([tape])
    lineage.begin = { decoding in
      let result = decoding()
      return { result }
    }
    var whole = try Replayer<BuiltInAgents, MemorySource>(lineage)
    for tick in [Tick(3), 4, 9] {
      try whole.advance(to: tick)
      var copy = whole
      try copy.run()
      #expect(copy.mismatch == nil && copy.nextSequence == lineage.nextSequence)
    }
    try whole.run()
    #expect(whole.nextSequence == lineage.nextSequence)
  }

  @Test func `a damaged frame is named when it is its turn, again and again`() throws {
    // Damaged after the scan, which would have found it.
    let scan = try SmallSession.open([tape]).tape.scan
    let entries = try SmallSession.open([tape]).tape.eventEntries
    for number in [1, 2, 5, 40] {
      var damaged = tape
      damaged[Int(entries[number].offset) + FrameHeader.size] ^= 1
      var lineage = try Lineage([try JournalReader(MemorySource(damaged), scan)])
      for isAhead in [false, true] {
        if isAhead { lineage.begin = { $0 } }
        var replayer = try Replayer<BuiltInAgents, MemorySource>(lineage)
        for _ in 0..<2 {
          do throws(ReplayError<Never>) {
            try replayer.run()
            Issue.record("frame \(number) was read")
          } catch {
            guard case .read(tape: 0, .journal(.frame(index: let index, _, _))) = error else {
              Issue.record("\(error)")
              continue
            }
            #expect(index == Int(entries[number].header.index))
          }
          #expect(replayer.nextSequence == entries[number].header.firstSequence)
        }
      }
    }
  }

  @Test func `so is one that cannot be read`() throws {
    let entries = try SmallSession.open([tape]).tape.eventEntries
    let start = entries[7].offset + UInt64(FrameHeader.size)
    let reader = try JournalReader(
      BrokenSource(bytes: MemorySource(tape), broken: 0..<0), level: .framing)
    let broken = BrokenSource(bytes: MemorySource(tape), broken: start..<start + 1)
    var lineage = try Lineage([try JournalReader(broken, reader.scan)])
    lineage.begin = { $0 }
    var replayer = try Replayer<BuiltInAgents, BrokenSource>(lineage)
    do throws(ReplayError<BrokenSource.Failure>) {
      try replayer.run()
      Issue.record("it was read")
    } catch {
      guard case .read(tape: 0, .source) = error else {
        Issue.record("\(error)")
        return
      }
    }
    #expect(replayer.nextSequence == entries[7].header.firstSequence)
  }
}
