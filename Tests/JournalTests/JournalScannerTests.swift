import TestSupport
import Testing

@testable import Journal

struct JournalScannerTests {
  /// About 18 KB in some twenty frames, with a watermark in the middle.
  private static let sealed = SampleTape(seed: 1, events: 520, perFrame: 26)
  private static let open = SampleTape(seed: 2, events: 520, perFrame: 26, isSealed: false)

  @Test func `the samples are whole`() {
    #expect(Self.sealed.bytes.count > 9_000 && Self.sealed.bytes.count < 24_000)
    #expect(Self.sealed.scan().status == .sealed)
    #expect(Self.open.scan().status == .open)
    #expect(Self.sealed.frames.count == 22)
  }

  @Test(arguments: [true, false], [true, false])
  func `every single-bit flip is found, in the frame where it is`(
    isSealed: Bool, hasWatermark: Bool
  ) {
    var campaign = DamageCampaign(isSealed ? Self.sealed : Self.open)
    if hasWatermark { campaign.watermark = campaign.tape.watermark(after: 11) }
    let count = campaign.tape.bytes.count * 8
    // With a watermark nothing but the verdict differs: one bit of each byte is enough.
    let bits = hasWatermark || !isSealed || !Effort.isFull ? 1 : 8
    for byte in 0..<count / 8 {
      for bit in 0..<bits { campaign.flip(byte * 8 + (bit + byte) % 8) }
    }
    #expect(campaign.failures == [])
    #expect(campaign.count == bits * campaign.tape.bytes.count)
  }

  @Test func `a frame on its way is no damage while a writer is at work, and rot is`() throws {
    let end = Int(Self.open.frames[4].offset)
    for missing in [1, 40, 70] {
      let source = MemorySource(Array(Self.open.bytes[..<(end - missing)]))
      let scan = try JournalScanner.scan(source, isBeingWritten: true)
      #expect(scan.status == .open && scan.damages == [])
      #expect(scan.wholeLength == Self.open.frames[3].offset)
      #expect(try JournalScanner.scan(source).status == .torn(isCertain: false))
    }
    var rotten = Array(Self.open.bytes[..<end])
    rotten[end - 20] ^= 1
    #expect(try JournalScanner.scan(MemorySource(rotten), isBeingWritten: true).status == .corrupt)
  }

  @Test(arguments: [true, false], [true, false])
  func `every truncation leaves the whole frames, with an exact status`(
    isSealed: Bool, hasWatermark: Bool
  ) {
    var campaign = DamageCampaign(isSealed ? Self.sealed : Self.open)
    if hasWatermark { campaign.watermark = campaign.tape.watermark(after: 11) }
    for length in campaign.tape.bytes.indices { campaign.truncate(length) }
    #expect(campaign.failures == [])
  }

  @Test(arguments: [4, 64, 512], [true, false])
  func `every zeroed window is found, in the frames where it is`(
    window: Int, hasWatermark: Bool
  ) {
    var campaign = DamageCampaign(Self.sealed)
    if hasWatermark { campaign.watermark = campaign.tape.watermark(after: 11) }
    for start in stride(from: 0, to: campaign.tape.bytes.count, by: window) {
      campaign.zero(start, window)
    }
    #expect(campaign.failures == [])
    #expect(campaign.count > 0)
  }

  @Test func `all other frames stay readable and equal`() throws {
    let tape = Self.sealed
    let reader = try JournalReader(MemorySource(tape.bytes))
    let whole = try reader.eventEntries.map { try reader.frame($0) }
    let second = Int(tape.frames[1].offset)
    for position in stride(from: second * 8, to: tape.bytes.count * 8, by: 2_011) {
      var bytes = tape.bytes
      bytes[position / 8] ^= 1 << UInt8(position % 8)
      let damaged = try JournalReader(MemorySource(bytes), level: .chain)
      let lost = damaged.scan.damages[0].frame
      #expect(damaged.scan.status == .corrupt)
      #expect(damaged.scan.wholeCount == lost)
      for entry in damaged.intactEntries {
        #expect(try damaged.frame(entry) == whole[Int(entry.header.index) - 1])
      }
      #expect(damaged.intactEntries.count + (lost == 21 ? 0 : 1) == whole.count)
    }
  }

  // MARK: Whole frames in the wrong place

  private func scan(_ order: [Int], of tape: SampleTape = sealed) throws -> JournalScan {
    let frames = tape.frames
    let bytes = order.reduce(into: Array(tape.bytes[..<64])) { $0 += tape.frame(frames[$1]) }
    return try JournalScanner.scan(MemorySource(bytes))
  }

