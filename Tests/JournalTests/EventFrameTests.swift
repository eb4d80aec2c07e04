import MarketModel
import Testing

@testable import Journal

struct EventFrameTests {
  private func header(
    _ first: SequenceNumber, _ records: [EventRecord]
  ) -> FrameHeader {
    FrameHeader(
      kind: .events, firstSequence: first,
      firstTick: SampleTape.clock.tick(at: records[0].time), count: UInt32(records.count), index: 1)
  }

  private func encode(
    _ first: SequenceNumber, _ records: [EventRecord], _ generator: inout TestGenerator
  ) -> (EventFrame, [UInt8]) {
    let checkpoints = stride(from: 1, to: records.count, by: 7).map {
      Checkpoint(
        position: UInt32($0),
        digests: DigestRecord(
          root: generator.next(), memoryRoot: generator.chance(1, in: 2) ? generator.next() : nil))
    }
    let frame = EventFrame(
      firstSequence: first, events: records.map { .known($0) }, checkpoints: checkpoints,
      digests: FrameDigests(
        digests: DigestRecord(root: generator.next(), memoryRoot: nil),
        components: [generator.next()],
        memories: [.init(agent: 0, digest: generator.next()), .init(agent: 8, digest: 0)]))
    let raw = frame.encoded(clock: SampleTape.clock, schemas: .current)
    return (frame, raw ?? [])
  }

  @Test(arguments: 0..<60 as Range<UInt64>)
  func `events of all kinds come back, with causes within and before the frame`(
    seed: UInt64
  ) throws {
    let first: SequenceNumber = seed % 2 == 0 ? 0 : 1 << 40
    var samples = SampleEvents(seed: seed, clock: SampleTape.clock, first: first)
    for kind in EventKind.allCases { _ = samples.next(kind, extreme: seed % 3 == 0) }
    for _ in 0..<200 { _ = samples.next(extreme: seed % 3 == 0) }
    let (frame, raw) = encode(first, samples.records, &samples.generator)
    let decoded = try EventFrame.decode(
      raw, header(first, samples.records), clock: SampleTape.clock, schemas: .current,
      chunks: ChunkStore())
    #expect(decoded == frame)
    #expect(decoded.encoded(clock: SampleTape.clock, schemas: .current) == raw)
  }

  /// What V4 compares events by.
  @Test(arguments: 0..<20 as Range<UInt64>)
  func `an event is held to be another where any part of it differs`(seed: UInt64) throws {
    var samples = SampleEvents(seed: seed, clock: SampleTape.clock, first: 1 << 20)
    for kind in EventKind.allCases { _ = samples.next(kind, extreme: seed % 3 == 0) }
    for _ in 0..<60 { _ = samples.next(extreme: seed % 3 == 0) }
    let (_, raw) = encode(1 << 20, samples.records, &samples.generator)
    let frame = try EventFrame.read(
      raw, header(1 << 20, samples.records), clock: SampleTape.clock, schemas: .current,
      chunks: ChunkStore())
    for (index, record) in samples.records.enumerated() {
      var flat = FlatEvent()
      flat.set(record)
      #expect(frame.isKnown(index) && frame.holds(&flat, at: index))
      func differs(_ change: (inout FlatEvent) -> Void) -> Bool {
        var other = flat
        change(&other)
        return !frame.holds(&other, at: index)
      }
      #expect(differs { $0.time += 1 })
      #expect(differs { $0.cause = ($0.cause ?? 0) + 1 })
      #expect(differs { $0.row.kind ^= 1 })
      let schema = try #require(EventSchema.all.first { $0.kind == flat.row.kind })
      for field in schema.fields.indices { #expect(differs { $0.row.words[field] ^= 1 << 40 }) }
      if schema.hasPayload { #expect(differs { $0.row.payload.append(0) }) }
    }
  }

  @Test func `a frame that is cut short or has more bytes is refused`() {
    var samples = SampleEvents(seed: 3, clock: SampleTape.clock)
    for kind in EventKind.allCases { _ = samples.next(kind) }
    let (_, raw) = encode(0, samples.records, &samples.generator)
    for bytes in raw.indices.map({ Array(raw[..<$0]) }) + [raw + [0]] {
      #expect(throws: FrameFault.self) {
        try EventFrame.decode(
          bytes, header(0, samples.records), clock: SampleTape.clock, schemas: .current,
          chunks: ChunkStore())
      }
    }
  }

  @Test func `a cause before the first event or after its effect is refused`() {
    let note = Event.noteAdded(NoteAdded(payload: []))
    for (first, distance) in [(0, 1), (5, 6), (0, Int64.max), (5, -7), (5, Int64.min)]
      as [(SequenceNumber, Int64)]
    {
      let rows = [PlacedRow(time: 1_000, distance: distance, row: note.row)]
      let digests = FrameDigests(
        digests: DigestRecord(root: 0, memoryRoot: nil), components: [], memories: [])
      let raw = EventFrame.encode(
        rows, [], digests, clock: SampleTape.clock, schemas: .current)
      let record = EventRecord(time: 1_000, cause: nil, event: note)
      #expect(throws: FrameFault.self) {
        try EventFrame.decode(
          raw, header(first, [record]), clock: SampleTape.clock, schemas: .current,
          chunks: ChunkStore())
      }
    }
  }

  @Test func `time that runs back, below zero or beyond its limit is refused`() {
    let row = Event.noteAdded(NoteAdded(payload: [])).row
    for times: [Nanoseconds] in [
      [2_000, 1_999], [-1, 2_000], [2_000, Limits.maximumTime + 1], [.max, .max], [2_000, .min],
    ] {
      let rows = times.map { PlacedRow(time: $0, distance: 0, row: row) }
      let digests = FrameDigests(
        digests: DigestRecord(root: 0, memoryRoot: nil), components: [], memories: [])
      let raw = EventFrame.encode(
        rows, [], digests, clock: SampleTape.clock, schemas: .current)
      var header = FrameHeader(
        kind: .events, firstSequence: 0, firstTick: 0, count: 2, index: 1)
      header.firstTick = SampleTape.clock.tick(at: times[0])
      #expect(throws: FrameFault.self) {
        try EventFrame.decode(
          raw, header, clock: SampleTape.clock, schemas: .current, chunks: ChunkStore())
      }
    }
  }

  @Test func `the header's tick is that of the first event`() throws {
    var samples = SampleEvents(seed: 4, clock: SampleTape.clock)
    for _ in 0..<9 { _ = samples.next() }
    let (_, raw) = encode(0, samples.records, &samples.generator)
    var header = header(0, samples.records)
    header.firstTick += 1
    // Times count from the first instant of that tick: another tick is another time (and another
    // chain, which covers the header's tick).
    let frame = try EventFrame.decode(
      raw, header, clock: SampleTape.clock, schemas: .current, chunks: ChunkStore())
    #expect(frame.events[0].time == samples.records[0].time + SampleTape.clock.tickLength)
    header.firstTick = .max
    #expect(throws: FrameFault.self) {
      try EventFrame.decode(
        raw, header, clock: SampleTape.clock, schemas: .current, chunks: ChunkStore())
    }
  }
}
