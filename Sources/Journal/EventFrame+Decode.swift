public import Determinism
import MarketModel

/// Where large values are looked up while events are decoded.
public protocol ChunkSource {
  /// The value with that hash, or nil where it is not known.
  func chunk(_ hash: Hash256) -> [UInt8]?
}

extension EventFrame {
  /// Decodes the raw payload of an event frame; nothing in it is trusted.
  ///
  /// - Throws: `FrameFault` for bytes that no encoder writes.
  static func decode(
    _ raw: [UInt8], _ header: FrameHeader, clock: TickClock, schemas: SchemaTable,
    chunks: some ChunkSource
  ) throws(FrameFault) -> EventFrame {
    let decoded = try read(raw, header, clock: clock, schemas: schemas, chunks: chunks)
    try checkForm(of: decoded, raw, clock, schemas)
    var events: [TapeEvent] = []
    events.reserveCapacity(decoded.count)
    for index in 0..<decoded.count { events.append(try decoded.event(index)) }
    return EventFrame(
      firstSequence: decoded.firstSequence, events: events, checkpoints: decoded.checkpoints,
      digests: decoded.digests)
  }
}

extension EventFrame {
  /// Reads the raw payload of an event frame into columns; nothing in it is trusted.
  ///
  /// - Throws: `FrameFault`.
  static func read(
    _ raw: [UInt8], _ header: FrameHeader, clock: TickClock, schemas: SchemaTable,
    chunks: some ChunkSource
  ) throws(FrameFault) -> DecodedFrame {
    var reader = FrameReader(raw, header, FrameGroups(clock, schemas))
    do {
      try reader.read(chunks)
    } catch {
      throw .payload(offset: error.offset, expected: error.expected)
    }
    return DecodedFrame(reader, header)
  }

  /// Refuses a payload that says the same in other bytes than a writer's, by writing it again.
  static func checkForm(
    of frame: DecodedFrame, _ raw: [UInt8], _ clock: TickClock, _ schemas: SchemaTable
  ) throws(FrameFault) {
    let bytes = frame.written(reserving: raw.count)
    if bytes == raw { return }
    let same = zip(bytes, raw).prefix { $0 == $1 }.count
    throw .payload(offset: same, expected: "the shortest form")
  }
}
