import Determinism
import MarketModel
import Testing

@testable import Journal

struct ChunkTests {
  private func update(_ tick: Tick, _ payload: [UInt8]) -> EventRecord {
    EventRecord(
      time: SampleTape.clock.start + tick * SampleTape.clock.tickLength, cause: nil,
      event: .policyUpdated(PolicyUpdated(agent: 0, tick: tick, ordinal: 0, payload: payload)))
  }

  private func chunkFrames(_ tape: SampleTape) -> Int {
    tape.frames.filter { $0.header.kind == .chunk }.count
  }

  @Test func `a value of 4 MB is stored once, though three events have it`() throws {
    var generator = TestGenerator(seed: 1)
    let word = generator.bytes(1_000)
    let value = (0..<4_000_000).map { word[$0 % 1_000] ^ UInt8(truncatingIfNeeded: $0 >> 12) }
    let records = [update(0, value), update(1, [1]), update(2, value), update(3, value)]
    let tape = SampleTape(records, perFrame: 2)
    #expect(chunkFrames(tape) == 4)
    let stored = SampleTape(records, perFrame: 2, usesCompression: false)
    #expect(stored.bytes.count < 4_010_000)
    for tape in [tape, stored] {
      #expect(tape.scan().status == .sealed)
      let reader = try JournalReader(MemorySource(tape.bytes), level: .chain)
      #expect(try reader.allEvents().map { $0.record } == records)
      #expect(reader.chunks.known == [SHA256.hash(value)])
    }
  }

  @Test(arguments: [(32 << 10, 0), ((32 << 10) + 1, 1), (33 << 10, 1), (1 << 20, 1)])
  func `a value of more than 32 KiB becomes a chunk`(size: Int, frames: Int) throws {
    var generator = TestGenerator(seed: 2)
    let records = [update(0, generator.bytes(size)), update(0, generator.bytes(3))]
    let tape = SampleTape(records, perFrame: 9)
    #expect(chunkFrames(tape) == frames)
    let reader = try JournalReader(MemorySource(tape.bytes), level: .chain)
    #expect(try reader.allEvents().map { $0.record } == records)
  }

  @Test func `a chunk in the middle of a frame does not disturb the order of ticks`() throws {
    var generator = TestGenerator(seed: 3)
    let value = generator.bytes(40_000)
    let records = [update(1, [1]), update(5, value), update(6, [2])]
    let tape = SampleTape(records, perFrame: 9)
    #expect(tape.scan().status == .sealed)
    #expect(tape.scan().damages.isEmpty)
    #expect(tape.frames.map { $0.header.firstTick } == [0, 0, 1, 6])
    let reader = try JournalReader(MemorySource(tape.bytes), level: .chain)
    #expect(try reader.allEvents().map { $0.record } == records)
  }

  @Test func `a fork does not store what its parent has`() throws {
    var generator = TestGenerator(seed: 4)
    let value = generator.bytes(40_000)
    let parent = SampleTape([update(0, value)], perFrame: 9)
    let chunks = try JournalReader(MemorySource(parent.bytes)).chunks
    var encoder = JournalEncoder(genesis: SampleTape.genesis(), knownChunks: chunks.known)
    encoder.append(update(0, value))
    encoder.seal(DigestRecord(root: 0, memoryRoot: nil), components: [], memories: [])
    let bytes = encoder.takeOutput()
    #expect(bytes.count < 10_000)
    let reader = try JournalReader(MemorySource(bytes), chunks: chunks)
    #expect(try reader.allEvents().map { $0.record } == [update(0, value)])
    let orphan = try JournalReader(MemorySource(bytes))
    #expect(throws: ReadError<Never>.self) { try orphan.allEvents() }
  }

  @Test func `parts out of order, of other sizes or other values are refused`() throws {
    var generator = TestGenerator(seed: 5)
    let tape = SampleTape([update(0, generator.bytes(2_500_000))], perFrame: 9)
    let whole = ForgedTape(tape)
    #expect(whole.frames.filter { $0.header.kind == .chunk }.count == 3)
    let changes: [(inout ForgedTape) -> Void] = [
      { $0.frames[2].raw[0] ^= 1 },
      { $0.frames[2].raw[32] ^= 1 },
      { $0.frames[2].raw[40] ^= 1 },
      { $0.frames[2].raw.removeLast() },
      { $0.frames[3].raw.append(0) },
      { $0.frames[3].raw[48] ^= 1 },
      { $0.frames[1].raw.replaceSubrange(32..<40, with: [UInt8](repeating: 0xFF, count: 8)) },
      { $0.frames[1].raw = Array($0.frames[1].raw[..<40]) },
    ]
    #expect(try JournalReader(MemorySource(whole.bytes)).chunks.known.count == 1)
    for (index, change) in changes.enumerated() {
      var forged = whole
      forged.usesCompression = false
      change(&forged)
      #expect(throws: ReadError<Never>.self, "\(index)") {
        try JournalReader(MemorySource(forged.bytes))
      }
    }
  }

  @Test func `a small value that is stored as a chunk is refused`() throws {
    let value = [UInt8](repeating: 3, count: 100)
    var part = ByteWriter()
    part.write(raw: SHA256.hash(value).bytes)
    part.write(UInt64(value.count))
    part.write(UInt64(0))
    part.write(raw: value)
    var forged = ForgedTape(SampleTape([update(0, [1])], perFrame: 9))
    let header = FrameHeader(
      kind: .chunk, firstSequence: 0, firstTick: 0, count: 0, index: 1)
    forged.frames.insert(.init(header: header, raw: part.bytes), at: 1)
    for index in 2..<forged.frames.count { forged.frames[index].header.index += 1 }
    #expect(throws: ReadError<Never>.self) { try JournalReader(MemorySource(forged.bytes)) }
  }
}
