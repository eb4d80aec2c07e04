import Determinism
import MarketModel

/// Memory of the frame encoder, kept from one frame to the next.
struct FrameScratch: Sendable {
  fileprivate var order = FrameOrder()
  fileprivate var columns = ColumnWriter()
  fileprivate var column: [Int64] = []
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
    writeOrder(present, &scratch, into: &writer)
    for group in present { write(.storedTime, group, &scratch, into: &writer) }
    for group in present {
      let start = writer.bytes.count
      writer.write(count: 0)
      write(group, &scratch, into: &writer)
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
    _ present: [Int], _ scratch: inout FrameScratch, into writer: inout ByteWriter
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
      // The last event of all is the last of its kind, and nothing comes after it.
      let dropped = groups.schemas[group].kind == last ? 1 : 0
      write(.nextKind, group, dropping: dropped, &scratch, into: &writer)
      write(.storedCause, group, &scratch, into: &writer)
    }
  }

  /// Writes a column of what was worked out of each event of a group.
  private func write(
    _ plane: FrameOrder.Plane, _ group: Int, dropping dropped: Int = 0,
    _ scratch: inout FrameScratch, into writer: inout ByteWriter
  ) {
    let numbers = scratch.order.numbers
    let range = scratch.order.range(plane, of: group).dropLast(dropped)
    scratch.columns.write(
      numbers.span.extracting(range), mayBin: groups.schemas[group].usesBins, into: &writer)
  }

  /// Writes the fields and payloads of a group.
  private func write(
    _ group: Int, _ scratch: inout FrameScratch, into writer: inout ByteWriter
  ) {
    let schema = groups.schemas[group]
    let numbers = scratch.order.numbers
    let starts = scratch.order.range(.start, of: group)
    for field in schema.fields.indices {
      let reference = schema.fields[field].reference
      fill(
        &scratch.column, field, reference, numbers.span.extracting(starts),
        numbers.span.extracting(scratch.order.range(.read(for: reference), of: group)))
      let column = scratch.column
      scratch.columns.write(
        column.span.extracting(0..<starts.count), mayBin: schema.usesBins, into: &writer)
    }
    if !schema.hasPayload { return }
    let stored = starts.map { position in
      let number = words[Int(numbers[position]) + schema.fields.count]
      return ChunkReference.stored(payloads[Int(number)])
    }
    let sizes = stored.map { Int64($0.bytes.count) << 1 | ($0.isChunk ? 1 : 0) }
    scratch.columns.write(sizes.span, mayBin: false, into: &writer)
    for payload in stored { writer.write(raw: payload.bytes) }
  }

  // MARK: Columns

  /// Fills a column with what is stored of a field: its difference from what it refers to.
  ///
  /// `others` is the plane that the reference needs; there is at least one row.
  private func fill(
    _ column: inout [Int64], _ field: Int, _ reference: FieldReference, _ starts: Span<Int64>,
    _ others: Span<Int64>
  ) {
    let words = words.span
    precondition(
      starts[0] >= 0 && field < EventRow.maximumFields
        && Int(starts[starts.count - 1]) + EventRow.maximumFields <= words.count,
      "Invariant: rows have room")
    // Safe, all of them: rows stand in ascending order, causes before them, and from the last one's
    // beginning on there are 16 words.
    // All differences wrap by definition.
    switch reference {
    case .none:
      fill(&column, starts, others) { start, _ in unsafe words[unchecked: start &+ field] }
    case .ownTick:
      // The tick less the field, so that ages are positive.
      fill(&column, starts, others) { start, tick in
        unsafe tick &- words[unchecked: start &+ field]
      }
    case .field(let other):
      let other = Int(other)
      precondition(other < EventRow.maximumFields, "Invariant: references name fields")
      fill(&column, starts, others) { start, _ in
        unsafe words[unchecked: start &+ field] &- words[unchecked: start &+ other]
      }
    case .running:
      fill(&column, starts, others) { start, base in
        unsafe words[unchecked: start &+ field] &- base
      }
    case .command, .order, .target:
      let base = CauseBase(reference, groups)
      fill(&column, starts, others) { start, cause in
        unsafe words[unchecked: start &+ field] &- words[unchecked: base.position(cause)]
      }
    }
  }

  /// - Precondition: rows begin at `starts`, in ascending order.
  @inline(__always)
  private func fill(
    _ column: inout [Int64], _ starts: Span<Int64>, _ others: Span<Int64>,
    _ value: (Int, Int64) -> Int64
  ) {
    if column.count < starts.count { column = [Int64](repeating: 0, count: count) }
    precondition(
      column.count >= starts.count && others.count == starts.count,
      "Invariant: there are as many numbers in every plane")
    var values = column.mutableSpan
    for place in starts.indices {
      // Safe: the precondition.
      unsafe values[unchecked: place] = value(
        Int(truncatingIfNeeded: starts[place]), others[unchecked: place])
    }
  }
}

extension FrameOrder.Plane {
  /// What must be known of an event to resolve a reference.
  static func read(for reference: FieldReference) -> FrameOrder.Plane {
    switch reference {
    case .ownTick: .tick
    case .running: .runningBase
    case .command, .order, .target: .cause
    case .none, .field: .start
    }
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
