import Determinism
import MarketModel

/// A payload as a frame stores it: itself, or the hash of a chunk.
struct StoredPayload {
  var bytes: [UInt8]
  var isChunk: Bool
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

extension FrameColumns {
  /// Writes the raw payload of an event frame; FORMAT.md lists it byte by byte.
  ///
  /// The events are used up by that.
  ///
  /// - Precondition: there is at least one event.
  mutating func encode(
    _ checkpoints: [Checkpoint], _ digests: FrameDigests, _ scratch: inout ColumnScratch,
    reserving size: Int = 0
  ) -> [UInt8] {
    subtractReferences()
    var writer = ByteWriter()
    writer.reserve(size)
    let present = groups.indices.filter { groups[$0].count > 0 }
    writer.write(UInt8(present.count))
    writer.write(kinds[0])
    for index in present {
      writer.write(groups[index].schema.kind)
      writer.write(groups[index].schema.revision)
      writer.write(varint: UInt64(groups[index].count))
    }
    writer.write(kinds[count - 1])
    for index in present {
      let (nextKinds, causes) = (groups[index].nextKinds, groups[index].causes)
      let mayBin = groups[index].schema.usesBins
      Column.write(nextKinds.span, mayBin: mayBin, &scratch, into: &writer)
      Column.write(causes.span, mayBin: mayBin, &scratch, into: &writer)
    }
    for index in present {
      let stored = groups[index].times.map { $0.stored }
      let mayBin = groups[index].schema.usesBins
      Column.write(stored.span, mayBin: mayBin, &scratch, into: &writer)
    }
    for index in present {
      let start = writer.bytes.count
      writer.write(count: 0)
      groups[index].write(&scratch, into: &writer)
      writer.overwrite(count: writer.bytes.count - start - 4, at: start)
    }
    writer.write(count: checkpoints.count)
    for checkpoint in checkpoints {
      writer.write(checkpoint.position)
      checkpoint.digests.encode(into: &writer)
    }
    digests.encode(into: &writer)
    return writer.bytes
  }
}

extension ColumnGroup {
  /// Writes the fields and payloads of a group.
  fileprivate func write(_ scratch: inout ColumnScratch, into writer: inout ByteWriter) {
    for field in 0..<fieldCount {
      let column = words.span.extracting(field * capacity..<field * capacity + count)
      Column.write(column, mayBin: schema.usesBins, &scratch, into: &writer)
    }
    if !schema.hasPayload { return }
    let stored = payloads.map { ChunkReference.stored($0) }
    let sizes = stored.map { Int64($0.bytes.count) << 1 | ($0.isChunk ? 1 : 0) }
    Column.write(sizes.span, mayBin: false, &scratch, into: &writer)
    for payload in stored { writer.write(raw: payload.bytes) }
  }
}

extension EventFrame {
  /// The raw payload of an event frame with these rows.
  static func encode(
    _ rows: [PlacedRow], _ checkpoints: [Checkpoint], _ digests: FrameDigests, clock: TickClock,
    schemas: SchemaTable
  ) -> [UInt8] {
    var columns = FrameColumns(clock: clock, schemas: schemas)
    for placed in rows { columns.append(placed.row, time: placed.time, distance: placed.distance) }
    var scratch = ColumnScratch()
    return columns.encode(checkpoints, digests, &scratch)
  }
}