  @Test(arguments: 0..<21)
  func `a dropped frame is named, and those after it are kept`(dropped: Int) throws {
    let scan = try scan((0..<22).filter { $0 != dropped })
    #expect(scan.status == .corrupt)
    #expect(scan.damages.map { $0.frame } == [dropped])
    #expect(scan.damages[0].offset == Self.sealed.frames[dropped].offset)
    #expect(scan.entries.map { Int($0.header.index) } == (0..<22).filter { $0 != dropped })
    #expect(scan.wholeCount == dropped)
  }

  @Test(arguments: 0..<21)
  func `a repeated frame is named, and those after it are kept`(repeated: Int) throws {
    let scan = try scan((0..<22).flatMap { $0 == repeated ? [$0, $0] : [$0] })
    #expect(scan.status == .corrupt)
    #expect(scan.damages.count == 1)
    #expect(scan.entries.map { Int($0.header.index) } == Array(0..<22))
    #expect(scan.wholeCount == repeated + 1)
  }

  @Test(arguments: 0..<21)
  func `two frames in the wrong order are named, and all others are kept`(first: Int) throws {
    var order = Array(0..<22)
    order.swapAt(first, first + 1)
    let scan = try scan(order)
    #expect(scan.status == .corrupt)
    #expect(scan.damages.first?.frame == first)
    #expect(scan.wholeCount == first)
    let kept = scan.entries.map { Int($0.header.index) }
    #expect(kept == (0..<22).filter { $0 != first })
  }

  @Test func `a frame of another tape breaks the chain`() throws {
    let other = SampleTape(seed: 1, events: 520, perFrame: 26, genesis: Self.anotherGenesis)
    let own = Self.sealed.frames
    var bytes = Self.sealed.bytes
    let start = Int(own[5].offset)
    let foreign = other.frame(other.frames[5])
    #expect(foreign.count == Self.sealed.frame(own[5]).count)
    bytes.replaceSubrange(start..<start + foreign.count, with: foreign)
    let scan = try JournalScanner.scan(MemorySource(bytes))
    #expect(scan.damages.map { $0.frame } == [5])
    #expect(scan.damages.first?.fault == .chain)
    #expect(scan.entries.count == 21)
  }

  private static let anotherGenesis = SampleTape.genesis(Array("b scenario".utf8))

  @Test func `bytes missing within the last frames do not pass for a torn end`() throws {
    let frames = Self.sealed.frames
    var bytes = Self.sealed.bytes
    let start = Int(frames[19].offset) + 64
    bytes.removeSubrange(start..<start + (Int(frames[19].header.storedLength) & ~7))
    let scan = try JournalScanner.scan(MemorySource(bytes))
    #expect(scan.status == .corrupt)
    #expect(scan.damages.first?.frame == 19)
  }

  @Test func `a frame that is too long for the file does not hide those after it`() throws {
    var forged = ForgedTape(Self.sealed)
    forged.usesCompression = false
    var bytes = forged.bytes
    let scan = try JournalScanner.scan(MemorySource(bytes))
    let entry = scan.entries[10]
    var header = entry.header
    header.rawLength = 1 << 20
    header.storedLength = 1 << 20
    let start = Int(entry.offset)
    bytes.replaceSubrange(start..<start + 64, with: header.bytes)
    let damaged = try JournalScanner.scan(MemorySource(bytes))
    #expect(damaged.status == .corrupt)
    #expect(damaged.damages.map { $0.frame } == [10])
    #expect(damaged.entries.count == 21)
  }

  @Test func `bytes after the seal are damage`() throws {
    for tail: [UInt8] in [[0], [1, 2, 3], [UInt8](repeating: 0, count: 4096)] {
      let scan = try JournalScanner.scan(MemorySource(Self.sealed.bytes + tail))
      #expect(scan.status == .corrupt)
      #expect(scan.entries.count == 22)
      #expect(scan.seal != nil)
    }
  }

  @Test func `a tail of zeros after the watermark is torn`() throws {
    let tape = Self.open
    let mark = tape.watermark(after: 21)
    for count in [1, 63, 64, 4096] {
      let bytes = tape.bytes + [UInt8](repeating: 0, count: count)
      let scan = try JournalScanner.scan(MemorySource(bytes), watermark: mark)
      #expect(scan.status == .torn(isCertain: true))
      #expect(scan.wholeLength == UInt64(tape.bytes.count))
    }
  }

  @Test func `a file header that is no tape's is refused`() {
    for bytes: [UInt8] in [[], [1], Array("hello".utf8), [UInt8](repeating: 0, count: 64)] {
      #expect(throws: ReadError<Never>.self) { try JournalScanner.scan(MemorySource(bytes)) }
    }
  }
}
