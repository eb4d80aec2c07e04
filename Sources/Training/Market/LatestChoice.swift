import Agents
import MarketModel
import Session

/// A sink that keeps the latest action that somebody chose, and lets all else go.
struct LatestChoice: EventSink {
  /// The action; whoever waits for one sets it to nil before.
  var choice: ActionChoice?

  mutating func append(
    _ record: borrowing EventRecord, sequence: SequenceNumber
  ) throws(Never) {
    if case .actionChosen(let body) = record.event {
      choice = ActionChoice(action: body.action, payload: body.payload)
    }
  }

  mutating func append(
    _ event: inout FlatEvent, sequence: SequenceNumber
  ) throws(Never) {
    // Choices come as records.
  }
}
