import MarketModel

/// The way through the events of a frame: which kind follows on which, and what caused each.
struct KindWalk {
  /// Of a kind: which of its rows comes next.
  private struct Row: BitwiseCopyable {
    /// Its position among all next kinds, and that after the kind's last one.
    var next: Int32 = 0
    var end: Int32 = -1
    /// What must be added to that position to get the one among the causes.
    var shift: Int32 = 0
    /// How many words it has.
    var size: Int32 = 0
  }

  /// Of each event the kind of the next one, kind by kind.
  var nextKinds: [Int64] = []
  /// Of each event where its cause is, kind by kind.
  var causes: [Int64] = []
  private var rows = InlineArray<256, Row>(repeating: Row())

  init(count: Int) {
    nextKinds.reserveCapacity(count)
    causes.reserveCapacity(count)
  }

  /// Begins a kind, of which as many next kinds and causes will be added: all causes, and all next
  /// kinds but that of the last event.
  mutating func begin(_ schema: EventSchema, count: Int) {
    // All are less than the events of a frame.
    rows[Int(schema.kind)] = Row(
      next: Int32(nextKinds.count), end: Int32(nextKinds.count + count),
      shift: Int32(causes.count - nextKinds.count),
      size: Int32(schema.fields.count + (schema.hasPayload ? 1 : 0)))
  }

  /// Follows the events from the first kind to the last; returns where the words of the last end.
  ///
  /// It puts them down in their order, and their positions by kind.
  /// - Throws: `ByteError` at `offset` where no such way leads through all of them.
  func follow(
    from first: UInt8, to last: UInt8, firstSequence: SequenceNumber, offset: Int,
    into heads: inout [FrameRows.Head], _ positions: inout [Int32], wordsFrom start: Int
  ) throws(ByteError) -> Int {
    let (nextKinds, causes) = (nextKinds.span, causes.span)
    var rows = rows
    var heads = heads.mutableSpan
    var positions = positions.mutableSpan
    precondition(
      heads.count == causes.count && positions.count == causes.count,
      "Invariant: every event has a cause and a position")
    var kind = first
    var previous: Int64 = 0
    var end = start
    for index in heads.indices {
      let row = rows[Int(kind)]
      let isLast = index == heads.count &- 1
      // The last event is the last of its kind, and the only one that nothing follows.
      let isOver = isLast && kind == last && row.next == row.end
      guard row.next < row.end || isOver else {
        throw ByteError(offset: offset, expected: "kinds that lead from event to event")
      }
      rows[Int(kind)].next = row.next &+ 1
      // Safe: a kind has as many causes as rows, and as many next kinds but for the last event.
      let place = Int(row.next &+ row.shift)
      let distance = CauseCode.distance(unsafe causes[unchecked: place], after: previous)
      guard distance >= 0, distance <= firstSequence &+ Int64(index) else {
        throw ByteError(offset: offset, expected: "causes before effects")
      }
      unsafe positions[unchecked: place] = Int32(truncatingIfNeeded: index)
      unsafe heads[unchecked: index] = FrameRows.Head(
        time: 0, distance: distance, start: Int32(truncatingIfNeeded: end), kind: kind)
      end &+= Int(row.size)
      previous = distance
      if isLast { break }
      guard let following = UInt8(exactly: unsafe nextKinds[unchecked: Int(row.next)]) else {
        throw ByteError(offset: offset, expected: "kinds that lead from event to event")
      }
      kind = following
    }
    guard kind == last else {
      throw ByteError(offset: offset, expected: "an end on the last kind")
    }
    return end
  }
}
