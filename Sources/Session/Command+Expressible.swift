import MarketModel

extension Command {
  /// The command with every index that no row can hold replaced by one that nobody has.
  ///
  /// The exchange then refuses it like any other unknown name; the tape stays readable.
  var expressible: Command {
    switch self {
    case .placeOrder(var terms):
      if terms.instrument < 0 { terms.instrument = .max }
      return .placeOrder(terms)
    case .cancelOrder(var order, let quantity):
      if order.agent < 0 { order.agent = .max }
      return .cancelOrder(order: order, quantity: quantity)
    case .replaceOrder(var order, let price, let quantity):
      if order.agent < 0 { order.agent = .max }
      return .replaceOrder(order: order, price: price, quantity: quantity)
    case .transferCapital(let recipient, let amount):
      return .transferCapital(to: recipient < 0 ? .max : recipient, amount: amount)
    case .sendMessage: return self
    }
  }
}
