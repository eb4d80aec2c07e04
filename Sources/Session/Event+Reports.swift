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

  /// Who learns what of an outcome, and after how many nanoseconds.
  var reports: [(AgentIndex, Nanoseconds, Report.Body)] {
    switch self {
    case .orderAccepted(let body):
      [(body.outcome.command.agent, body.reportLatency, .accepted)]
    case .orderRejected(let body):
      [(body.outcome.command.agent, body.reportLatency, .rejected(body.reason))]
    case .orderFilled(let body):
      [
        (
          body.outcome.command.agent, body.takerReportLatency,
          .filled(body.fill(isMaker: false))
        ),
        (body.maker.agent, body.makerReportLatency, .filled(body.fill(isMaker: true))),
      ]
    case .orderCancelled(let body):
      [
        (
          body.order.agent, body.reportLatency,
          .cancelled(order: body.order, quantity: body.quantity, reason: body.reason)
        )
      ]
    case .orderReplaced(let body):
      [(body.outcome.command.agent, body.reportLatency, .replaced(order: body.order))]
    case .capitalTransferred(let body):
      [(body.outcome.command.agent, body.reportLatency, .transferred(amount: -body.amount))]
    default: []
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
