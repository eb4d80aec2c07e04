import MarketModel

/// The events of one kind in a frame: a column for each field.
struct ColumnGroup: Sendable {
  /// A field that is stored as a difference.
  struct Difference: Sendable {
    var field: Int
    var reference: FieldReference
  }

  /// When an event was, and what is stored for that.
  struct Time: Sendable, BitwiseCopyable {
    var time: Nanoseconds
    var stored: Int64
  }

  let schema: EventSchema
  let fieldCount: Int
  let differences: [Difference]
  private(set) var count = 0
  /// All columns, one after the other, each with room for `capacity` values.
  var words: [Int64] = []
  private(set) var capacity = 0
  /// The position of each row's event in the frame.
  private(set) var indices: [Int32] = []
  var times: [Time] = []
  /// What is stored for each row's cause.
  private(set) var causes: [Int64] = []
  /// The kind of the event after each row's; one less in the group of the frame's last event.
  private(set) var nextKinds: [Int64] = []
  private(set) var payloads: [[UInt8]] = []

  init(_ schema: EventSchema) {
    self.schema = schema
    fieldCount = schema.fields.count
    differences = schema.fields.indices.compactMap {
      schema.fields[$0].reference == .none
        ? nil : Difference(field: $0, reference: schema.fields[$0].reference)
    }
  }

  mutating func removeAll() {
    count = 0
    indices.removeAll(keepingCapacity: true)
    times.removeAll(keepingCapacity: true)
    causes.removeAll(keepingCapacity: true)
    nextKinds.removeAll(keepingCapacity: true)
    payloads.removeAll(keepingCapacity: true)
  }

  /// Appends an event's row.
  @inline(__always)
  mutating func append(
    _ row: EventRow, index: Int, time: Nanoseconds, storedTime: Int64, storedCause: Int64
  ) {
    if count == capacity { grow(to: max(64, 2 * capacity)) }
    let (place, stride, fields) = (count, capacity, fieldCount)
    // Safe: place < stride, and there are `fields` columns of `stride` words.
    unsafe words.withUnsafeMutableBufferPointer { buffer in
      var position = place
      for field in 0..<fields {
        unsafe buffer[position] = row.words[field]
        position &+= stride
      }
    }
    indices.append(Int32(truncatingIfNeeded: index))
    times.append(Time(time: time, stored: storedTime))
    causes.append(storedCause)
    if schema.hasPayload { payloads.append(row.payload) }
    count &+= 1
  }

  @inline(__always)
  mutating func setNext(_ kind: UInt8) { nextKinds.append(Int64(kind)) }

  private mutating func grow(to size: Int) {
    var larger = [Int64](repeating: 0, count: size * fieldCount)
    for field in 0..<fieldCount {
      for place in 0..<count { larger[field * size + place] = words[field * capacity + place] }
    }
    words = larger
    capacity = size
  }

  @inline(__always)
  func word(_ field: Int, _ place: Int) -> Int64 { words[field &* capacity &+ place] }

  /// The row at a place.
  @inline(__always)
  func row(_ place: Int) -> EventRow {
    var row = EventRow(kind: schema.kind)
    var position = place
    for field in 0..<fieldCount {
      row.words[field] = words[position]
      position &+= capacity
    }
    if schema.hasPayload { row.payload = payloads[place] }
    return row
  }

  // MARK: Reading

  /// Takes over what was read, references not resolved yet.
  mutating func set(count: Int, words: [Int64]) {
    self.count = count
    self.words = words
    capacity = count
  }

  mutating func set(indices: [Int32], times: [Time]) {
    self.indices = indices
    self.times = times
  }

  mutating func append(payload: [UInt8]) { payloads.append(payload) }
}
