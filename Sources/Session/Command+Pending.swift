import Market
import MarketModel

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
