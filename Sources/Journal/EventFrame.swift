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

  /// The kind, as a raw value.
  public var kind: UInt8 {
    switch self {
    case .known(let record): record.event.kind.rawValue
    case .unknown(let event): event.schema.kind
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
