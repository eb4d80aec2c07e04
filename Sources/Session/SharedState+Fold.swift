import Agents
public import Market
public import MarketModel

/// Why an event of a tape cannot be folded.
public enum FoldError: Error, Equatable, Sendable {
  /// A field is out of range.
  case decoding(EventDecodingError)
  /// It does not follow from the state.
  case reduction(ReductionError)
}

/// The fast path of replay: the commonest kinds are folded as they stand on a tape, and no `Event`
/// is made of them. Everything is checked as `reduce` checks it.
extension SharedState {
  /// Folds an event that was read from a tape, and returns it where `SessionState` has more to do.
  @usableFromInline
  mutating func fold(
    _ event: inout FlatEvent, sequence: SequenceNumber
  ) throws(FoldError) -> EventRecord? {
    let time = event.time
    switch EventKind(rawValue: event.row.kind) {
    case .orderSubmitted:
      let body = try Self.read(&event.row, OrderSubmitted.init)
      try fold(body.key, .place(body.terms), body.latency, at: time, sequence)
    case .cancelSubmitted:
      let body = try Self.read(&event.row, CancelSubmitted.init)
      try fold(
        body.key, .cancel(order: body.order, quantity: body.quantity), body.latency, at: time,
        sequence)
    case .orderAccepted:
      let body = try Self.read(&event.row, OrderAccepted.init)
      try fold(.accepted(body), at: time, sequence)
    case .orderFilled:
      let body = try Self.read(&event.row, OrderFilled.init)
      try fold(.filled(body), at: time, sequence)
    case .orderCancelled:
      let body = try Self.read(&event.row, OrderCancelled.init)
      try fold(.cancelled(body), at: time, sequence)
    default:
      return EventRecord(
        time: time, cause: event.cause, event: try Self.read(&event.row, Event.init))
    }
    #if InvariantChecks
    if market.working == nil { checkInvariants(after: sequence) }
    #endif
    return nil
  }

  @inline(__always)
  private mutating func fold(
    _ key: CommandKey, _ body: PendingCommand.Body, _ latency: Nanoseconds, at time: Nanoseconds,
    _ sequence: SequenceNumber
  ) throws(FoldError) {
    market.prefetch(body, as: key)
    do {
      try start(at: time)
      try submit(key, body, latency, sequence)
    } catch {
      throw .reduction(error)
    }
  }

  private mutating func fold(
    _ outcome: Outcome, at time: Nanoseconds, _ sequence: SequenceNumber
  ) throws(FoldError) {
    do {
      try start(at: time)
      try conclude(outcome, sequence)
    } catch {
      throw .reduction(error)
    }
  }

  @inline(__always)
  private static func read<Body>(
    _ row: inout EventRow, _ make: (inout EventRow) throws(EventDecodingError) -> Body
  ) throws(FoldError) -> Body {
    do { return try make(&row) } catch { throw .decoding(error) }
  }
}
