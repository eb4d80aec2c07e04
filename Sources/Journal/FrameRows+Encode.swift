import Determinism
import MarketModel

/// Memory of the frame encoder, kept from one frame to the next.
struct FrameScratch: Sendable {
  fileprivate var order = FrameOrder()
  fileprivate var columns = ColumnWriter()
  fileprivate var column: [Int64] = []
  fileprivate var planes = FieldPlanes()
}

extension FrameRows {
  /// Writes the raw payload of an event frame; FORMAT.md lists it byte by byte.
  ///
  /// - Precondition: there is at least one event.
  /// - Complexity: O(events).
  func encode(
    _ checkpoints: [Checkpoint], _ digests: FrameDigests, _ scratch: inout FrameScratch,
    reserving size: Int = 0
  ) -> [UInt8] {
    var writer = ByteWriter()
    writer.reserve(size)
    scratch.order.sort(self)
    let present = scratch.order.present
    let order = scratch.order.positions
    writeOrder(order.span, present, &scratch, into: &writer)
    for group in present {
      fillStoredTimes(&scratch.column, order.span.extracting(scratch.order.range(of: group)))
      write(group, scratch.order.count(of: group), &scratch, into: &writer)
    }
    scratch.planes.start(self, present)
    for group in present {
      let start = writer.bytes.count
      writer.write(count: 0)
      writeFields(
        order.span.extracting(scratch.order.range(of: group)), group, &scratch, into: &writer)
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

  private func writeOrder(
    _ order: Span<Int32>, _ present: [Int], _ scratch: inout FrameScratch,
    into writer: inout ByteWriter
  ) {
    let last = heads[count - 1].kind
    writer.write(UInt8(present.count))
    writer.write(heads[0].kind)
    for group in present {
      writer.write(groups.schemas[group].kind)
      writer.write(groups.schemas[group].revision)
      writer.write(varint: UInt64(scratch.order.count(of: group)))
    }
    writer.write(last)
    for group in present {
      let positions = order.extracting(scratch.order.range(of: group))
      // The last event of all is the last of its kind, and nothing comes after it.
      let followed = positions.extracting(droppingLast: groups.schemas[group].kind == last ? 1 : 0)
      if !followed.isEmpty { fillNextKinds(&scratch.column, followed) }
      write(group, followed.count, &scratch, into: &writer)
      fillStoredCauses(&scratch.column, positions)
      write(group, positions.count, &scratch, into: &writer)
    }
  }

  /// Writes so many numbers of the column in memory, which is one of the group's.
  private func write(
    _ group: Int, _ count: Int, _ scratch: inout FrameScratch, into writer: inout ByteWriter
  ) {
    let column = scratch.column
    scratch.columns.write(
      column.span.extracting(first: count), mayBin: groups.schemas[group].usesBins, into: &writer)
  }

  /// Writes the fields and payloads of a group, whose events are at `positions`.
  private func writeFields(
    _ positions: Span<Int32>, _ group: Int, _ scratch: inout FrameScratch,
    into writer: inout ByteWriter
  ) {
    let schema = groups.schemas[group]
    scratch.planes.fill(self, schema, positions)
    for field in schema.fields.indices {
      fill(
        &scratch.column, field, schema.fields[field].reference, scratch.planes, positions.count)
      write(group, positions.count, &scratch, into: &writer)
    }
    if !schema.hasPayload { return }
    var stored: [StoredPayload] = []
    for place in positions.indices {
      let start = Int(heads[Int(positions[place])].start)
      let number = words[start + schema.fields.count]
      stored.append(ChunkReference.stored(payloads[Int(number)]))
    }
    let sizes = stored.map { Int64($0.bytes.count) << 1 | ($0.isChunk ? 1 : 0) }
    scratch.columns.write(sizes.span, mayBin: false, into: &writer)
    for payload in stored { writer.write(raw: payload.bytes) }
  }
}

extension EventFrame {
  /// The raw payload of an event frame with these rows.
  static func encode(
    _ rows: [PlacedRow], _ checkpoints: [Checkpoint], _ digests: FrameDigests, clock: TickClock,
    schemas: SchemaTable
  ) -> [UInt8] {
    var frame = FrameRows(FrameGroups(clock, schemas))
    for placed in rows {
      var row = placed.row
      frame.append(&row, time: placed.time, distance: placed.distance)
    }
    var scratch = FrameScratch()
    return frame.encode(checkpoints, digests, &scratch)
  }
}

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
