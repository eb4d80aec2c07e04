import Agents
public import Market
public import MarketModel

/// Where a session's events go before anyone sees their effect.
public protocol EventSink<Failure>: ~Copyable {
  /// What may go wrong.
  associatedtype Failure: Error

  /// Whether it wants the digests of the state before the next event.
  func wantsDigests(before record: borrowing EventRecord) -> Bool

  /// Takes the event with the next sequence number, with the digests of the state before it where
  /// it wanted them.
  ///
  /// - Throws: its failure; the event then did not happen.
  mutating func append(
    _ record: borrowing EventRecord, sequence: SequenceNumber, digests: SessionDigests?
  ) throws(Failure)
}

extension EventSink where Self: ~Copyable {
  /// Wants none.
  @inlinable
  public func wantsDigests(before record: borrowing EventRecord) -> Bool { false }
}

/// A sink that keeps events in memory.
public struct EventBuffer: EventSink {
  /// What was appended.
  public private(set) var records: [EventRecord] = []

  /// Creates an empty buffer.
  public init() {}

  /// Keeps the event.
  public mutating func append(
    _ record: borrowing EventRecord, sequence: SequenceNumber, digests: SessionDigests?
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
