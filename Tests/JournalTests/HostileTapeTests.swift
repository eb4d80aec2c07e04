import Determinism
import MarketModel
import TestSupport
import Testing

@testable import Journal

/// Tapes whose checksums are all right and whose content is not.
struct HostileTapeTests {
  static let tape = SampleTape(seed: 5, events: 90, perFrame: 30)
  static let chunked: SampleTape = {
    var generator = TestGenerator(seed: 6)
    let value = generator.bytes(33 << 10)
    let records = (0..<6).map { index in
      EventRecord(
        time: 1_000 + index, cause: nil,
        event: .policyUpdated(
          PolicyUpdated(agent: 0, tick: 0, ordinal: 0, payload: index % 2 == 0 ? value : [1])))
    }
    return SampleTape(records, perFrame: 2)
  }()

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `altered content behind right checksums throws, or is what an encoder writes`(
    seed: UInt64
  ) {
    var generator = TestGenerator(seed: seed)
    let forged = ForgedTape(seed % 4 == 3 ? Self.chunked : Self.tape)
    var opened = 0
    for _ in 0..<Effort.of(1_000) {
      var mutant = forged
      mutant.mutate(&generator)
      guard let reader = try? JournalReader(MemorySource(mutant.bytes), level: .chain) else {
        continue
      }
      opened += 1
      for entry in reader.intactEntries {
        guard let frame = try? reader.frame(entry) else { continue }
        let again = frame.encoded(clock: reader.genesis.clock, schemas: reader.genesis.schemas)
        #expect(again == nil || again == mutant.frames[Int(entry.header.index)].raw)
      }
    }
    #expect(opened > 0)
  }

  /// Frames of two events, one of each kind in either order: each byte of them, changed to anything.
  @Test func `no order of events traps`() {
    let saved = Event.learnerSaved(LearnerSaved(agent: 0, update: 1, payload: [1]))
    let policy = Event.policyUpdated(PolicyUpdated(agent: 0, tick: 0, ordinal: 0, payload: [1]))
    let records = [policy, saved, saved, policy].enumerated().map {
      EventRecord(time: 1_000 + Int64($0.offset), cause: nil, event: $0.element)
    }
    let forged = ForgedTape(SampleTape(records, perFrame: 2))
    var refused = 0
    for frame in forged.frames.indices where forged.frames[frame].header.kind == .events {
      for place in forged.frames[frame].raw.indices {
        for value in 0...255 as ClosedRange<UInt8> {
          var mutant = forged
          mutant.frames[frame].raw[place] = value
          guard let reader = try? JournalReader(MemorySource(mutant.bytes), level: .chain) else {
            continue
          }
          for entry in reader.intactEntries where (try? reader.frame(entry)) == nil { refused += 1 }
        }
      }
    }
    #expect(refused > 1_000)
  }

  @Test(arguments: 0..<10 as Range<UInt64>)
  func `garbage after a file header never traps`(seed: UInt64) {
    var generator = TestGenerator(seed: seed)
    for _ in 0..<200 {
      var bytes = Array(Self.tape.bytes[..<64])
      for _ in 0..<generator.below(6) {
        let frames = Self.tape.frames
        if generator.chance(1, in: 2) {
          bytes += generator.bytes(generator.below(200))
        } else {
          bytes += Self.tape.frame(frames[generator.below(frames.count)])
        }
      }
      if let reader = try? JournalReader(MemorySource(bytes), level: .chain) {
        for entry in reader.intactEntries { _ = try? reader.frame(entry) }
      }
    }
  }

  // MARK: Limits

  private func header(_ change: (inout FrameHeader) -> Void) -> [UInt8] {
    var header = FrameHeader(
      kind: .events, firstSequence: 0, firstTick: 0, count: 1, index: 0)
    header.codec = .lz4
    header.rawLength = 100
    header.storedLength = 100
    change(&header)
    return header.bytes
  }

