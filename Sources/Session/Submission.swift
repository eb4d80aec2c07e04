import Agents
public import Market
public import MarketModel

/// A command on its way to the exchange, as it is submitted.
public struct Submission: Equatable, Sendable {
  /// The command.
  public var command: PendingCommand
  /// When it was submitted, in nanoseconds.
  public var time: Nanoseconds
  /// The event that caused it; nil for a root.
  public var cause: SequenceNumber?
  /// How long it takes, in nanoseconds.
  public var latency: Nanoseconds

  /// Writes its event; `mutating` only to be cheap.
  @usableFromInline
  mutating func write(to event: inout FlatEvent) {
    event.time = time
    event.cause = cause
    command.body.write(to: &event.row, as: command.key, latency: latency)
  }
}

extension PendingCommand.Body {
  /// Writes the event of a submission into a row.
  @usableFromInline
  func write(to row: inout EventRow, as key: CommandKey, latency: Nanoseconds) {
    switch self {
    case .place(let terms):
      row.kind = EventKind.orderSubmitted.rawValue
      OrderSubmitted(key: key, terms: terms, latency: latency).write(to: &row)
    case .cancel(let order, let quantity):
      row.kind = EventKind.cancelSubmitted.rawValue
      CancelSubmitted(key: key, order: order, quantity: quantity, latency: latency)
        .write(to: &row)
    case .replace(let order, let price, let quantity):
      row.kind = EventKind.replaceSubmitted.rawValue
      ReplaceSubmitted(key: key, order: order, price: price, quantity: quantity, latency: latency)
        .write(to: &row)
    case .transfer(let recipient, let amount):
      row.kind = EventKind.transferSubmitted.rawValue
      TransferSubmitted(key: key, recipient: recipient, amount: amount, latency: latency)
        .write(to: &row)
    }
  }

  /// What a command asks of the exchange; nil for a message, which does not go there.
  ///
  /// An index that no event can hold becomes one that nobody has.
  @usableFromInline
  init?(_ command: borrowing Command) {
    switch command {
    case .placeOrder(let asked):
      var terms = asked
      if terms.instrument < 0 { terms.instrument = .max }
      self = .place(terms)
    case .cancelOrder(let target, let quantity):
      var order = target
      if order.agent < 0 { order.agent = .max }
      self = .cancel(order: order, quantity: quantity)
    case .replaceOrder(let target, let price, let quantity):
      var order = target
      if order.agent < 0 { order.agent = .max }
      self = .replace(order: order, price: price, quantity: quantity)
    case .transferCapital(let recipient, let amount):
      self = .transfer(recipient: recipient < 0 ? .max : recipient, amount: amount)
    case .sendMessage: return nil
    }
  }
}
