import Determinism
public import MarketModel

/// An event as a tape has it: one that this build knows, or the fields of one it does not.
public enum TapeEvent: Equatable, Sendable {
  /// An event of a known kind.
  case known(EventRecord)
  /// An event of a kind that only the tape's schema knows.
  case unknown(UnknownEvent)

  /// The instant.
  public var time: Nanoseconds {
    switch self {
    case .known(let record): record.time
    case .unknown(let event): event.time
    }
  }
}

/// An event of a kind that this build does not know.
public struct UnknownEvent: Equatable, Sendable {
  /// The instant.
  public let time: Nanoseconds
  /// The sequence number of its cause.
  public let cause: SequenceNumber?
  /// The layout, by the tape's genesis.
  public let schema: EventSchema
  /// The fields, in the order of the schema.
  public let words: [Int64]
  /// The payload.
  public let payload: [UInt8]
}

/// The content of an event frame.
public struct EventFrame: Equatable, Sendable {
  /// The sequence number of the first event.
  public var firstSequence: SequenceNumber
  /// The events.
  public var events: [TapeEvent]
  /// Digest roots between them.
  public var checkpoints: [Checkpoint]
  /// The digests after the last of them.
  public var digests: FrameDigests
}

/// A row with its place, while a frame is laid out in columns or put together from them.
struct PlacedRow {
  var time: Nanoseconds
  /// How many events back the cause is; 0 for none.
  var distance: Int64
  var row: EventRow
}

/// The differences that fields are stored as; the same function for both directions.
struct FieldBase {
  let clock: TickClock

  /// What to subtract from (or add to) the field of the row at `index`.
  ///
  /// `.ownTick` is the exception: the stored value is (tick - field), so that ages are positive.
  func base(
    _ reference: FieldReference, of rows: [PlacedRow], at index: Int
  ) -> Int64 {
    switch reference {
    case .none: return 0
    case .ownTick: return clock.tick(at: rows[index].time)
    case .field(let field): return rows[index].row.words[Int(field)]
    case .command(let field):
      guard let cause = cause(of: rows, at: index), cause.kindIsCommand else { return 0 }
      return cause.words[Int(field)]
    case .order(let field):
      guard let cause = cause(of: rows, at: index),
        cause.kind == EventKind.orderSubmitted.rawValue
      else { return 0 }
      return cause.words[Int(field)]
    case .target(let field):
      guard let cause = cause(of: rows, at: index),
        cause.kind == EventKind.cancelSubmitted.rawValue
          || cause.kind == EventKind.replaceSubmitted.rawValue
      else { return 0 }
      return cause.words[Int(field)]
    }
  }

  /// The causing row, where it is earlier in the same frame.
  private func cause(of rows: [PlacedRow], at index: Int) -> EventRow? {
    let distance = rows[index].distance
    guard distance > 0, distance <= Int64(index) else { return nil }
    return rows[index - Int(distance)].row
  }
}

extension EventRow {
  var kindIsCommand: Bool { EventKind(rawValue: kind)?.isCommand ?? false }
}
