import Agents
import Market
public import MarketModel

extension Command {
  /// What an agent asked for, when this is what the exchange was told.
  init(_ body: PendingCommand.Body) {
    switch body {
    case .place(let terms): self = .placeOrder(terms)
    case .cancel(let order, let quantity): self = .cancelOrder(order: order, quantity: quantity)
    case .replace(let order, let price, let quantity):
      self = .replaceOrder(order: order, price: price, quantity: quantity)
    case .transfer(let recipient, let amount):
      self = .transferCapital(to: recipient, amount: amount)
    }
  }
}

extension Event {
  /// The key and the content of a command; nil for other events.
  ///
  /// All recipients of a topic share one command, which every of their events has.
  public var command: (CommandKey, Command)? {
    switch self {
    case .orderSubmitted(let body): (body.key, .placeOrder(body.terms))
    case .cancelSubmitted(let body):
      (body.key, .cancelOrder(order: body.order, quantity: body.quantity))
    case .replaceSubmitted(let body):
      (body.key, .replaceOrder(order: body.order, price: body.price, quantity: body.quantity))
    case .transferSubmitted(let body):
      (body.key, .transferCapital(to: body.recipient, amount: body.amount))
    case .messageSent(let body):
      (
        body.key,
        .sendMessage(
          to: body.topic >= 0 ? .topic(body.topic) : .agent(body.recipient),
          payload: body.payload)
      )
    default: nil
    }
  }
}
