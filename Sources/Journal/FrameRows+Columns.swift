import MarketModel

/// What a tape stores of the events of a group, column by column; each column takes the memory of
/// the one before.
///
/// `positions` are those of at least one event, ascending; all take O(positions).
extension FrameRows {
  /// Fills a column with the kind of the event after each.
  ///
  /// - Precondition: none of them is the last event.
  func fillNextKinds(_ column: inout [Int64], _ positions: Span<Int32>) {
    precondition(positions[positions.count - 1] < count - 1, "Invariant: an event comes after")
    fill(&column, positions) { heads, index in
      // Safe: the precondition.
      Int64(unsafe heads[unchecked: index &+ 1].kind)
    }
  }

  /// Fills a column with where the cause of each is.
  func fillStoredCauses(_ column: inout [Int64], _ positions: Span<Int32>) {
    fill(&column, positions) { heads, index in
      // Safe: `fill` gives positions of events, and events have one before them but for the first.
      let before = index > 0 ? unsafe heads[unchecked: index &- 1].distance : 0
      return CauseCode.stored(unsafe heads[unchecked: index].distance, after: before)
    }
  }

  /// Fills a column with how long after its cause each happened, or after the event before it
  /// where the cause is in no such frame.
  func fillStoredTimes(_ column: inout [Int64], _ positions: Span<Int32>) {
    let clock = groups.clock
    let first = clock.firstInstant(of: clock.tick(at: heads[0].time))
    fill(&column, positions) { heads, index in
      // Safe: `fill` gives positions of events; the first one has no cause in the frame.
      let head = unsafe heads[unchecked: index]
      if head.hasCause(within: index) {
        return head.time &- (unsafe heads[unchecked: index &- Int(head.distance)].time)
      }
      return head.time &- (index > 0 ? unsafe heads[unchecked: index &- 1].time : first)
    }
  }

  @inline(__always)
  fileprivate func fill(
    _ column: inout [Int64], _ positions: Span<Int32>, _ value: (Span<Head>, Int) -> Int64
  ) {
    let heads = heads.span
    precondition(
      positions[0] >= 0 && positions[positions.count - 1] < heads.count,
      "Invariant: events are at their positions")
    if column.count < positions.count { column = [Int64](repeating: 0, count: heads.count) }
    var column = column.mutableSpan
    for place in positions.indices {
      // Safe: the column has as many numbers.
      unsafe column[unchecked: place] = value(heads, Int(positions[unchecked: place]))
    }
  }
}

extension FrameRows.Head {
  /// Whether its cause is in the frame, where it stands at that position.
  @inline(__always)
  fileprivate func hasCause(within position: Int) -> Bool {
    distance > 0 && distance <= Int64(position)
  }
}

// MARK: Fields

/// What must be known of each event of a group to store its fields, one number for each event.
struct FieldPlanes: Sendable {
  /// Where its fields begin among the words of the rows.
  private(set) var starts: [Int64] = []
  /// The causing event, where that is in the frame (`CauseBase`); else 0.
  private var causes: [Int64] = []
  private var ticks: [Int64] = []
  /// The latest running field of an event before it.
  private var runningBases: [Int64] = []
  /// The same of all events of the frame, by position; only where any group has such fields.
  private var allRunningBases: [Int64] = []

  /// Begins a frame with these groups; what a reader refers to is not yet known, nor asked for.
  mutating func start(_ rows: borrowing FrameRows, _ present: [Int]) {
    let groups = rows.groups
    if present.allSatisfy({ groups.runningFields[$0] < 0 }) { return }
    var latest: Int64 = 0
    allRunningBases.removeAll(keepingCapacity: true)
    for head in rows.heads {
      allRunningBases.append(latest)
      let field = groups.runningFields[Int(groups.ofKind[Int(head.kind)])]
      if field >= 0 { latest = rows.words[Int(head.start) + field] }
    }
  }

  /// Takes what the fields of a group refer to.
  mutating func fill(
    _ rows: borrowing FrameRows, _ schema: EventSchema, _ positions: Span<Int32>
  ) {
    // Safe, all of them: `fill` gives positions of events, and a cause in the frame is before.
    rows.fill(&starts, positions) { heads, index in
      Int64(unsafe heads[unchecked: index].start)
    }
    var (needsCause, needsTick) = (false, false)
    for field in schema.fields {
      switch field.reference {
      case .command, .order, .target: needsCause = true
      case .ownTick: needsTick = true
      case .running:
        let bases = allRunningBases
        rows.fill(&runningBases, positions) { _, index in bases[index] }
      case .none, .field: break
      }
    }
    if needsCause {
      rows.fill(&causes, positions) { heads, index in
        let head = unsafe heads[unchecked: index]
        if !head.hasCause(within: index) { return 0 }
        let cause = unsafe heads[unchecked: index &- Int(head.distance)]
        return CauseBase.pack(cause.start, cause.kind)
      }
    }
    if needsTick {
      var tick = TickCache(rows.groups.clock)
      rows.fill(&ticks, positions) { heads, index in
        tick.tick(at: unsafe heads[unchecked: index].time)
      }
    }
  }

  /// What a reference needs of each event.
  func numbers(for reference: FieldReference) -> [Int64] {
    switch reference {
    case .ownTick: ticks
    case .running: runningBases
    case .command, .order, .target: causes
    case .none, .field: starts
    }
  }
}

extension FrameRows {
  /// Fills a column with what is stored of a field of `count` events, at least one: its difference
  /// from what it refers to.
  func fill(
    _ column: inout [Int64], _ field: Int, _ reference: FieldReference, _ planes: FieldPlanes,
    _ count: Int
  ) {
    let memory = (planes.starts, planes.numbers(for: reference))
    let starts = memory.0.span.extracting(first: count)
    let others = memory.1.span.extracting(first: count)
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
    if column.count < starts.count { column = [Int64](repeating: 0, count: heads.count) }
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
