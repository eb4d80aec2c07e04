import Agents
public import MarketModel

extension Event {
  /// The identity of an outcome; nil for other events.
  public var outcome: OutcomeKey? {
    switch self {
    case .orderAccepted(let body): body.outcome
    case .orderRejected(let body): body.outcome
    case .orderFilled(let body): body.outcome
    case .orderCancelled(let body): body.outcome
    case .orderReplaced(let body): body.outcome
    case .capitalTransferred(let body): body.outcome
    default: nil
    }
  }
}

extension OrderFilled {
  func fill(isMaker: Bool) -> Report.Fill {
    Report.Fill(
      order: isMaker ? maker : outcome.command, instrument: instrument,
      side: isMaker ? side.opposite : side, price: price, quantity: quantity,
      fee: isMaker ? makerFee : takerFee, isMaker: isMaker)
  }
}

extension Outcome {
  /// Tells whom it concerns, how long until they know, and what they are told.
  ///
  /// Of a trade first the taker, then the maker.
  /// What they are told is put together only where somebody asks for it.
  @inline(__always)
  func tell<Failure: Error>(
    _ agent: (AgentIndex, Nanoseconds, () -> Report.Body) throws(Failure) -> Void
  ) throws(Failure) {
    switch self {
    case .accepted(let body):
      try agent(body.outcome.command.agent, body.reportLatency) { .accepted }
    case .rejected(let body):
      try agent(body.outcome.command.agent, body.reportLatency) { .rejected(body.reason) }
    case .filled(let body):
      try agent(body.outcome.command.agent, body.takerReportLatency) {
        .filled(body.fill(isMaker: false))
      }
      try agent(body.maker.agent, body.makerReportLatency) { .filled(body.fill(isMaker: true)) }
    case .cancelled(let body):
      try agent(body.order.agent, body.reportLatency) {
        .cancelled(order: body.order, quantity: body.quantity, reason: body.reason)
      }
    case .replaced(let body):
      try agent(body.outcome.command.agent, body.reportLatency) { .replaced(order: body.order) }
    case .transferred(let body):
      try agent(body.outcome.command.agent, body.reportLatency) {
        .transferred(amount: -body.amount)
      }
    }
  }
}
