import Determinism
import Journal
import MarketModel
import Session

/// What stands beside and around events.
///
/// The first byte chooses: genesis, seal, watermark, unfinished events.
enum SidesTarget {
  static func run(_ input: [UInt8]) {
    guard let choice = input.first else { return }
    let content = Array(input.dropFirst())
    switch choice % 4 {
    case 0: genesis(content, input)
    case 1: seal(content, input)
    case 2: watermark(content, input)
    default: unfinished(content, input)
    }
  }

  private static func genesis(_ content: [UInt8], _ input: [UInt8]) {
    guard let genesis = try? Genesis(content) else { return }
    Campaign.demand(genesis.bytes, equals: content, of: input, "genesis")
    guard case .scenario(let bytes) = genesis.origin else { return }
    var reader = ByteReader(bytes)
    guard let scenario = try? Scenario(from: &reader), reader.remaining == 0 else { return }
    var writer = ByteWriter()
    scenario.encode(into: &writer)
    Campaign.demand(writer.bytes, equals: bytes, of: input, "scenario")
  }

  /// A seal is written again by the only code that writes seals, an encoder.
  private static func seal(_ content: [UInt8], _ input: [UInt8]) {
    var counts = ByteReader(content)
    guard let sequence = try? counts.readInt64(), (try? counts.readUInt32()) != nil,
      let tick = try? counts.readInt64()
    else { return }
    let image = TapeImage(frames: [
      TapeImage.Frame(
        kind: 1, firstSequence: sequence, firstTick: .min, count: 0,
        raw: EventsTarget.genesis.bytes),
      TapeImage.Frame(kind: 4, firstSequence: sequence, firstTick: tick, count: 0, raw: content),
    ])
    guard let scan = try? JournalScanner.scan(MemorySource(image.bytes)), let seal = scan.seal
    else { return }
    var encoder = JournalEncoder(
      genesis: EventsTarget.genesis, firstSequence: seal.nextSequence, lastTick: seal.lastTick,
      usesCompression: false)
    encoder.seal(
      seal.digests?.digests ?? DigestRecord(root: 0, memoryRoot: nil),
      components: seal.digests?.components ?? [], memories: [], isSalvaged: seal.isSalvaged)
    let read = TapeImage(image.bytes)?.frames.last?.raw ?? []
    let written = TapeImage(encoder.output)?.frames.last?.raw ?? []
    Campaign.demand(written, equals: read, of: input, "seal")
  }

  private static func watermark(_ content: [UInt8], _ input: [UInt8]) {
    guard let mark = Watermark.newest(in: content) else { return }
    let slots = [0, Watermark.slotSize].filter { $0 + 64 <= content.count }
    let read = slots.map { Array(content[$0..<$0 + 64]) }
    let written = Canary.current.spoil(Array(mark.bytes.prefix(64)), of: input)
    if !read.contains(written) { Campaign.fail("a watermark is written as it was read") }
  }

  private static func unfinished(_ content: [UInt8], _ input: [UInt8]) {
    var reader = ByteReader(content)
    guard (try? reader.readRaw(8)) != nil, let word = try? reader.readInt64() else { return }
    let first = word & .max  // the highest bit says that a sync begins here
    let unfinished = UnfinishedEvents(content, after: first)
    var written: [UInt8] = []
    for (index, record) in unfinished.records.enumerated() {
      let startsSync = startsSync(content, at: written.count)
      written += UnfinishedEvents.encode(
        record, sequence: first + Int64(index), startsSync: startsSync)
    }
    // Events that precede the first one are passed over.
    if unfinished.isTorn || unfinished.isCorrupt || written.count < content.count { return }
    Campaign.demand(written, equals: content, of: input, "unfinished events")
  }

  /// The highest bit of the sequence number of the record at an offset.
  private static func startsSync(_ content: [UInt8], at offset: Int) -> Bool {
    offset + 16 <= content.count && content[offset + 15] & 0x80 != 0
  }

  // MARK: Mutation

  static func mutate(_ input: [UInt8], _ random: inout Numbers, _ capacity: Int) -> [UInt8] {
    guard let choice = input.first, !random.once(in: 8) else {
      return random.bytes(input, capacity)
    }
    let content = Array(input.dropFirst())
    switch choice % 4 {
    case 2: return [choice] + repaired(mark: random.bytes(content, 2 * Watermark.slotSize))
    case 3: return [choice] + mutated(records: content, &random)
    default: return [choice] + random.bytes(content, capacity - 1)
    }
  }

  private static func repaired(mark content: [UInt8]) -> [UInt8] {
    var content = content
    for start in [0, Watermark.slotSize] where start + 64 <= content.count {
      var writer = ByteWriter()
      writer.write(CRC32C.checksum(Array(content[start..<start + 60])))
      content.replaceSubrange(start + 60..<start + 64, with: writer.bytes)
    }
    return content
  }

  private static func mutated(records content: [UInt8], _ random: inout Numbers) -> [UInt8] {
    var reader = ByteReader(content)
    var bodies: [[UInt8]] = []
    while let count = try? reader.readUInt32(), (try? reader.readUInt32()) != nil,
      let body = try? reader.readRaw(Int(count))
    {
      bodies.append(body)
    }
    if bodies.isEmpty { return random.bytes(content, content.count + 64) }
    let index = random.below(bodies.count)
    switch random.below(6) {
    case 0: bodies.remove(at: index)
    case 1: bodies.insert(bodies[index], at: index)
    case 2: bodies.swapAt(index, random.below(bodies.count))
    default: bodies[index] = random.bytes(bodies[index], bodies[index].count + 16)
    }
    var writer = ByteWriter()
    for body in bodies {
      writer.write(count: body.count)
      writer.write(CRC32C.checksum(body))
      writer.write(raw: body)
    }
    return writer.bytes
  }
}
