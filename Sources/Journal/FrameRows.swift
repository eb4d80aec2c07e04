public import MarketModel

/// The events of one frame, row after row, in their order.
///
///     words     [16 zeros | fields of event 0 | fields of event 1 | ... | room]
///     heads     one for each event: when, why, of which kind, and where its fields begin
///     payloads  of those that have one; its number stands after the event's fields
///
/// Writing and reading both go through here. Appending is a copy and nothing more: what a tape
/// stores of it is worked out once, where the frame ends (`FrameOrder`).
@usableFromInline
struct FrameRows: Sendable {
  /// An event without its fields.
  @usableFromInline
  struct Head: Sendable, BitwiseCopyable {
    @usableFromInline var time: Nanoseconds
    /// How many events back its cause is; 0 for none.
    var distance: Int64
    /// Where its fields begin among the words.
    @usableFromInline var start: Int32
    @usableFromInline var kind: UInt8
  }

  /// The words before the first row: what stands for a field that is not there.
  static let zeros = EventRow.maximumFields

  let groups: FrameGroups
  @usableFromInline var heads: [Head] = []
  /// Always followed by room for a row of the most fields.
  @usableFromInline var words = [Int64](repeating: 0, count: 64 * EventRow.maximumFields)
  var end = FrameRows.zeros
  var payloads: [[UInt8]] = []

  init(_ groups: FrameGroups) { self.groups = groups }

  /// How many events there are.
  @inline(__always) var count: Int { heads.count }

  /// Forgets all events and keeps the memory.
  mutating func removeAll() {
    heads.removeAll(keepingCapacity: true)
    payloads.removeAll(keepingCapacity: true)
    end = Self.zeros
  }

  /// Appends an event whose cause is `distance` events back, 0 for none.
  ///
  /// The row is `inout` only to be cheap.
  /// - Precondition: its kind is one of the tape's.
  @inline(__always)
  mutating func append(_ row: inout EventRow, time: Nanoseconds, distance: Int64) {
    let kind = row.kind
    let start = end
    heads.append(
      Head(
        time: time, distance: distance, start: Int32(truncatingIfNeeded: start), kind: kind))
    if words.count &- start < 2 * EventRow.maximumFields { grow() }
    // Safe: `words` has room for 16 more from `start` on, and a row has 16.
    unsafe words.withUnsafeMutableBytes { words in
      unsafe withUnsafeBytes(of: &row.words) { row in
        unsafe UnsafeMutableRawBufferPointer(rebasing: words[(8 &* start)...])
          .copyMemory(from: row)
      }
    }
    end &+= groups.fieldCounts[Int(kind)]
    if groups.hasPayload[Int(kind)] { append(payload: row.payload) }
  }

  private mutating func append(payload: [UInt8]) {
    words[end] = Int64(payloads.count)
    end += 1
    payloads.append(payload)
  }

  private mutating func grow() {
    words.append(contentsOf: repeatElement(0, count: words.count))
  }

  /// The row of an event.
  func row(_ index: Int) -> EventRow {
    var row = EventRow(kind: 0)
    load(index, into: &row)
    for field in groups.fieldCounts[Int(row.kind)]..<EventRow.maximumFields {
      row.words[field] = 0
    }
    return row
  }

  /// Whether an event has the fields and the payload of a row; `inout` only to be cheap.
  ///
  /// - Precondition: the row is of the event's kind.
  func holds(_ row: inout EventRow, at index: Int) -> Bool {
    let head = heads[index]
    let (start, count) = (Int(head.start), groups.fieldCounts[Int(head.kind)])
    for field in 0..<count where words[start + field] != row.words[field] { return false }
    if !groups.hasPayload[Int(head.kind)] { return true }
    return payloads[Int(words[start + count])] == row.payload
  }

  /// Puts the row of an event into another; words that it has no fields for are of no meaning.
  @inline(__always)
  func load(_ index: Int, into row: inout EventRow) {
    let head = heads[index]
    let start = Int(head.start)
    row.kind = head.kind
    precondition(start + EventRow.maximumFields <= words.count, "Invariant: rows have room")
    // Safe: there are 16 words from `start` on.
    unsafe words.withUnsafeBytes { words in
      unsafe withUnsafeMutableBytes(of: &row.words) { row in
        unsafe row.copyMemory(
          from: UnsafeRawBufferPointer(rebasing: words[(8 &* start)..<(8 &* start &+ row.count)]))
      }
    }
    if groups.hasPayload[Int(head.kind)] {
      row.payload = payloads[Int(words[start + groups.fieldCounts[Int(head.kind)]])]
    }
  }
}

/// The kinds of event that a tape may have, ascending, with what is needed of each at every event.
struct FrameGroups: Sendable {
  let clock: TickClock
  /// One for each kind.
  let schemas: [EventSchema]
  /// The position of each kind's schema; -1 for kinds that the tape does not have.
  let ofKind: [Int16]
  /// By kind.
  let fieldCounts: [Int]
  /// By kind.
  let hasPayload: [Bool]
  /// By group: the field that is stored as the difference from the one before; -1 for none.
  let runningFields: [Int]

  init(_ clock: TickClock, _ table: SchemaTable) {
    self.clock = clock
    schemas = table.all
    var ofKind = [Int16](repeating: -1, count: 256)
    var fieldCounts = [Int](repeating: 0, count: 256)
    var hasPayload = [Bool](repeating: false, count: 256)
    for (index, schema) in schemas.enumerated() {
      ofKind[Int(schema.kind)] = Int16(index)
      fieldCounts[Int(schema.kind)] = schema.fields.count
      hasPayload[Int(schema.kind)] = schema.hasPayload
    }
    self.ofKind = ofKind
    self.fieldCounts = fieldCounts
    self.hasPayload = hasPayload
    runningFields = schemas.map { $0.fields.firstIndex { $0.reference == .running } ?? -1 }
  }
}
