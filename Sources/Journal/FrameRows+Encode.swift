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
    for group in present {
      write(group, &scratch, into: &writer) { $0.storedTime }
    }
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
      writer.write(varint: UInt64(scratch.order.range(of: group).count))
    }
    writer.write(last)
    for group in present {
      // The last event of all is the last of its kind, and nothing comes after it.
      let dropped = groups.schemas[group].kind == last ? 1 : 0
      write(group, dropping: dropped, &scratch, into: &writer) { Int64($0.nextKind) }
      write(group, &scratch, into: &writer) { $0.storedCause }
    }
  }

  /// Writes a column of what was worked out of each event of a group.
  @inline(__always)
  private func write(
    _ group: Int, dropping dropped: Int = 0, _ scratch: inout FrameScratch,
    into writer: inout ByteWriter, _ value: (FrameOrder.Entry) -> Int64
  ) {
    let range = scratch.order.range(of: group).dropLast(dropped)
    let entries = scratch.order.entries
    fill(&scratch.column, entries.span.extracting(range), value)
    write(range.count, group, &scratch, into: &writer)
  }

  /// Writes the first values of the column that was filled last.
  private func write(
    _ count: Int, _ group: Int, _ scratch: inout FrameScratch, into writer: inout ByteWriter
  ) {
    let column = scratch.column
    scratch.columns.write(
      column.span.extracting(0..<count), mayBin: groups.schemas[group].usesBins, into: &writer)
  }

  /// Writes the fields and payloads of a group.
  private func write(
    _ group: Int, _ scratch: inout FrameScratch, into writer: inout ByteWriter
  ) {
    let schema = groups.schemas[group]
    let range = scratch.order.range(of: group)
    let entries = scratch.order.entries
    for field in schema.fields.indices {
      fill(
        &scratch.column, field, schema.fields[field].reference,
        entries.span.extracting(range))
      write(range.count, group, &scratch, into: &writer)
    }
    if !schema.hasPayload { return }
    let stored = range.map { position in
      let number = words[Int(entries[position].start) + schema.fields.count]
      return ChunkReference.stored(payloads[Int(number)])
    }
    let sizes = stored.map { Int64($0.bytes.count) << 1 | ($0.isChunk ? 1 : 0) }
    scratch.columns.write(sizes.span, mayBin: false, into: &writer)
    for payload in stored { writer.write(raw: payload.bytes) }
  }

  // MARK: Columns

  /// Fills a column with what is stored of a field: its difference from what it refers to.
  private func fill(
    _ column: inout [Int64], _ field: Int, _ reference: FieldReference,
    _ entries: Span<FrameOrder.Entry>
  ) {
    let words = words.span
    // All differences wrap by definition.
    switch reference {
    case .none: fill(&column, entries) { words[Int($0.start) &+ field] }
    case .ownTick:
      // The tick less the field, so that ages are positive.
      fill(&column, entries) { $0.tick &- words[Int($0.start) &+ field] }
    case .field(let other):
      fill(&column, entries) {
        words[Int($0.start) &+ field] &- words[Int($0.start) &+ Int(other)]
      }
    case .running:
      fill(&column, entries) { words[Int($0.start) &+ field] &- $0.runningBase }
    case .command, .order, .target:
      let base = CauseBase(reference, groups)
      fill(&column, entries) { words[Int($0.start) &+ field] &- words[base.position($0)] }
    }
  }

  @inline(__always)
  private func fill(
    _ column: inout [Int64], _ entries: Span<FrameOrder.Entry>,
    _ value: (FrameOrder.Entry) -> Int64
  ) {
    if column.count < entries.count { column = [Int64](repeating: 0, count: count) }
    var values = column.mutableSpan
    for place in entries.indices { values[place] = value(entries[place]) }
  }
}

/// The field of a causing event that a reference names.
struct CauseBase {
  private let field: Int
  /// By kind: whether its events have that field and may be referred to so.
  private let isBase: [Bool]

  init(_ reference: FieldReference, _ groups: FrameGroups) {
    let kinds: [EventKind]
    switch reference {
    case .command(let index):
      field = Int(index)
      kinds = [
        .orderSubmitted, .cancelSubmitted, .replaceSubmitted, .messageSent, .transferSubmitted,
      ]
    case .order(let index):
      field = Int(index)
      kinds = [.orderSubmitted]
    case .target(let index):
      field = Int(index)
      kinds = [.cancelSubmitted, .replaceSubmitted]
    default: preconditionFailure("Invariant: only these refer to the causing event")
    }
    var isBase = [Bool](repeating: false, count: 256)
    for kind in kinds.map({ Int($0.rawValue) }) { isBase[kind] = field < groups.fieldCounts[kind] }
    self.isBase = isBase
  }

  /// Where the base stands among the words: in the zeros where there is none.
  @inline(__always)
  func position(_ entry: FrameOrder.Entry) -> Int {
    isBase[Int(entry.causeKind)] ? Int(entry.causeStart) &+ field : 0
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
