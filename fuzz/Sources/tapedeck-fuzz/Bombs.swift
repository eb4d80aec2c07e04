import Journal
import MarketModel

/// Small inputs that say that they are large.
enum Bombs {
  /// Tapes of at most 1 MiB.
  static var tapes: [[UInt8]] { [manyFrames, manyEvents, largePayloads] }

  private static let digests = FrameDigests(
    digests: DigestRecord(root: 0, memoryRoot: nil), components: [], memories: [])

  /// A tape with as many empty chunk frames as fit, each of them damaged or not as it may be.
  private static var manyFrames: [UInt8] {
    let genesis = TapeImage.Frame(
      kind: 1, firstSequence: 1 << 20, firstTick: 0, count: 0, raw: EventsTarget.genesis.bytes)
    let empty = TapeImage.Frame(kind: 2, firstSequence: 0, firstTick: 0, count: 0, raw: [])
    return TapeImage(frames: [genesis] + [TapeImage.Frame](repeating: empty, count: 16_000)).bytes
  }

  /// A frame of as many equal events as it may hold, in a few bytes.
  private static var manyEvents: [UInt8] {
    tape(count: Limits.maximumFrameEvents, payload: [])
  }

  /// A frame of 4 MiB of equal payloads.
  private static var largePayloads: [UInt8] {
    tape(count: 120, payload: [UInt8](repeating: 7, count: Limits.maximumInlinePayload))
  }

  private static func tape(count: Int, payload: [UInt8]) -> [UInt8] {
    var encoder = JournalEncoder(genesis: EventsTarget.genesis, firstSequence: 1 << 20)
    var row = EventRow(kind: EventKind.noteAdded.rawValue)
    row.payload = payload
    guard let event = try? Event(row) else { return [] }
    for _ in 0..<count { encoder.append(EventRecord(time: 0, cause: nil, event: event)) }
    encoder.endFrame(digests)
    return encoder.output
  }
}
