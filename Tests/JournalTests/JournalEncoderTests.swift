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
    // A wake-up's row has 49 bytes: 4,013 of them reach 192 KiB.
    let records = (0..<12_000).map { wake(clock.start + Int64($0 / 10) * clock.tickLength) }
    let counts = counts(SampleTape(records, perFrame: .max))
    #expect(counts == [4_020, 4_020, 3_960])
    #expect(4_013 * 49 >= JournalEncoder.softRowSize && 4_012 * 49 < JournalEncoder.softRowSize)
  }

  @Test func `a tick that does not fit spans frames`() {
    let records = (0..<12_000).map { _ in wake(clock.start) }
    let fitting = JournalEncoder.hardRowSize / 49
    let counts = counts(SampleTape(records, perFrame: .max))
    #expect(counts == [fitting, fitting, 12_000 - 2 * fitting])
  }

  @Test func `an event that does not fit goes into the next frame`() {
    // Ten rows of 21 + 26,193 bytes are 262,140; the hard size is 262,144.
    var records = (0..<10).map { _ in note(clock.start, 26_193) }
    #expect(counts(SampleTape(records, perFrame: .max)) == [10])
    records[9] = note(clock.start, 26_198)
    #expect(counts(SampleTape(records, perFrame: .max)) == [9, 1])
  }

  @Test func `borders depend on the events alone, not on when output is taken`() {
    var samples = SampleEvents(seed: 8, clock: clock)
    for _ in 0..<9_000 { _ = samples.next() }
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
    #expect(frame.checkpoints.map { $0.position } == (1...11).map { UInt32(18 * $0) })
  }

  @Test func `a cause must precede its effect`() async {
    await #expect(processExitsWith: .failure) {
      var encoder = JournalEncoder(genesis: SampleTape.genesis())
      encoder.append(
        EventRecord(time: 1_000, cause: 0, event: .noteAdded(NoteAdded(payload: []))))
    }
  }
}
