/// What the exchange decided about a command: the events that only it produces, apart from all
/// others, so that the path through the market copies nothing but numbers.
public enum Outcome: Equatable, Sendable {
  /// It accepted an order.
  case accepted(OrderAccepted)
  /// It refused a command.
  case rejected(OrderRejected)
  /// Two orders traded.
  case filled(OrderFilled)
  /// An order, or a part of it, was cancelled.
  case cancelled(OrderCancelled)
  /// An order was replaced.
  case replaced(OrderReplaced)
  /// Capital moved between two agents of a group.
  case transferred(CapitalTransferred)

  /// Its identity.
  @inlinable
  public var key: OutcomeKey {
    switch self {
    case .accepted(let body): body.outcome
    case .rejected(let body): body.outcome
    case .filled(let body): body.outcome
    case .cancelled(let body): body.outcome
    case .replaced(let body): body.outcome
    case .transferred(let body): body.outcome
    }
  }
}

extension Event {
  /// The event of an outcome.
  @inlinable
  public init(_ outcome: Outcome) {
    switch outcome {
    case .accepted(let body): self = .orderAccepted(body)
    case .rejected(let body): self = .orderRejected(body)
    case .filled(let body): self = .orderFilled(body)
    case .cancelled(let body): self = .orderCancelled(body)
    case .replaced(let body): self = .orderReplaced(body)
    case .transferred(let body): self = .capitalTransferred(body)
    }
  }
}

extension Outcome {
  /// The outcome that an event is, or nil.
  @inlinable
  public init?(_ event: borrowing Event) {
    switch event {
    case .orderAccepted(let body): self = .accepted(body)
    case .orderRejected(let body): self = .rejected(body)
    case .orderFilled(let body): self = .filled(body)
    case .orderCancelled(let body): self = .cancelled(body)
    case .orderReplaced(let body): self = .replaced(body)
    case .capitalTransferred(let body): self = .transferred(body)
    default: return nil
    }
  }
}