  @Test func `lengths and counts beyond their limits are refused before anything is read`() throws {
    let changes: [(inout FrameHeader) -> Void] = [
      { $0.rawLength = .max },
      { $0.rawLength = UInt32(Limits.maximumRawFrame) + 1 },
      { $0.rawLength = 255 * 100 + 65 },
      { $0.storedLength = 117 },
      { $0.storedLength = .max },
      {
        $0.codec = .store
        $0.storedLength = 99
      },
      { $0.count = UInt32(Limits.maximumFrameEvents) + 1 },
      { $0.count = .max },
      { $0.firstSequence = -1 },
      { $0.firstSequence = .max },
      { $0.firstSequence = Limits.maximumSequence + 1 },
    ]
    _ = try FrameHeader(header { _ in })
    _ = try FrameHeader(header { $0.rawLength = 255 * 100 + 64 })
    _ = try FrameHeader(header { $0.storedLength = 116 })
    for (index, change) in changes.enumerated() {
      #expect(throws: FrameFault.self, "\(index)") { try FrameHeader(header(change)) }
    }
  }

  @Test func `a payload that decompresses to another length is refused`() throws {
    let raw = [UInt8](repeating: 7, count: 5_000)
    let packed = try #require(BlockCompression.compress(raw))
    for count in [4_999, 5_001, 0, 1] as [UInt32] {
      var header = FrameHeader(
        kind: .events, firstSequence: 0, firstTick: 0, count: 1, index: 0)
      header.codec = .lz4
      header.rawLength = count
      header.storedLength = UInt32(packed.count)
      header.payloadChecksum = CRC32C.checksum(packed)
      let content = packed + [UInt8](repeating: 0, count: header.paddingLength)
      #expect(throws: FrameFault.decompression) {
        try FramePayload.check(header, content, decompressing: true)
      }
    }
  }

  @Test func `the last sequence numbers and ticks of all do not overflow`() throws {
    var forged = ForgedTape(Self.tape)
    for index in forged.frames.indices {
      forged.frames[index].header.firstSequence = Limits.maximumSequence
      forged.frames[index].header.firstTick = .max
    }
    let scan = try JournalScanner.scan(MemorySource(forged.bytes))
    #expect(scan.status == .corrupt)
    forged = ForgedTape(Self.tape)
    // After a hole nothing says which sequence number to expect.
    let hole = Int(Self.tape.frames[1].offset) + FrameHeader.size
    forged.frames[2].header.firstSequence = .max
    var bytes = forged.bytes
    bytes[hole] ^= 1
    let holed = try JournalScanner.scan(MemorySource(bytes))
    #expect(holed.damages.map { $0.frame } == [1, 2])
  }

  /// What no writer writes in a seal, found by the campaign `sides`.
  @Test func `a seal with changes of memories, without digests or of another tick is refused`() {
    let memories = FrameDigests(
      digests: DigestRecord(root: 1, memoryRoot: 2), components: [3],
      memories: [FrameDigests.AgentDigest(agent: 0, digest: 4)])
    let changes: [(inout Seal) -> Void] = [
      { $0.digests = memories }, { $0.digests = nil }, { $0.isSalvaged = true },
      { $0.lastTick += 1 },
    ]
    for change in changes {
      var forged = ForgedTape(Self.tape)
      let last = forged.frames.count - 1
      #expect(throws: Never.self) {
        var seal = try Seal(forged.frames[last].raw)
        change(&seal)
        forged.frames[last].raw = seal.bytes
        let scan = try JournalScanner.scan(MemorySource(forged.bytes))
        #expect(scan.seal == nil && scan.damages.map { $0.frame } == [last])
      }
    }
  }

  @Test func `an event frame without events is refused`() throws {
    var forged = ForgedTape(Self.tape)
    forged.frames[1].header.count = 0
    let scan = try JournalScanner.scan(MemorySource(forged.bytes))
    #expect(scan.damages.first?.frame == 1)
  }

  @Test func `many damaged frames take linear time`() throws {
    // Quadratic work over this many frames and damages would take minutes.
    let empty = ForgedTape(Self.tape).frames[4].header
    var bytes = Array(Self.tape.bytes[..<64])
    for index in 0..<20_000 as Range<UInt32> {
      var header = empty
      header.kind = .chunk
      header.index = 2 * index
      header.codec = .store
      header.storedLength = 0
      header.rawLength = 0
      header.payloadChecksum = 0
      bytes += header.bytes + [0, 0, 0, 0, 0, 0, 0, 1]
    }
    let scan = try JournalScanner.scan(MemorySource(bytes), level: .framing)
    #expect(scan.damages.count >= 20_000)
    #expect(scan.entries.count >= 19_999)
    #expect(scan.status == .corrupt)
  }
}
