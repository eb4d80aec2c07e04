import Journal
import MarketModel

/// Recovery without files: 8 bytes of watermark, then a tape.
///
/// What lies below the watermark is never cut, what is cut leaves a tape that opens, and what
/// `recover` saves can be read back.
enum RecoveryTarget {
  static func run(_ input: [UInt8]) {
    var reader = ByteReader(input)
    guard let offset = try? reader.readUInt64() else { return }
    let tape = Array(input.dropFirst(8))
    let mark = Watermark(
      number: 1, offset: offset, nextSequence: 0, tick: 0, chain: .origin, frameCount: 0)
    guard let scan = try? JournalScanner.scan(MemorySource(tape), watermark: mark) else { return }
    for damage in scan.damages where damage.offset < offset && damage.verdict == .cut {
      Campaign.fail("what was synced is never cut")
    }
    for damage in scan.damages where damage.nextTick != nil && damage.verdict == .cut {
      Campaign.fail("what has an intact frame after it is never cut")
    }
    if case .torn = scan.status { demandOpen(scan, tape) }
    Campaign.uncounted { salvage(tape, input) }
  }

  private static func demandOpen(_ scan: JournalScan, _ tape: [UInt8]) {
    let cut = MemorySource(Array(tape.prefix(Int(scan.wholeLength))))
    guard scan.wholeCount > 0 else { return }
    guard let after = try? JournalScanner.scan(cut), after.status == .open,
      after.entries == Array(scan.entries.prefix(scan.wholeCount)), after.chain == scan.chain
    else { Campaign.fail("a tape whose torn end is cut off is open and otherwise the same") }
  }

  /// Does what `tapedeck recover` does, and reads the result.
  private static func salvage(_ tape: [UInt8], _ input: [UInt8]) {
    guard let reader = try? JournalReader(MemorySource(tape), level: .chain) else { return }
    var frames: [EventFrame] = []
    for entry in reader.eventEntries {
      guard let frame = try? reader.frame(entry) else { return }
      frames.append(frame)
    }
    var first: SequenceNumber = 0
    if case .fork(let origin) = reader.genesis.origin { first = origin.sharedCount }
    guard let written = TapeCheck.write(frames, reader.genesis, from: first, sealing: true),
      let saved = try? JournalReader(MemorySource(written), level: .chain)
    else { return }
    guard saved.scan.status == .sealed, saved.scan.nextSequence == reader.scan.nextSequence else {
      Campaign.fail("what was saved is sealed and has all events")
    }
    guard saved.eventEntries.count == frames.count else {
      Campaign.fail("what was saved has all frames")
    }
    for (entry, frame) in zip(saved.eventEntries, frames) {
      guard let copy = try? saved.frame(entry), copy == frame else {
        Campaign.fail("what was saved has the same frames")
      }
    }
    Campaign.demand([], equals: [], of: input, "what was saved")
  }

  static func mutate(_ input: [UInt8], _ random: inout Numbers, _ capacity: Int) -> [UInt8] {
    guard input.count > 8 else { return random.bytes(input, capacity) }
    var tape = Array(input.dropFirst(8))
    var mark = Array(input.prefix(8))
    switch random.below(6) {
    case 0: mark = random.bytes(mark, 8) + [UInt8](repeating: 0, count: 8)
    case 1: tape.removeLast(random.below(tape.count))
    case 2: tape[random.below(tape.count)] ^= 1 << UInt8(random.below(8))
    case 3:
      let start = random.below(tape.count)
      tape.removeSubrange(start..<min(start + 8 * random.below(64), tape.count))
    default: tape = TapeMutation.mutate(tape, &random, capacity, events: 4)
    }
    return Array(mark.prefix(8)) + tape
  }
}
