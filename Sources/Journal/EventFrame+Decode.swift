public import Determinism
public import MarketModel

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
    var reader = FrameReader(raw, header, clock: clock, schemas: schemas)
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
    let bytes = frame.written(clock, schemas, reserving: raw.count)
    if bytes == raw { return }
    let same = zip(bytes, raw).prefix { $0 == $1 }.count
    throw .payload(offset: same, expected: "the shortest form")
  }
}

/// An event frame as it was read: columns, from which events are made one by one.
///
/// A class, so that it is handed on without being copied; nothing in it ever changes.
public final class DecodedFrame: Sendable {
  /// The sequence number of the first event.
  public let firstSequence: SequenceNumber
  /// Digest roots between the events.
  public let checkpoints: [Checkpoint]
  /// The digests after the last of them.
  public let digests: FrameDigests
  private let columns: FrameColumns
  private let distances: [Int64]
  private let isKnown: [Bool]

  /// How many events there are.
  public var count: Int { columns.count }

  init(_ reader: FrameReader, _ header: FrameHeader) {
    firstSequence = header.firstSequence
    checkpoints = reader.checkpoints
    digests = reader.digests
    columns = reader.columns
    distances = reader.distances
    isKnown = columns.groups.map { SchemaTable.current[$0.schema.kind] == $0.schema }
  }

  /// The payload as a writer makes it.
  fileprivate func written(
    _ clock: TickClock, _ schemas: SchemaTable, reserving size: Int
  ) -> [UInt8] {
    var columns = FrameColumns(clock: clock, schemas: schemas)
    for index in 0..<count {
      columns.append(
        self.columns.row(index), time: time(index), distance: distances[index])
    }
    var scratch = ColumnScratch()
    return columns.encode(checkpoints, digests, &scratch, reserving: size)
  }

  /// The event at a position.
  ///
  /// - Throws: `FrameFault.event` for fields that make no event, `FrameFault.payload` for a known
  ///   kind in another layout.
  public func event(_ index: Int) throws(FrameFault) -> TapeEvent {
    let group = columns.group(of: index)
    if isKnown[group] { return .known(try record(index)) }
    let row = columns.row(index)
    if let known = SchemaTable.current[row.kind] {
      throw .payload(offset: 0, expected: "the layout of \(known.name) that this build knows")
    }
    let schema = columns.groups[group].schema
    return .unknown(
      UnknownEvent(
        time: columns.time(index), cause: cause(index), schema: schema,
        words: schema.fields.indices.map { row.words[$0] }, payload: row.payload))
  }

  /// Whether the event at a position is of a kind that this build knows, in its layout.
  @inline(__always)
  public func isKnown(_ index: Int) -> Bool { isKnown[columns.group(of: index)] }

  /// The instant of an event.
  public func time(_ index: Int) -> Nanoseconds { columns.time(index) }

  /// The event at a position, which must be of a known kind.
  ///
  /// - Throws: `FrameFault.event` for fields that make no event.
  public func record(_ index: Int) throws(FrameFault) -> EventRecord {
    let event: Event
    do {
      event = try Event(columns.row(index))
    } catch {
      throw .event(index: index, error)
    }
    return EventRecord(time: columns.time(index), cause: cause(index), event: event)
  }

  @inline(__always)
  private func cause(_ index: Int) -> SequenceNumber? {
    distances[index] == 0 ? nil : firstSequence + Int64(index) - distances[index]
  }
}
