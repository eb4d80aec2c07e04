import Agents
public import MarketModel
public import Session

extension ForkPlan {
  /// Runs the fork, keeping no event, and measures it from the fork's tick on.
  ///
  /// - Throws: `SessionError` where a recorded input does not fit.
  public func measure() throws(SessionError<Never>) -> RunOutcome {
    try measure(spans: [])[0]
  }

  /// Runs the fork, keeping no event, and measures it over each of several spans of ticks, in
  /// ascending order, and last over all.
  ///
  /// - Throws: `SessionError` where a recorded input does not fit.
  public func measure(spans: [Tick]) throws(SessionError<Never>) -> [RunOutcome] {
    var sink = MeasuredEvents()
    return try measure(spans: spans, &sink).outcomes
  }

  /// Runs the fork and measures it, and lists the commands that the exchange refused.
  ///
  /// - Throws: `SessionError` where a recorded input does not fit.
  func measureFeasibility() throws(SessionError<Never>) -> (
    outcome: RunOutcome, refused: [CommandKey]
  ) {
    var sink = MeasuredEvents()
    let outcomes = try measure(spans: [], &sink).outcomes
    return (outcomes[0], sink.refused)
  }

  /// Runs the fork and measures it, and says where it ended.
  ///
  /// - Throws: `SessionError` where a recorded input does not fit.
  func measureToEnd() throws(SessionError<Never>) -> (
    outcome: RunOutcome, digests: SessionDigests, eventCount: Int64
  ) {
    var sink = MeasuredEvents()
    let run = try measure(spans: [], &sink)
    return (
      run.outcomes[0], run.end.state.digests(), run.end.nextSequence - session.nextSequence
    )
  }

  @specialized(where Roster == BuiltInAgents)
  private func measure(
    spans: [Tick], _ fills: inout MeasuredEvents
  ) throws(SessionError<Never>) -> (outcomes: [RunOutcome], end: MarketSession<Roster>) {
    var session = session
    try begin(&session, into: &fills)
    var meter = session.reading { OutcomeMeter(&$0, from: tick) }
    var outcomes: [RunOutcome] = []
    while let time = session.nextTime {
      if time >= meter.tickEnd {
        for fill in fills.take() { meter.note(fill) }
        session.reading { state in
          let next = state.scenario.clock.tick(at: time)
          while outcomes.count < spans.count, tick + spans[outcomes.count] <= next {
            outcomes.append(meter.outcome(&state, before: tick + spans[outcomes.count]))
          }
          meter.endTick(&state, next: next)
        }
      }
      if case .turn(let turn) = try session.step(into: &fills) {
        try session.takeTurn(turn, into: &fills)
      }
    }
    for fill in fills.take() { meter.note(fill) }
    session.reading { state in
      while outcomes.count <= spans.count { outcomes.append(meter.outcome(&state)) }
    }
    return (outcomes, session)
  }
}

/// A sink that keeps trades, and which commands were refused, and lets all other events go.
struct MeasuredEvents: EventSink {
  private var fills: [OrderFilled] = []
  /// Refused commands.
  private(set) var refused: [CommandKey] = []

  mutating func take() -> [OrderFilled] {
    let taken = fills
    fills.removeAll(keepingCapacity: true)
    return taken
  }

  mutating func append(
    _ record: borrowing EventRecord, sequence: SequenceNumber
  ) throws(Never) {
    switch record.event {
    case .orderFilled(let fill): fills.append(fill)
    case .orderRejected(let body): refused.append(body.outcome.command)
    default: break
    }
  }

  mutating func append(_ event: inout FlatEvent, sequence: SequenceNumber) throws(Never) {
    guard
      event.row.kind == EventKind.orderFilled.rawValue
        || event.row.kind == EventKind.orderRejected.rawValue
    else { return }
    append(event.record, sequence: sequence)
  }
}
