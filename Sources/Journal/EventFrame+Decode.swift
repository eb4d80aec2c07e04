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

/// An event frame as it was read: rows, from which events are made one by one.
///
/// A class, so that it is handed on without being copied; nothing in it ever changes.
public final class DecodedFrame: Sendable {
  /// The sequence number of the first event.
  public let firstSequence: SequenceNumber
  /// Digest roots between the events.
  public let checkpoints: [Checkpoint]
  /// The digests after the last of them.
  public let digests: FrameDigests
  private let rows: FrameRows
  /// By kind.
  private let isKnown: [Bool]

  /// How many events there are.
  public var count: Int { rows.count }

  init(_ reader: FrameReader, _ header: FrameHeader) {
    firstSequence = header.firstSequence
    checkpoints = reader.checkpoints
    digests = reader.digests
    rows = reader.rows
    let schemas = reader.rows.groups.schemas
    isKnown = (0...255).map { kind in
      SchemaTable.current[kind].map { schemas.contains($0) } ?? false
    }
  }

  /// The payload as a writer makes it.
  fileprivate func written(reserving size: Int) -> [UInt8] {
    var scratch = FrameScratch()
    return rows.encode(checkpoints, digests, &scratch, reserving: size)
  }

  /// The event at a position.
  ///
  /// - Throws: `FrameFault.event` for fields that make no event, `FrameFault.payload` for a known
  ///   kind in another layout.
  public func event(_ index: Int) throws(FrameFault) -> TapeEvent {
    if isKnown(index) { return .known(try record(index)) }
    let row = rows.row(index)
    if let known = SchemaTable.current[row.kind] {
      throw .payload(offset: 0, expected: "the layout of \(known.name) that this build knows")
    }
    let schema = rows.groups.schemas[Int(rows.groups.ofKind[Int(row.kind)])]
    return .unknown(
      UnknownEvent(
        time: time(index), cause: cause(index), schema: schema,
        words: schema.fields.indices.map { row.words[$0] }, payload: row.payload))
  }

  /// Whether the event at a position is of a kind that this build knows, in its layout.
  @inline(__always)
  public func isKnown(_ index: Int) -> Bool { isKnown[Int(rows.heads[index].kind)] }

  /// The instant of an event.
  public func time(_ index: Int) -> Nanoseconds { rows.heads[index].time }

  /// The kind of an event, as a raw value.
  public func kind(_ index: Int) -> UInt8 { rows.heads[index].kind }

  /// The first field of an event; 0 where its kind has none.
  public func firstField(_ index: Int) -> Int64 {
    let head = rows.heads[index]
    return rows.groups.fieldCounts[Int(head.kind)] > 0 ? rows.words[Int(head.start)] : 0
  }

  /// Whether the event at a position is `event`, field by field; `inout` only to be cheap.
  ///
  /// - Precondition: the event at the position is of a known kind.
  public func holds(_ event: inout FlatEvent, at index: Int) -> Bool {
    let head = rows.heads[index]
    guard head.kind == event.row.kind, head.time == event.time, cause(index) == event.cause
    else { return false }
    return rows.holds(&event.row, at: index)
  }

  /// Puts the event at a position into a flat one; its fields are not checked.
  public func load(_ index: Int, into event: inout FlatEvent) {
    rows.load(index, into: &event.row)
    event.time = rows.heads[index].time
    event.cause = cause(index)
  }

  /// The event at a position, which must be of a known kind.
  ///
  /// - Throws: `FrameFault.event` for fields that make no event.
  public func record(_ index: Int) throws(FrameFault) -> EventRecord {
    let event: Event
    do {
      event = try Event(rows.row(index))
    } catch {
      throw .event(index: index, error)
    }
    return EventRecord(time: time(index), cause: cause(index), event: event)
  }

  @inline(__always)
  private func cause(_ index: Int) -> SequenceNumber? {
    let distance = rows.heads[index].distance
    return distance == 0 ? nil : firstSequence + Int64(index) - distance
  }
}
