import Agents
import Market
import MarketModel
import MatchingEngine

/// What the exchange decided, and how those whom it concerns come to know: reports and messages.
extension SharedState {
  mutating func conclude(
    _ outcome: Outcome, _ sequence: SequenceNumber
  ) throws(ReductionError) {
    let key = outcome.key
    try check(agent: key.command.agent)
    var command: PendingCommand?
    if key.number == 0 {
      guard let entry = commands.remove(key.command) else {
        throw .unknownCommand(key.command)
      }
      command = entry.command
    } else if !market.isMatching {
      throw .unknownCommand(key.command)
    }
    let instrument = history.depth > 0 ? market.instrument(of: outcome, command) : nil
    try market.apply(outcome, of: command)
    if let instrument { refreshView(instrument) }
    try report(outcome, sequence)
  }

  /// Folds an acceptance as its outcome; the two below likewise.
  ///
  /// The shorter way is for what changes the market and nothing else.
  @inline(__always)
  mutating func conclude(
    _ body: OrderAccepted, _ sequence: SequenceNumber
  ) throws(ReductionError) {
    guard var command = take(body.outcome, telling: body.outcome.command.agent, body.reportLatency)
    else { return try conclude(.accepted(body), sequence) }
    try market.apply(body, of: &command)
  }

  @inline(__always)
  mutating func conclude(
    _ body: OrderCancelled, _ sequence: SequenceNumber
  ) throws(ReductionError) {
    guard var command = take(body.outcome, telling: body.order.agent, body.reportLatency)
    else { return try conclude(.cancelled(body), sequence) }
    try market.apply(body, of: &command)
  }

  @inline(__always)
  mutating func conclude(
    _ body: OrderFilled, _ sequence: SequenceNumber
  ) throws(ReductionError) {
    guard body.outcome.number > 0, market.isMatching,
      isSilent(body.outcome.command.agent, body.takerReportLatency),
      isSilent(body.maker.agent, body.makerReportLatency)
    else { return try conclude(.filled(body), sequence) }
    try market.apply(body)
  }

  /// Removes the command that a first outcome concludes, if it changes the market and nothing else;
  /// nil where it does not, and nothing was removed.
  @inline(__always)
  private mutating func take(
    _ outcome: OutcomeKey, telling recipient: AgentIndex, _ latency: Nanoseconds
  ) -> PendingCommand? {
    guard outcome.number == 0, isSilent(recipient, latency), isKnown(outcome.command.agent) else {
      return nil
    }
    return commands.remove(outcome.command)?.command
  }

  @inline(__always)
  private mutating func isKnown(_ agent: AgentIndex) -> Bool {
    agent >= 0 && Int(agent) < agents.count
  }

  /// Whether an outcome that concerns an agent changes the market and nothing else: nobody looks
  /// back, and the agent is known, has no memory here and hears of it at once.
  @inline(__always)
  private mutating func isSilent(_ recipient: AgentIndex, _ latency: Nanoseconds) -> Bool {
    history.depth == 0 && latency == 0 && isKnown(recipient)
      && !agents[Int(recipient)].isSeated
  }

  /// Folds what the exchange just decided on the command that arrived, by the fast path.
  ///
  /// `reduce` of its event does the same, and checks it.
  @inline(__always)
  mutating func conclude(
    _ decision: inout Decision, at time: Nanoseconds, sequence: SequenceNumber
  ) {
    advance(to: time)
    let instrument =
      history.depth > 0 ? decision.instrument(&market, commands.latest.command.body) : -1
    if decision.number == 0 { commands.removeLatest() }
    commands.withLatest { market.commit(&decision, of: &$0) }
    if instrument >= 0 { refreshView(instrument) }
    if isTold(decision.recipient, decision.reportLatency)
      || decision.isFill && isTold(decision.order.agent, decision.makerReportLatency)
    {
      tell(decision.outcome, sequence)
    }
    #if InvariantChecks
    if !market.isMatching { checkInvariants(after: sequence) }
    #endif
  }

  /// Whether a report goes anywhere: imported orders have nobody to tell.
  @inline(__always)
  private func isTold(_ recipient: AgentIndex, _ latency: Nanoseconds) -> Bool {
    recipient >= 0 && (latency > 0 || agents[Int(recipient)].isSeated)
  }

  private mutating func tell(_ outcome: Outcome, _ sequence: SequenceNumber) {
    do {
      try report(outcome, sequence)
    } catch {
      preconditionFailure("Invariant: what our own exchange decides concerns known agents")
    }
  }

  /// Tells those whom an outcome concerns.
  @inline(__always)
  private mutating func report(
    _ outcome: Outcome, _ sequence: SequenceNumber
  ) throws(ReductionError) {
    let key = outcome.key
    try outcome.tell { (recipient, latency, body) throws(ReductionError) in
      if recipient < 0 { return }  // imported orders have nobody to tell
      try check(agent: recipient)
      if latency == 0, !agents[Int(recipient)].isSeated { return }
      report(Report(outcome: key, body: body()), to: recipient, after: latency, sequence)
    }
  }

  private mutating func report(
    _ report: Report, to recipient: AgentIndex, after latency: Nanoseconds,
    _ sequence: SequenceNumber
  ) {
    if latency == 0 {
      remember(recipient, .report(report))
      return
    }
    var entry = InFlightReport(
      report: report, recipient: recipient, arrival: time + latency, sequence: sequence)
    let key = ReportKey(outcome: report.outcome, recipient: recipient)
    if let first = reports.remove(key) {
      // An agent that trades with itself learns of both parts when the taker's part arrives.
      poolDigest &-= InFlightHash.of(first, market.identities)
      entry = first
      entry.counterpart = report
    }
    reports.insert(key, entry)
    poolDigest &+= InFlightHash.of(entry, market.identities)
    agents[Int(recipient)].lastReportArrival = entry.arrival
  }

  mutating func deliver(_ body: ReportDelivered) throws(ReductionError) {
    try check(agent: body.agent)
    let key = ReportKey(outcome: body.outcome, recipient: body.agent)
    guard let entry = reports.remove(key) else {
      throw .unknownReport(body.outcome, body.agent)
    }
    guard entry.arrival == time else { throw .invalidTime(time) }
    poolDigest &-= InFlightHash.of(entry, market.identities)
    remember(body.agent, .report(entry.report))
    if let counterpart = entry.counterpart { remember(body.agent, .report(counterpart)) }
  }

  mutating func deliver(_ body: MessageDelivered) throws(ReductionError) {
    try check(agent: body.recipient)
    let key = MessageKey(command: body.key, recipient: body.recipient)
    guard let entry = messages.remove(key) else {
      throw .unknownMessage(body.key, body.recipient)
    }
    guard entry.arrival == time else { throw .invalidTime(time) }
    poolDigest &-= InFlightHash.of(
      entry, market.identities, topics: scenario.topics)
    remember(
      body.recipient,
      .message(from: body.key.agent, topic: entry.topic, payload: entry.payload))
  }
}
