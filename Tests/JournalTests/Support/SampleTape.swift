import Determinism
import MarketModel

@testable import Journal

/// A small tape, what went into it, and where its frames are.
struct SampleTape {
  static let clock = TickClock(start: 1_000, tickLength: 1_000_000)

  var genesis: Genesis
  var records: [EventRecord] = []
  var bytes: [UInt8]
  var progress: [WriteProgress] = []

  static func genesis(_ scenario: [UInt8] = Array("a scenario".utf8)) -> Genesis {
    Genesis(
      semanticsRevision: 1, clock: clock, digestInterval: 16, origin: .scenario(scenario))
  }

  init(
    seed: UInt64, events: Int, perFrame: Int, isSealed: Bool = true, usesCompression: Bool = true,
    genesis: Genesis = genesis(), firstSequence: SequenceNumber = 0
  ) {
    var samples = SampleEvents(seed: seed, clock: genesis.clock, first: firstSequence)
    for _ in 0..<events { _ = samples.next() }
    self.init(
      samples.records, perFrame: perFrame, isSealed: isSealed, usesCompression: usesCompression,
      genesis: genesis, firstSequence: firstSequence)
  }

  init(
    _ records: [EventRecord], perFrame: Int, isSealed: Bool = true, usesCompression: Bool = true,
    genesis: Genesis = genesis(), firstSequence: SequenceNumber = 0
  ) {
    var encoder = JournalEncoder(
      genesis: genesis, firstSequence: firstSequence, usesCompression: usesCompression)
    var state = TestGenerator(seed: 1)
    self.genesis = genesis
    self.records = records
    bytes = encoder.takeOutput()
    progress.append(encoder.progress)
    for (index, record) in records.enumerated() {
      switch encoder.need(before: record) {
      case .none: break
      case .checkpoint:
        encoder.checkpoint(DigestRecord(root: state.next(), memoryRoot: state.next()))
      case .frameEnd: Self.end(&encoder, &state)
      }
      encoder.append(record)
      if index % perFrame == perFrame - 1 { Self.end(&encoder, &state) }
      bytes += encoder.takeOutput()
      progress.append(encoder.progress)
    }
    if isSealed {
      encoder.seal(
        DigestRecord(root: state.next(), memoryRoot: nil), components: [1, 2, 3],
        memories: [7, nil, 9])
    } else {
      Self.end(&encoder, &state)
    }
    bytes += encoder.takeOutput()
    progress.append(encoder.progress)
  }

  private static func end(_ encoder: inout JournalEncoder, _ state: inout TestGenerator) {
    encoder.endFrame(
      DigestRecord(root: state.next(), memoryRoot: nil), components: [state.next(), 2, 3],
      memories: [state.next(), nil, 9])
  }

  /// All frames: where they begin, their header, their stored payload.
  var frames: [JournalScan.Entry] { scan().entries }

  func scan(
    _ level: JournalScan.Level = .chain, watermark: Watermark? = nil
  ) -> JournalScan {
    do {
      return try JournalScanner.scan(MemorySource(bytes), watermark: watermark, level: level)
    } catch {
      fatalError("\(error)")
    }
  }

  /// A watermark after the first `count` frames.
  func watermark(after count: Int) -> Watermark {
    let entry = frames[count - 1]
    return Watermark(
      number: 1, offset: entry.offset + entry.header.frameLength,
      nextSequence: entry.header.firstSequence + Int64(entry.header.count),
      tick: entry.header.firstTick, chain: entry.header.chain, frameCount: UInt32(count))
  }

  /// The frame as bytes.
  func frame(_ entry: JournalScan.Entry) -> [UInt8] {
    Array(bytes[Int(entry.offset)..<Int(entry.offset + entry.header.frameLength)])
  }
}

extension JournalReader {
  /// All events of the whole frames.
  func allEvents() throws -> [TapeEvent] {
    try eventEntries.flatMap { try frame($0).events }
  }
}

extension TapeEvent {
  var record: EventRecord? {
    if case .known(let record) = self { return record }
    return nil
  }
}

extension EventFrame {
  /// The payload that an encoder makes of this frame; nil where a kind is unknown.
  func encoded(clock: TickClock, schemas: SchemaTable) -> [UInt8]? {
    var rows: [PlacedRow] = []
    for (index, event) in events.enumerated() {
      guard let record = event.record else { return nil }
      let sequence = firstSequence + Int64(index)
      rows.append(
        PlacedRow(
          time: record.time, distance: record.cause.map { sequence - $0 } ?? 0,
          row: record.event.row))
    }
    return Self.encode(rows, checkpoints, digests, clock: clock, schemas: schemas)
  }
}
