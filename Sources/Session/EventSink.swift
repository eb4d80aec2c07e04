import Agents
public import Market
public import MarketModel

/// Where a session's events go before anyone sees their effect.
public protocol EventSink<Failure>: ~Copyable {
  /// What may go wrong.
  associatedtype Failure: Error

  /// Whether it wants the digests of the state before the next event; `mutating` only to be cheap.
  mutating func wantsDigests(before event: EventShape) -> Bool

  /// Takes the digests of the state before the next event, which it wanted.
  ///
  /// - Throws: its failure; the event then did not happen.
  mutating func take(_ digests: SessionDigests, before event: EventShape) throws(Failure)

  /// Takes the event with the next sequence number.
  ///
  /// - Throws: its failure; the event then did not happen.
  mutating func append(
    _ record: borrowing EventRecord, sequence: SequenceNumber
  ) throws(Failure)

  /// Does the same with an event that is laid out flat; `inout` only to be cheap.
  mutating func append(_ event: inout FlatEvent, sequence: SequenceNumber) throws(Failure)
}

extension EventSink where Self: ~Copyable {
  /// Wants none.
  @inlinable
  public mutating func wantsDigests(before event: EventShape) -> Bool { false }

  /// Lets them go.
  @inlinable
  public mutating func take(_ digests: SessionDigests, before event: EventShape) throws(Failure) {}

  /// Takes it as a record.
  @inlinable
  public mutating func append(
    _ event: inout FlatEvent, sequence: SequenceNumber
  ) throws(Failure) {
    try append(event.record, sequence: sequence)
  }
}

/// A sink that keeps events in memory.
public struct EventBuffer: EventSink {
  /// What was appended.
  public private(set) var records: [EventRecord] = []

  /// Creates an empty buffer.
  public init() {}

  /// Keeps the event.
  public mutating func append(
    _ record: borrowing EventRecord, sequence: SequenceNumber
  ) throws(Never) {
    records.append(copy record)
  }
}

/// Why a session stopped.
public enum SessionError<SinkFailure: Error>: Error {
  /// The sink could not take an event.
  case sink(SinkFailure)
  /// An event from outside does not follow from the state.
  case reduction(ReductionFault)
}

/// An event that could not be folded, and where.
public struct ReductionFault: Error, Equatable, Sendable {
  /// The event's position.
  public let sequence: SequenceNumber
  /// The event's instant.
  public let time: Nanoseconds
  /// Why.
  public let error: ReductionError

  /// Creates a fault.
  public init(sequence: SequenceNumber, time: Nanoseconds, error: ReductionError) {
    self.sequence = sequence
    self.time = time
    self.error = error
  }
}
