/// An event at its place in a session, laid out flat: numbers that are written over by the next one.
///
/// The hot path hands these on instead of `EventRecord`, which is taken apart at every step.
public struct FlatEvent: Sendable {
  /// The instant, in nanoseconds since the session's origin.
  public var time: Nanoseconds = 0
  /// The sequence number of the event that caused this one; nil for a root.
  public var cause: SequenceNumber?
  /// Kind, fields and payload.
  public var row = EventRow(kind: 0)

  /// Creates a place for events.
  public init() {}

  /// Begins an event of that kind, whose fields are still to be written to `row`.
  @inlinable @inline(__always)
  public mutating func begin(_ kind: EventKind, at time: Nanoseconds, cause: SequenceNumber?) {
    self.time = time
    self.cause = cause
    row.kind = kind.rawValue
  }

  /// Takes over an event.
  public mutating func set(_ record: borrowing EventRecord) {
    time = record.time
    cause = record.cause
    record.event.write(to: &row)
  }

  /// The event.
  ///
  /// - Precondition: the row is one that an event wrote.
  public var record: EventRecord {
    do {
      return EventRecord(time: time, cause: cause, event: try Event(row))
    } catch {
      preconditionFailure("Invariant: what was written from an event reads as one")
    }
  }

  /// What of it decides where frames end; `mutating` only to be cheap.
  @inlinable @inline(__always)
  public mutating func shape() -> EventShape {
    let kind = row.kind
    return EventShape(
      time: time, kind: kind, payloadSize: EventShape.hasPayload(kind) ? row.payload.count : 0)
  }
}

/// What of an event decides where the frames of a tape end.
public struct EventShape: Sendable, BitwiseCopyable {
  /// The instant, in nanoseconds since the session's origin.
  public var time: Nanoseconds
  /// The raw value of the kind.
  public var kind: UInt8
  /// The bytes of its payload, 0 where it has none.
  public var payloadSize: Int

  @inlinable
  init(time: Nanoseconds, kind: UInt8, payloadSize: Int) {
    self.time = time
    self.kind = kind
    self.payloadSize = payloadSize
  }

  /// The shape of an event.
  public init(_ record: borrowing EventRecord) {
    let size: Int
    switch record.event {
    case .messageSent(let body): size = body.payload.count
    case .policyUpdated(let body): size = body.payload.count
    case .interventionApplied(let body): size = body.payload.count
    case .noteAdded(let body): size = body.payload.count
    case .agentFaulted(let body): size = body.payload.count
    case .actionChosen(let body): size = body.payload.count
    case .learnerUpdated(let body): size = body.payload.count
    case .learnerSaved(let body): size = body.payload.count
    default: size = 0
    }
    self.init(time: record.time, kind: record.event.kind.rawValue, payloadSize: size)
  }

  /// A bit for each kind whose events have a payload.
  @inlinable static var kindsWithPayload: UInt64 {
    bit(.messageSent) | bit(.policyUpdated) | bit(.interventionApplied) | bit(.noteAdded)
      | bit(.agentFaulted) | bit(.actionChosen) | bit(.learnerUpdated) | bit(.learnerSaved)
  }

  @inlinable
  static func bit(_ kind: EventKind) -> UInt64 { 1 << UInt64(kind.rawValue) }

  @inlinable
  static func hasPayload(_ kind: UInt8) -> Bool { kindsWithPayload >> UInt64(kind) & 1 == 1 }
}
