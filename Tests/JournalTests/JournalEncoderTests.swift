import Determinism
import MarketModel
import Testing

@testable import Journal

struct JournalEncoderTests {
  private func wake(_ time: Nanoseconds) -> EventRecord {
    EventRecord(
      time: time, cause: nil,
      event: .agentWoken(AgentWoken(agent: 0, tick: 0, ordinal: 0, delay: -1)))
  }

  private func note(_ time: Nanoseconds, _ size: Int) -> EventRecord {
    EventRecord(
      time: time, cause: nil,
      event: .noteAdded(NoteAdded(payload: [UInt8](repeating: 1, count: size))))
  }

  private func counts(_ tape: SampleTape) -> [Int] {
    tape.frames.filter { $0.header.kind == .events }.map { Int($0.header.count) }
  }

  private let clock = SampleTape.clock

  @Test func `a frame ends with the tick once its rows reach the soft size`() {
    // A note's row of 31 bytes of text has 52: 15,124 of them reach 768 KiB.
    let records = (0..<40_000).map { note(clock.start + Int64($0 / 10) * clock.tickLength, 31) }
    let counts = counts(SampleTape(records, perFrame: .max))
    #expect(counts == [15_130, 15_130, 9_740])
    #expect(15_124 * 52 >= JournalEncoder.softRowSize && 15_123 * 52 < JournalEncoder.softRowSize)
  }

  @Test func `a tick that does not fit spans frames`() {
    let records = (0..<30_000).map { _ in note(clock.start, 60) }
    let fitting = JournalEncoder.hardRowSize / 81
    let counts = counts(SampleTape(records, perFrame: .max))
    #expect(counts == [fitting, fitting, 30_000 - 2 * fitting])
  }

  @Test func `a frame has no more than 16,384 events`() {
    let records = (0..<20_000).map { _ in wake(clock.start) }
    #expect(counts(SampleTape(records, perFrame: .max)) == [16_384, 3_616])
  }

  @Test func `an event that does not fit goes into the next frame`() {
    // Forty rows of 21 + 26,193 bytes are 1,048,560; the hard size is 1,048,576.
    var records = (0..<40).map { _ in note(clock.start, 26_193) }
    #expect(counts(SampleTape(records, perFrame: .max)) == [40])
    records[39] = note(clock.start, 26_210)
    #expect(counts(SampleTape(records, perFrame: .max)) == [39, 1])
  }

  @Test func `borders depend on the events alone, not on when output is taken`() {
    var samples = SampleEvents(seed: 8, clock: clock)
    for _ in 0..<30_000 { _ = samples.next() }
    let tape = SampleTape(samples.records, perFrame: .max)
    var encoder = JournalEncoder(genesis: tape.genesis)
    for record in samples.records {
      if encoder.need(before: record) == .frameEnd {
        encoder.endFrame(DigestRecord(root: 0, memoryRoot: nil), components: [], memories: [])
      }
      encoder.append(record)
    }
    encoder.seal(DigestRecord(root: 0, memoryRoot: nil), components: [], memories: [])
    var other = tape
    other.bytes = encoder.takeOutput()
    #expect(counts(other) == counts(tape))
    #expect(counts(tape).count > 2)
  }

  @Test func `the chain does not depend on the codec`() throws {
    let packed = SampleTape(seed: 3, events: 300, perFrame: 50)
    let stored = SampleTape(seed: 3, events: 300, perFrame: 50, usesCompression: false)
    #expect(packed.bytes != stored.bytes)
    #expect(packed.frames.map { $0.header.chain } == stored.frames.map { $0.header.chain })
    let first = try JournalReader(MemorySource(packed.bytes)).allEvents()
    let second = try JournalReader(MemorySource(stored.bytes)).allEvents()
    #expect(first == second)
    #expect(first.map { $0.record } == packed.records)
  }

  @Test func `recording again gives the same bytes`() {
    let tapes = (0..<2).map { _ in SampleTape(seed: 11, events: 200, perFrame: 64) }
    #expect(tapes[0].bytes == tapes[1].bytes)
  }

  @Test func `progress names the latest event of the finished frames`() {
    let tape = SampleTape(seed: 12, events: 100, perFrame: 30)
    for progress in tape.progress.dropFirst() where progress.nextSequence > 0 {
      let last = tape.records[Int(progress.nextSequence) - 1]
      #expect(progress.tick == clock.tick(at: last.time))
    }
  }

  @Test func `digest roots stand at tick ends, an interval apart`() throws {
    let records = (0..<200).map { wake(clock.start + Int64($0 / 3) * clock.tickLength) }
    let tape = SampleTape(records, perFrame: .max)
    let reader = try JournalReader(MemorySource(tape.bytes))
    let frame = try reader.frame(reader.eventEntries[0])
    // The interval is 16: the first tick end after 16 events, and so on.
    let ends: [UInt32] = (1...11).map { 18 * $0 }
    #expect(frame.checkpoints.map { $0.position } == ends)
  }

  @Test func `a cause must precede its effect`() async {
    await #expect(processExitsWith: .failure) {
      var encoder = JournalEncoder(genesis: SampleTape.genesis())
      encoder.append(
        EventRecord(time: 1_000, cause: 0, event: .noteAdded(NoteAdded(payload: []))))
    }
  }
}
