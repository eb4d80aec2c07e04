public import Agents
public import Market
public import MarketModel

/// Where a session's events go before anyone sees their effect.
public protocol EventSink<Failure>: ~Copyable {
  /// What may go wrong.
  associatedtype Failure: Error

  /// Takes the event with the next sequence number; `state` is the state before it.
  ///
  /// - Throws: its failure; the event then did not happen.
  mutating func append<Roster: AgentRoster>(
    _ record: EventRecord, sequence: SequenceNumber, before state: borrowing SessionState<Roster>
  ) throws(Failure)
}

/// A sink that keeps events in memory.
public struct EventBuffer: EventSink {
  /// What was appended.
  public private(set) var records: [EventRecord] = []

  /// Creates an empty buffer.
  public init() {}

  /// Keeps the event.
  public mutating func append<Roster: AgentRoster>(
    _ record: EventRecord, sequence: SequenceNumber, before state: borrowing SessionState<Roster>
  ) throws(Never) {
    records.append(record)
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
