public import MarketModel
public import Session

/// A sink that lets events go.
public struct NoEvents: EventSink {
  /// Creates one.
  public init() {}

  /// Does nothing.
  public mutating func append(
    _ record: borrowing EventRecord, sequence: SequenceNumber
  ) throws(Never) {}

  /// Does nothing.
  public mutating func append(
    _ event: inout FlatEvent, sequence: SequenceNumber
  ) throws(Never) {}
}
