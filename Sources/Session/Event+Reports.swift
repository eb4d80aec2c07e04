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
