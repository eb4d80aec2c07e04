import MarketModel

/// How rows are put together from the columns of a frame, step by step.
extension FrameRows {
  /// Appends an event of which more will be known later.
  @inline(__always)
  mutating func append(kind: UInt8, distance: Int64) {
    heads.append(
      Head(time: 0, distance: distance, start: Int32(truncatingIfNeeded: end), kind: kind))
    end &+= groups.fieldCounts[Int(kind)] &+ (groups.hasPayload[Int(kind)] ? 1 : 0)
  }

  mutating func reserve(_ count: Int) { heads.reserveCapacity(count) }

  /// Makes room for the fields of all events.
  mutating func makeRoom() {
    words = [Int64](repeating: 0, count: end + 2 * EventRow.maximumFields)
  }

  /// Gives all events their times; false where they fall or leave their range.
  ///
  /// `next` says by kind where the stored times of its events begin; `first` is the base of the
  /// first event.
  mutating func setTimes(_ stored: [Int64], _ next: inout [Int], first: Nanoseconds) -> Bool {
    var heads = heads.mutableSpan
    var previous = first
    for index in heads.indices {
      let kind = Int(heads[index].kind)
      let value = stored[next[kind]]
      next[kind] &+= 1
      let distance = heads[index].distance
      let isInFrame = distance > 0 && distance <= Int64(index)
      let base = isInFrame ? heads[index &- Int(distance)].time : previous
      let time = base &+ value  // wraps where no writer would; the range is checked
      guard time >= (index > 0 ? previous : 0), time <= Limits.maximumTime else { return false }
      heads[index].time = time
      previous = time
    }
    return true
  }

  /// Sets a field of all events of a group from its column: what was stored, and what it refers
  /// to, which was set before.
  mutating func set(
    _ field: Int, _ reference: FieldReference, _ column: Span<Int64>, _ planes: FieldPlanes
  ) {
    let memory = (planes.starts, planes.numbers(for: reference))
    let starts = memory.0.span.extracting(first: column.count)
    let others = memory.1.span.extracting(first: column.count)
    // All sums wrap by definition.
    switch reference {
    case .none, .running:
      Self.set(&words, field, starts, others, column) { _, _, _, stored in stored }
    case .ownTick:
      Self.set(&words, field, starts, others, column) { _, _, tick, stored in tick &- stored }
    case .field(let other):
      Self.set(&words, field, starts, others, column) { words, start, _, stored in
        stored &+ words[start &+ Int(other)]
      }
    case .command, .order, .target:
      let base = CauseBase(reference, groups)
      Self.set(&words, field, starts, others, column) { words, _, cause, stored in
        stored &+ words[base.position(cause)]
      }
    }
  }

  @inline(__always)
  private static func set(
    _ words: inout [Int64], _ field: Int, _ starts: Span<Int64>, _ others: Span<Int64>,
    _ column: Span<Int64>,
    _ value: (borrowing MutableSpan<Int64>, Int, Int64, Int64) -> Int64
  ) {
    var words = words.mutableSpan
    for place in starts.indices {
      let start = Int(truncatingIfNeeded: starts[place])
      words[start &+ field] = value(words, start, others[place], column[place])
    }
  }

  mutating func set(payload: [UInt8], ofRowAt start: Int, _ group: Int) {
    words[start + groups.schemas[group].fields.count] = Int64(payloads.count)
    payloads.append(payload)
  }

  /// Adds up the running fields, in the order of the events.
  mutating func addRunning() {
    let fields = groups.runningFields
    if fields.allSatisfy({ $0 < 0 }) { return }
    Self.addRunning(&words, heads) { fields[Int(groups.ofKind[Int($0)])] }
  }

  private static func addRunning(
    _ words: inout [Int64], _ heads: [Head], _ fieldOfKind: (UInt8) -> Int
  ) {
    var words = words.mutableSpan
    var latest: Int64 = 0
    for head in heads {
      let field = fieldOfKind(head.kind)
      if field < 0 { continue }
      latest &+= words[Int(head.start) &+ field]  // wraps by definition
      words[Int(head.start) &+ field] = latest
    }
  }
}
