public import MarketModel

/// The events of a frame, lent for as long as a closure runs.
///
/// Safe: only `DecodedFrame.lend` makes one, and every position is compared with the count.
@safe
public struct LentEvents {
  /// How many there are.
  public let count: Int
  /// The orders that were submitted.
  public let orders: LentRows
  /// The cancels that were submitted.
  public let cancels: LentRows
  @usableFromInline let knownKinds: UInt64
  @usableFromInline let heads: UnsafePointer<FrameRows.Head>
  @usableFromInline let words: UnsafePointer<Int64>

  @unsafe @inlinable @inline(__always)
  init(
    _ heads: UnsafeBufferPointer<FrameRows.Head>, _ words: UnsafeBufferPointer<Int64>,
    _ knownKinds: UInt64, orders: LentRows, cancels: LentRows
  ) {
    count = heads.count
    self.orders = orders
    self.cancels = cancels
    self.knownKinds = knownKinds
    // Safe: a frame has an event at least, and there are words where there are events.
    unsafe self.heads = heads.baseAddress.unsafelyUnwrapped
    unsafe self.words = words.baseAddress.unsafelyUnwrapped
  }

  @inlinable @inline(__always)
  func head(_ index: Int) -> FrameRows.Head {
    precondition(UInt(bitPattern: index) < count, "Invariant: events are at their positions")
    return unsafe heads[index]  // safe: compared above
  }

  /// The instant of the event at a position.
  @inlinable @inline(__always)
  public func time(_ index: Int) -> Nanoseconds { head(index).time }

  /// Whether the event at a position is of a kind that this build knows, in its layout.
  @inlinable @inline(__always)
  public func isKnown(_ index: Int) -> Bool {
    knownKinds >> UInt64(head(index).kind) & 1 == 1  // a shift by more than 63 gives 0
  }

  /// The fields of the event at a position.
  @inlinable @inline(__always)
  public func row(_ index: Int) -> LentRow {
    let head = head(index)
    // Safe: from where a row begins on there are 16 words, which `DecodedFrame` looked at.
    return unsafe LentRow(kind: head.kind, words: words + Int(head.start))
  }

  /// How many of some rows come before the event at a position.
  ///
  /// - Complexity: O(log rows).
  public func count(of rows: LentRows, before index: Int) -> Int {
    rows.count(before: Int64(head(index).start))
  }
}

/// The rows of one kind of event in a frame, lent likewise.
@safe
public struct LentRows {
  @usableFromInline let kind: EventKind
  @usableFromInline let starts: UnsafeBufferPointer<Int64>
  @usableFromInline let words: UnsafePointer<Int64>

  @unsafe @inlinable @inline(__always)
  init(
    _ kind: EventKind, _ starts: UnsafeBufferPointer<Int64>, _ words: UnsafeBufferPointer<Int64>
  ) {
    self.kind = kind
    unsafe self.starts = starts
    // Safe: a frame has words.
    unsafe self.words = words.baseAddress.unsafelyUnwrapped
  }

  /// How many there are.
  @inlinable public var count: Int { unsafe starts.count }

  /// The fields of one of them.
  @inlinable
  public subscript(place: Int) -> LentRow {
    @inline(__always) get {
      precondition(UInt(bitPattern: place) < count, "Invariant: rows are at their places")
      // Safe: compared above, and from where a row begins on there are 16 words.
      return unsafe LentRow(
        kind: kind.rawValue, words: words + Int(truncatingIfNeeded: starts[place]))
    }
  }

  /// How many begin before a word.
  func count(before start: Int64) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      // Safe: less than the count.
      if unsafe starts[middle] < start { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
