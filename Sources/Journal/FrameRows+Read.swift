import MarketModel

/// How rows are put together from the columns of a frame, step by step.
extension FrameRows {
  /// Makes room for the fields of all events.
  mutating func makeRoom() {
    words = [Int64](repeating: 0, count: end + 2 * EventRow.maximumFields)
  }

  /// Gives all events their times; false where they fall or leave their range.
  ///
  /// `next` says by kind where the stored times of its events begin; `first` is the base of the
  /// first event.
  /// - Precondition: there is a stored time for each event.
  mutating func setTimes(
    _ stored: [Int64], _ next: inout InlineArray<256, Int32>, first: Nanoseconds
  ) -> Bool {
    var heads = heads.mutableSpan
    let stored = stored.span
    precondition(stored.count == heads.count, "Invariant: every event has a stored time")
    var previous = first
    for index in heads.indices {
      // Safe: positions of events, and `next` counts up within those of a kind.
      let head = unsafe heads[unchecked: index]
      let place = next[Int(head.kind)]
      next[Int(head.kind)] = place &+ 1
      let isInFrame = head.distance > 0 && head.distance <= Int64(index)
      let base =
        isInFrame ? (unsafe heads[unchecked: index &- Int(head.distance)].time) : previous
      // Wraps where no writer would; the range is checked.
      let time = base &+ (unsafe stored[unchecked: Int(place)])
      guard time >= (index > 0 ? previous : 0), time <= Limits.maximumTime else { return false }
      unsafe heads[unchecked: index].time = time
      previous = time
    }
    return true
  }

  /// Sets a field of all events of a group from its column: what was stored, and what it refers
  /// to, which was set before.
  mutating func set(
    _ field: Int, _ reference: FieldReference, _ column: [Int64], _ planes: FieldPlanes
  ) {
    let column = column.span
    set(field, reference, column.count, planes) { unsafe column[unchecked: $0] }
  }

  /// The same where one value was stored for all of them.
  mutating func set(
    _ field: Int, _ reference: FieldReference, allTo value: Int64, _ count: Int,
    _ planes: FieldPlanes
  ) {
    if value == 0, reference == .none || reference == .running { return }  // as `makeRoom` left it
    set(field, reference, count, planes) { _ in value }
  }

  @inline(__always)
  private mutating func set(
    _ field: Int, _ reference: FieldReference, _ count: Int, _ planes: FieldPlanes,
    _ stored: (Int) -> Int64
  ) {
    let memory = (planes.starts, planes.numbers(for: reference))
    let starts = memory.0.span.extracting(first: count)
    let others = memory.1.span.extracting(first: count)
    precondition(
      field < EventRow.maximumFields
        && Int(starts[count - 1]) + EventRow.maximumFields <= words.count,
      "Invariant: rows have room")
    // Safe, all of them: rows stand in ascending order, causes before them, and from the last one's
    // beginning on there are 16 words; there are `count` numbers in every plane.
    // All sums wrap by definition.
    switch reference {
    case .none, .running:
      set(field, starts) { _, _, place in stored(place) }
    case .ownTick:
      set(field, starts) { _, _, place in unsafe others[unchecked: place] &- stored(place) }
    case .field(let other):
      let other = Int(other)
      precondition(other < EventRow.maximumFields, "Invariant: references name fields")
      set(field, starts) { words, start, place in
        unsafe stored(place) &+ words[unchecked: start &+ other]
      }
    case .command, .order, .target:
      let base = CauseBase(reference, groups)
      set(field, starts) { words, _, place in
        unsafe stored(place) &+ words[unchecked: base.position(others[unchecked: place])]
      }
    }
  }

  /// - Precondition: rows begin at `starts`, in ascending order, and have that field.
  @inline(__always)
  private mutating func set(
    _ field: Int, _ starts: Span<Int64>,
    _ value: (borrowing MutableSpan<Int64>, Int, Int) -> Int64
  ) {
    var words = words.mutableSpan
    for place in starts.indices {
      // Safe: the precondition.
      let start = unsafe Int(truncatingIfNeeded: starts[unchecked: place])
      unsafe words[unchecked: start &+ field] = value(words, start, place)
    }
  }

  mutating func set(payload: [UInt8], ofRowAt start: Int, _ group: Int) {
    words[start + groups.schemas[group].fields.count] = Int64(payloads.count)
    payloads.append(payload)
  }

  /// Adds up the running fields, in the order of the events, which are of these groups.
  mutating func addRunning(_ present: [Int]) {
    let fields = groups.runningFields
    if present.allSatisfy({ fields[$0] < 0 }) { return }
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
