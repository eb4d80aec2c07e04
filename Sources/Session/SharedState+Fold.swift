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

/// The fast path of replay: the commonest kinds are folded where they stand among the rows of a
/// frame, and no `Event` is made of them. Everything is checked as `reduce` checks it.
extension SharedState {
  /// Folds an event, and returns whether it is of these kinds; others are left to `reduce`.
  @usableFromInline
  mutating func fold(
    _ row: inout LentRow, at time: Nanoseconds, sequence: SequenceNumber
  ) throws(FoldError) -> Bool {
    switch row.kind {
    case EventKind.orderSubmitted.rawValue:
      let body = try Self.read { () throws(EventDecodingError) in try OrderSubmitted(&row) }
      try fold(at: time) { (state) throws(ReductionError) in
        try state.enter(body.key, .place(body.terms), body.latency, sequence)
      }
    case EventKind.cancelSubmitted.rawValue:
      let body = try Self.read { () throws(EventDecodingError) in try CancelSubmitted(&row) }
      try fold(at: time) { (state) throws(ReductionError) in
        try state.enter(
          body.key, .cancel(order: body.order, quantity: body.quantity), body.latency, sequence)
      }
    case EventKind.orderAccepted.rawValue:
      let body = try Self.read { () throws(EventDecodingError) in try OrderAccepted(&row) }
      try fold(at: time) { (state) throws(ReductionError) in try state.conclude(body, sequence) }
    case EventKind.orderFilled.rawValue:
      let body = try Self.read { () throws(EventDecodingError) in try OrderFilled(&row) }
      try fold(at: time) { (state) throws(ReductionError) in try state.conclude(body, sequence) }
    case EventKind.orderCancelled.rawValue:
      let body = try Self.read { () throws(EventDecodingError) in try OrderCancelled(&row) }
      try fold(at: time) { (state) throws(ReductionError) in try state.conclude(body, sequence) }
    case EventKind.agentWoken.rawValue:
      let body = try Self.read { () throws(EventDecodingError) in try AgentWoken(&row) }
      try fold(at: time) { (state) throws(ReductionError) in try state.wake(body) }
    case EventKind.reportDelivered.rawValue:
      let body = try Self.read { () throws(EventDecodingError) in try ReportDelivered(&row) }
      try fold(at: time) { (state) throws(ReductionError) in try state.deliver(body) }
    case EventKind.messageDelivered.rawValue:
      let body = try Self.read { () throws(EventDecodingError) in try MessageDelivered(&row) }
      try fold(at: time) { (state) throws(ReductionError) in try state.deliver(body) }
    case EventKind.processStepped.rawValue:
      let body = try Self.read { () throws(EventDecodingError) in try ProcessStepped(&row) }
      try fold(at: time) { (state) throws(ReductionError) in try state.step(body) }
    default:
      return false
    }
    #if InvariantChecks
    if market.working == nil { checkInvariants(after: sequence) }
    #endif
    return true
  }

  /// Folds an event that was copied, and for which nobody looked ahead; returns it where
  /// `SessionState` has more to do.
  @usableFromInline
  mutating func fold(
    _ event: inout FlatEvent, sequence: SequenceNumber
  ) throws(FoldError) -> EventRecord? {
    let time = event.time
    let isFolded = try event.row.lend { (row) throws(FoldError) in
      if row.kind == EventKind.orderSubmitted.rawValue { lookAhead(toOrder: row, row) }
      if row.kind == EventKind.cancelSubmitted.rawValue { lookAhead(toCancel: row, row) }
      return try fold(&row, at: time, sequence: sequence)
    }
    if isFolded { return nil }
    return EventRecord(
      time: time, cause: event.cause,
      event: try Self.read { () throws(EventDecodingError) in try Event(&event.row) })
  }

  @inline(__always)
  private static func read<Body>(
    _ make: () throws(EventDecodingError) -> Body
  ) throws(FoldError) -> Body {
    do { return try make() } catch { throw .decoding(error) }
  }

  @inline(__always)
  private mutating func fold(
    at time: Nanoseconds, _ change: (inout SharedState) throws(ReductionError) -> Void
  ) throws(FoldError) {
    do {
      try start(at: time)
      try change(&self)
    } catch {
      throw .reduction(error)
    }
  }
}

extension SharedState {
  /// Asks for what an order further on names, and for what stands beside that of a nearer one.
  ///
  /// Nothing of them was checked: what names nothing is not looked for.
  @usableFromInline
  mutating func lookAhead(toOrder far: LentRow, _ near: LentRow) {
    market.prefetch(order: far)
    market.prefetchNeighbours(order: near)
  }

  /// The same of cancels.
  @usableFromInline
  mutating func lookAhead(toCancel far: LentRow, _ near: LentRow) {
    market.prefetch(cancel: far)
    market.prefetchNeighbours(cancel: near)
  }
}
