/// The fields of an event where they stand among those of others, lent for as long as a closure runs.
///
/// Safe: only `lend` and its like make one, where there are as many words as a row can have, and
/// every field is compared with that.
@safe
public struct LentRow: EventFields {
  /// The raw value of the event's kind.
  public let kind: UInt8
  @usableFromInline let words: UnsafePointer<Int64>

  /// Lends the words from `words` on.
  ///
  /// Safe where there are 16 of them for as long as the row is used.
  @unsafe @inlinable @inline(__always)
  public init(kind: UInt8, words: UnsafePointer<Int64>) {
    self.kind = kind
    unsafe self.words = words
  }

  /// The field at a position; one that the kind does not have is of no meaning.
  @inlinable
  public subscript(field: Int) -> Int64 {
    @inline(__always) get {
      precondition(
        UInt(bitPattern: field) < EventRow.maximumFields, "Invariant: rows have 16 fields")
      return unsafe words[field]  // safe: compared above
    }
  }
}

extension EventRow {
  /// Lends its fields; `mutating` only to be cheap.
  @inlinable @inline(__always)
  public mutating func lend<Result, Failure: Error>(
    _ body: (inout LentRow) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let kind = kind
    // Safe: a row has 16 words, and they are lent no longer than the closure runs.
    return try unsafe withUnsafePointer(to: &words) { (words) throws(Failure) -> Result in
      try unsafe words.withMemoryRebound(to: Int64.self, capacity: Self.maximumFields) {
        (words) throws(Failure) -> Result in
        var row = unsafe LentRow(kind: kind, words: words)
        return try body(&row)
      }
    }
  }
}
