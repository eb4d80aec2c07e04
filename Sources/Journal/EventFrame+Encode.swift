import Determinism
import MarketModel

/// A payload as a frame stores it: itself, or the hash of a chunk.
struct StoredPayload {
  var bytes: [UInt8]
  var isChunk: Bool
}

extension EventFrame {
  /// The raw payload of an event frame; FORMAT.md lists it byte by byte.
  static func encode(
    _ rows: [PlacedRow], _ checkpoints: [Checkpoint], _ digests: FrameDigests, clock: TickClock,
    schemas: SchemaTable
  ) -> [UInt8] {
    var writer = ByteWriter()
    for placed in rows { writer.write(placed.row.kind) }
    Column.write(rows.map { $0.time }, into: &writer)
    Column.write(rows.map { $0.distance }, into: &writer)
    let kinds = schemas.all.filter { schema in rows.contains { $0.row.kind == schema.kind } }
    writer.write(UInt8(kinds.count))
    for schema in kinds {
      let members = rows.indices.filter { rows[$0].row.kind == schema.kind }
      let group = encodeGroup(rows, members, schema, FieldBase(clock: clock))
      writer.write(schema.kind)
      writer.write(schema.revision)
      writer.write(count: group.count)
      writer.write(raw: group)
    }
    writer.write(count: checkpoints.count)
    for checkpoint in checkpoints {
      writer.write(checkpoint.position)
      checkpoint.digests.encode(into: &writer)
    }
    digests.encode(into: &writer)
    return writer.bytes
  }

  private static func encodeGroup(
    _ rows: [PlacedRow], _ members: [Int], _ schema: EventSchema, _ base: FieldBase
  ) -> [UInt8] {
    var writer = ByteWriter()
    for (field, layout) in schema.fields.enumerated() {
      let values = members.map { index in
        let value = rows[index].row.words[field]
        let origin = base.base(layout.reference, of: rows, at: index)
        // Wraps by definition; decoding undoes it exactly.
        return layout.reference == .ownTick ? origin &- value : value &- origin
      }
      Column.write(values, into: &writer)
    }
    if schema.hasPayload {
      let stored = members.map { ChunkReference.stored(rows[$0].row.payload) }
      Column.write(
        stored.map { Int64($0.bytes.count) << 1 | ($0.isChunk ? 1 : 0) }, into: &writer)
      for payload in stored { writer.write(raw: payload.bytes) }
    }
    return writer.bytes
  }
}

/// Payloads too large for a frame are stored as chunks, named by their hash.
enum ChunkReference {
  static func isNeeded(_ payload: [UInt8]) -> Bool {
    payload.count > Limits.maximumInlinePayload
  }

  static func stored(_ payload: [UInt8]) -> StoredPayload {
    if isNeeded(payload) {
      return StoredPayload(bytes: SHA256.hash(payload).bytes, isChunk: true)
    }
    return StoredPayload(bytes: payload, isChunk: false)
  }
}
