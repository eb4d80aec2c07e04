public import Journal
public import MarketModel

extension FlatEvent {
  /// Takes over an event of a tape, of a known kind or not.
  public mutating func set(_ event: TapeEvent) {
    switch event {
    case .known(let record): set(record)
    case .unknown(let unknown):
      time = unknown.time
      cause = unknown.cause
      row.kind = unknown.schema.kind
      for (index, word) in unknown.words.enumerated() { row.words[index] = word }
      row.payload = unknown.payload
    }
  }
}

/// Reads the events of a lineage one by one as they stand on the tapes, and folds nothing.
///
/// Looking at an event takes no memory; one frame is in memory at a time.
public struct EventScan<Source: ByteSource> {
  @usableFromInline var cursor: TapeCursor<Source>
  @usableFromInline var latest: TapeEvent?

  /// Starts at the first event, or at the first of the frame that holds the event `sequence`.
  public init(_ lineage: Lineage<Source>, at sequence: SequenceNumber = 0) {
    cursor = sequence > 0 ? lineage.cursor(at: sequence) : lineage.cursor()
  }

  /// Puts the next event into a flat one and returns its sequence number; nil at the end.
  ///
  /// Its fields are not checked yet: `event` does that.
  /// - Throws: `ReplayError.read` where a frame cannot be read.
  @inlinable
  public mutating func next(
    into event: inout FlatEvent
  ) throws(ReplayError<Source.Failure>) -> SequenceNumber? {
    latest = nil
    // A frame is left only before the next event, so that `event` still finds it.
    while try cursor.hasFrame(), let frame = cursor.frame {
      if cursor.position < cursor.end {
        frame.load(cursor.position, into: &event)
        cursor.position += 1
        return frame.firstSequence + Int64(cursor.position - 1)
      }
      _ = cursor.finishFrame()
    }
    guard case .event(let sequence, let unfinished)? = try cursor.next() else { return nil }
    event.set(unfinished)
    latest = unfinished
    return sequence
  }

  /// Whether the event that `next` returned last is of a kind that this build knows, in its layout.
  @inlinable var isKnown: Bool {
    if let latest {
      if case .known = latest { return true }
      return false
    }
    return cursor.frame?.isKnown(cursor.position - 1) ?? false
  }

  /// The event that `next` returned last.
  ///
  /// - Throws: `ReplayError.read` where its fields make no event.
  /// - Precondition: `next` returned one.
  @inlinable
  public func event() throws(ReplayError<Source.Failure>) -> TapeEvent {
    if let latest { return latest }
    guard let frame = cursor.frame, cursor.position > 0 else {
      preconditionFailure("Invariant: there was an event")
    }
    do {
      return try frame.event(cursor.position - 1)
    } catch {
      throw cursor.damage(error)
    }
  }
}
