import MarketModel
import Session

/// A sink that keeps the number of the latest action that somebody chose, and lets all else go.
struct LatestChoice: EventSink {
  /// The action; whoever waits for one sets it to nil before.
  var action: Int32?

  mutating func append(
    _ record: borrowing EventRecord, sequence: SequenceNumber
  ) throws(Never) {
    if case .actionChosen(let body) = record.event {
      action = Int32(truncatingIfNeeded: body.action)
    }
  }

  mutating func append(
    _ event: inout FlatEvent, sequence: SequenceNumber
  ) throws(Never) {
    // Choices come as records.
  }
}
