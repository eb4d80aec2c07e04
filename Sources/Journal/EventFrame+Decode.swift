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
    let parts: Parts
    do {
      parts = try readParts(raw, header, clock, schemas, chunks)
    } catch {
      throw .payload(offset: error.offset, expected: error.expected)
    }
    var events: [TapeEvent] = []
    events.reserveCapacity(parts.rows.count)
    for (index, placed) in parts.rows.enumerated() {
      events.append(try event(placed, index, header, schemas))
    }
    return EventFrame(
      firstSequence: header.firstSequence, events: events, checkpoints: parts.checkpoints,
      digests: parts.digests)
  }

  /// A payload taken apart, its rows not yet read as events.
  private struct Parts {
    var rows: [PlacedRow]
    var checkpoints: [Checkpoint]
    var digests: FrameDigests
  }

  private static func readParts(
    _ raw: [UInt8], _ header: FrameHeader, _ clock: TickClock, _ schemas: SchemaTable,
    _ chunks: some ChunkSource
  ) throws(ByteError) -> Parts {
    var reader = ByteReader(raw)
    let count = Int(header.count)
    let kinds = try reader.readRaw(count)
    let times = try Column.read(count, from: &reader)
    let distances = try Column.read(count, from: &reader)
    if let first = times.first, first >= 0, clock.tick(at: first) != header.firstTick {
      throw ByteError(offset: count, expected: "the tick of the frame header")
    }
    var rows: [PlacedRow] = []
    rows.reserveCapacity(count)
    for index in 0..<count {
      let sequence = header.firstSequence &+ Int64(index)  // compared, never used as an index
      guard distances[index] >= 0, distances[index] <= sequence else {
        throw ByteError(offset: reader.offset, expected: "causes before effects")
      }
      guard times[index] >= (index > 0 ? times[index - 1] : 0),
        times[index] <= Limits.maximumTime
      else { throw ByteError(offset: reader.offset, expected: "ascending instants within 2^62 ns") }
      rows.append(
        PlacedRow(
          time: times[index], distance: distances[index], row: EventRow(kind: kinds[index])))
    }
    try readGroups(&reader, &rows, kinds, clock, schemas, chunks)
    let checkpoints = try readCheckpoints(&reader, count)
    let digests = try FrameDigests(from: &reader)
    try reader.expectEnd()
    return Parts(rows: rows, checkpoints: checkpoints, digests: digests)
  }

  private static func readGroups(
    _ reader: inout ByteReader, _ rows: inout [PlacedRow], _ kinds: [UInt8], _ clock: TickClock,
    _ schemas: SchemaTable, _ chunks: some ChunkSource
  ) throws(ByteError) {
    var members = [[Int]](repeating: [], count: 256)
    for (index, kind) in kinds.enumerated() { members[Int(kind)].append(index) }
    let present = members.indices.filter { !members[$0].isEmpty }
    guard Int(try reader.readByte()) == present.count else {
      throw ByteError(offset: reader.offset - 1, expected: "a group for each kind")
    }
    for kind in present {
      let start = reader.offset
      guard Int(try reader.readByte()) == kind, let schema = schemas[UInt8(kind)] else {
        throw ByteError(offset: start, expected: "the group of kind \(kind)")
      }
      guard try reader.readByte() == schema.revision else {
        throw ByteError(offset: start + 1, expected: "revision \(schema.revision)")
      }
      let length = try reader.readCount(limit: Limits.maximumRawFrame)
      let end = reader.offset + length
      try readGroup(&reader, &rows, members[kind], schema, FieldBase(clock: clock), chunks)
      guard reader.offset == end else {
        throw ByteError(offset: start + 2, expected: "the length of the group")
      }
    }
  }

  private static func readGroup(
    _ reader: inout ByteReader, _ rows: inout [PlacedRow], _ members: [Int],
    _ schema: EventSchema, _ base: FieldBase, _ chunks: some ChunkSource
  ) throws(ByteError) {
    for (field, layout) in schema.fields.enumerated() {
      let values = try Column.read(members.count, from: &reader)
      for (position, index) in members.enumerated() {
        let origin = base.base(layout.reference, of: rows, at: index)
        // Wraps by definition: the reverse of encoding.
        rows[index].row.words[field] =
          layout.reference == .ownTick ? origin &- values[position] : values[position] &+ origin
      }
    }
    guard schema.hasPayload else { return }
    let start = reader.offset
    let sizes = try Column.read(members.count, from: &reader)
    for (position, index) in members.enumerated() {
      let size = sizes[position] >> 1
      let isChunk = sizes[position] & 1 == 1
      guard size >= 0, size <= Int64(Limits.maximumInlinePayload), !isChunk || size == 32 else {
        throw ByteError(offset: start, expected: "the size of a payload")
      }
      let bytes = try reader.readRaw(Int(size))
      if isChunk, let hash = Hash256(bytes: bytes) {
        guard let value = chunks.chunk(hash) else {
          throw ByteError(offset: start, expected: "the chunk \(hash.hexadecimal)")
        }
        rows[index].row.payload = value
      } else {
        rows[index].row.payload = bytes
      }
    }
  }

  private static func readCheckpoints(
    _ reader: inout ByteReader, _ count: Int
  ) throws(ByteError) -> [Checkpoint] {
    var checkpoints: [Checkpoint] = []
    for _ in 0..<(try reader.readCount(limit: count + 1)) {
      let start = reader.offset
      let position = try reader.readUInt32()
      let lowest = checkpoints.last.map { Int($0.position) + 1 } ?? 0
      guard Int(position) >= lowest, Int(position) <= count else {
        throw ByteError(offset: start, expected: "positions in ascending order")
      }
      checkpoints.append(
        Checkpoint(position: position, digests: try DigestRecord(from: &reader)))
    }
    return checkpoints
  }

  private static func event(
    _ placed: PlacedRow, _ index: Int, _ header: FrameHeader, _ schemas: SchemaTable
  ) throws(FrameFault) -> TapeEvent {
    let sequence = header.firstSequence + Int64(index)
    let cause = placed.distance == 0 ? nil : sequence - placed.distance
    let kind = placed.row.kind
    guard let known = SchemaTable.current[kind] else {
      guard let schema = schemas[kind] else {
        throw .payload(offset: 0, expected: "a kind that the genesis lists, not \(kind)")
      }
      let words = schema.fields.indices.map { placed.row.words[$0] }
      return .unknown(
        UnknownEvent(
          time: placed.time, cause: cause, schema: schema, words: words,
          payload: placed.row.payload))
    }
    guard schemas[kind] == known else {
      throw .payload(offset: 0, expected: "the layout of \(known.name) that this build knows")
    }
    do {
      return .known(
        EventRecord(time: placed.time, cause: cause, event: try Event(placed.row)))
    } catch {
      throw .event(index: index, error)
    }
  }
}
