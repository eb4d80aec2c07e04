public import MarketModel

/// An event frame as it was read: rows, from which events are made one by one.
///
/// A class, so that it is handed on without being copied; nothing in it ever changes.
public final class DecodedFrame: Sendable {
  /// The sequence number of the first event.
  public let firstSequence: SequenceNumber
  /// Digest roots between the events.
  public let checkpoints: [Checkpoint]
  /// The digests after the last of them.
  public let digests: FrameDigests
  @usableFromInline let rows: FrameRows
  /// Where the fields of orders that were submitted begin among the words, and those of cancels.
  @usableFromInline let orders: [Int64]
  @usableFromInline let cancels: [Int64]
  /// A bit for each kind that this build knows in the layout of the tape; all are below 64.
  @usableFromInline let knownKinds: UInt64

  /// How many events there are.
  public var count: Int { rows.count }

  init(_ reader: FrameReader, _ header: FrameHeader) {
    firstSequence = header.firstSequence
    checkpoints = reader.checkpoints
    digests = reader.digests
    rows = reader.rows
    orders = reader.orders
    cancels = reader.cancels
    let schemas = reader.rows.groups.schemas
    var kinds: UInt64 = 0
    for schema in schemas where SchemaTable.current[schema.kind] == schema {
      kinds |= 1 << UInt64(schema.kind)
    }
    knownKinds = kinds
    // Rows stand one after the other, so that none reaches further than the last one.
    let last = Int(rows.heads[rows.count - 1].start)
    precondition(last + EventRow.maximumFields <= rows.words.count, "Invariant: rows have room")
  }

  /// The payload as a writer makes it.
  func written(reserving size: Int) -> [UInt8] {
    var scratch = FrameScratch()
    return rows.encode(checkpoints, digests, &scratch, reserving: size)
  }

  /// The event at a position.
  ///
  /// - Throws: `FrameFault.event` for fields that make no event, `FrameFault.payload` for a known
  ///   kind in another layout.
  public func event(_ index: Int) throws(FrameFault) -> TapeEvent {
    if isKnown(index) { return .known(try record(index)) }
    let row = rows.row(index)
    if let known = SchemaTable.current[row.kind] {
      throw .payload(offset: 0, expected: "the layout of \(known.name) that this build knows")
    }
    let schema = rows.groups.schemas[Int(rows.groups.ofKind[Int(row.kind)])]
    return .unknown(
      UnknownEvent(
        time: time(index), cause: cause(index), schema: schema,
        words: schema.fields.indices.map { row.words[$0] }, payload: row.payload))
  }

  /// Whether the event at a position is of a kind that this build knows, in its layout.
  @inline(__always)
  public func isKnown(_ index: Int) -> Bool { isKnown(rows.heads[index].kind) }

  /// Whether this build knows a kind in the layout of the tape.
  @inlinable @inline(__always)
  func isKnown(_ kind: UInt8) -> Bool {
    knownKinds >> UInt64(kind) & 1 == 1  // a shift by more than 63 gives 0
  }

  /// The instant of an event.
  public func time(_ index: Int) -> Nanoseconds { rows.heads[index].time }

  /// The kind of an event, as a raw value.
  public func kind(_ index: Int) -> UInt8 { rows.heads[index].kind }

  /// The first field of an event; 0 where its kind has none.
  public func firstField(_ index: Int) -> Int64 {
    let head = rows.heads[index]
    return rows.groups.fieldCounts[Int(head.kind)] > 0 ? rows.words[Int(head.start)] : 0
  }

  /// Whether the event at a position is `event`, field by field; `inout` only to be cheap.
  ///
  /// - Precondition: the event at the position is of a known kind.
  public func holds(_ event: inout FlatEvent, at index: Int) -> Bool {
    let head = rows.heads[index]
    guard head.kind == event.row.kind, head.time == event.time, cause(index) == event.cause
    else { return false }
    return rows.holds(&event.row, at: index)
  }

  /// Puts the event at a position into a flat one; its fields are not checked.
  public func load(_ index: Int, into event: inout FlatEvent) {
    rows.load(index, into: &event.row)
    event.time = rows.heads[index].time
    event.cause = cause(index)
  }

  /// The event at a position, which must be of a known kind.
  ///
  /// - Throws: `FrameFault.event` for fields that make no event.
  public func record(_ index: Int) throws(FrameFault) -> EventRecord {
    let event: Event
    do {
      event = try Event(rows.row(index))
    } catch {
      throw .event(index: index, error)
    }
    return EventRecord(time: time(index), cause: cause(index), event: event)
  }

  @inline(__always)
  private func cause(_ index: Int) -> SequenceNumber? {
    let distance = rows.heads[index].distance
    return distance == 0 ? nil : firstSequence + Int64(index) - distance
  }
}

extension DecodedFrame {
  /// Lends the events, which are the same for as long as the closure runs.
  @inlinable @inline(__always)
  public func lend<Result, Failure: Error>(
    _ body: (LentEvents) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // Safe: no pointer leaves the closures that it is given to.
    try unsafe rows.heads.withUnsafeBufferPointer { (heads) throws(Failure) in
      try unsafe rows.words.withUnsafeBufferPointer { (words) throws(Failure) in
        try unsafe orders.withUnsafeBufferPointer { (orders) throws(Failure) in
          try unsafe cancels.withUnsafeBufferPointer { (cancels) throws(Failure) in
            try body(
              unsafe LentEvents(
                heads, words, knownKinds,
                orders: LentRows(.orderSubmitted, orders, words),
                cancels: LentRows(.cancelSubmitted, cancels, words)))
          }
        }
      }
    }
  }

  /// How many events come before an instant and a position in the session.
  ///
  /// - Complexity: O(log events).
  public func count(before time: Nanoseconds, sequence limit: SequenceNumber) -> Int {
    var low = 0
    // Cannot wrap: both are positions in a session.
    var high = limit >= firstSequence + Int64(count) ? count : max(0, Int(limit - firstSequence))
    if high > 0, rows.heads[high - 1].time < time { return high }
    while low < high {
      let middle = (low + high) / 2
      if rows.heads[middle].time < time { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
