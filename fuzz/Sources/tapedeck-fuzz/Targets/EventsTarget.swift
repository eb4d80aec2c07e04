import Journal
import MarketModel

/// The decoder of one events frame: 4 bytes count, 8 bytes first tick, then the payload.
enum EventsTarget {
  /// The session that the frame is of: a tick of 1 s, causes as far back as they like.
  static let genesis = Genesis(
    semanticsRevision: 1, clock: TickClock(start: 0, tickLength: 1_000_000_000),
    digestInterval: 1024, origin: .fork(origin))

  private static let origin = ForkOrigin(
    parentId: .init(word0: 0, word1: 0, word2: 0, word3: 0), parentIdentity: nil, tick: 0,
    sharedCount: 1 << 20, parentChain: .origin,
    remainder: .init(word0: 0, word1: 0, word2: 0, word3: 0), depth: 1, held: [],
    interventions: [])

  static func run(_ input: [UInt8]) {
    guard let bytes = image(input)?.bytes,
      let reader = try? JournalReader(MemorySource(bytes), level: .framing)
    else { return }
    TapeCheck.read(reader, of: input)
  }

  static func mutate(_ input: [UInt8], _ random: inout Numbers, _ capacity: Int) -> [UInt8] {
    guard var tape = image(input), random.once(in: 2), EventMutation.mutate(&tape, &random) else {
      return random.bytes(input, capacity)
    }
    return self.input(of: tape.frames[1])
  }

  /// The input that stands for a frame.
  static func input(of frame: TapeImage.Frame) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(frame.count)
    writer.write(frame.firstTick)
    writer.write(raw: frame.raw)
    return writer.bytes
  }

  private static func image(_ input: [UInt8]) -> TapeImage? {
    var reader = ByteReader(input)
    guard let count = try? reader.readUInt32(), let tick = try? reader.readInt64(),
      let raw = try? reader.readRaw(reader.remaining)
    else { return nil }
    return TapeImage(frames: [
      TapeImage.Frame(
        kind: 1, firstSequence: 1 << 20, firstTick: 0, count: 0, raw: genesis.bytes),
      TapeImage.Frame(kind: 3, firstSequence: 0, firstTick: tick, count: count, raw: raw),
    ])
  }
}
