public import MarketModel
import MatchingEngine

/// The reducer of the exchange: the only code that changes a market.
extension MarketState {
  /// What one party of a trade has after it.
  struct Balances {
    var cash: MinorUnits
    var position: Lots
  }

  /// Folds the outcome of a command into the state.
  ///
  /// `command` is what was on its way, given with its first outcome; later outcomes belong to the
  /// order being matched. Everything is checked before anything changes.
  /// - Throws: `ReductionError` for an outcome that cannot follow from this state.
  /// - Complexity: O(1) expected, but for levels that come and go.
  public mutating func apply(
    _ outcome: Outcome, of command: PendingCommand?
  ) throws(ReductionError) {
    if command != nil, isMatching { throw .contradiction("an order is being matched") }
    switch outcome {
    case .accepted(let body):
      guard var command else { throw .unknownCommand(body.outcome.command) }
      try apply(body, of: &command)
    case .rejected(let body):
      guard command?.key == body.outcome.command else {
        throw .unknownCommand(body.outcome.command)
      }
    case .filled(let body): try apply(body)
    case .cancelled(let body):
      if var command { try apply(body, of: &command) } else { try apply(body) }
    case .replaced(let body): try replace(body, command)
    case .transferred(let body): try transfer(body, command)
    }
  }

  /// Folds an event that must be an outcome.
  ///
  /// - Throws: `ReductionError`, also for an event that is none.
  public mutating func apply(
    _ event: Event, of command: PendingCommand?
  ) throws(ReductionError) {
    guard let outcome = Outcome(event) else { throw .contradiction("not an outcome") }
    try apply(outcome, of: command)
  }

  /// The instrument whose book an outcome changes, looked up before it is applied; nil for none.
  public func instrument(of outcome: Outcome, _ command: PendingCommand?) -> InstrumentIndex? {
    switch outcome {
    case .accepted:
      if case .place(let terms)? = command?.body { terms.instrument } else { nil }
    case .filled(let body): body.instrument
    case .cancelled(let body): book.order(body.order)?.instrument ?? working?.terms.instrument
    case .replaced(let body): book.order(body.order)?.instrument
    default: nil
    }
  }

  // MARK: Orders

  /// Folds an acceptance, as `apply` of its outcome does; `inout` only to be cheap.
  ///
  /// - Throws: `ReductionError`.
  public mutating func apply(
    _ body: OrderAccepted, of command: inout PendingCommand
  ) throws(ReductionError) {
    if isMatching { throw .contradiction("an order is being matched") }
    guard command.key == body.outcome.command, case .place(let terms) = command.body
    else { throw .unknownCommand(body.outcome.command) }
    guard terms.instrument >= 0, Int(terms.instrument) < instruments.count else {
      throw .unknownInstrument(terms.instrument)
    }
    guard terms.quantity > 0, terms.quantity <= Limits.maximumQuantity else {
      throw .invalidQuantity(terms.quantity)
    }
    if terms.type == .limit {
      guard terms.price > 0, terms.price <= Limits.maximumPrice else {
        throw .invalidPrice(terms.price)
      }
    }
    guard command.key.agent >= 0, Int(command.key.agent) < accounts.count else {
      throw .unknownAgent(command.key.agent)
    }
    if book.count >= OrderBook.maximumOrders { throw .overflow }
    if book.slot(of: command.key) >= 0 { throw .duplicateOrder(command.key) }
    settle(WorkingOrder(key: command.key, terms: terms))
  }

  /// Lets an order that arrived rest, or be matched.
  @inline(__always)
  mutating func settle(_ order: WorkingOrder) {
    if mayRest(order.terms) {
      rest(order.key, order.terms)
    } else {
      matched = order
      isMatching = true
    }
  }

  /// Lets the order being matched go on, rest, or be gone.
  @inline(never)
  mutating func settle() {
    if matched.terms.quantity == 0 {
      isMatching = false
    } else if !matched.isDoomed, mayRest(matched.terms) {
      isMatching = false
      rest(matched.key, matched.terms)
    }
  }

  /// Whether nothing more can happen to an order on its arrival, or after a trade: it rests.
  @inline(__always)
  mutating func mayRest(_ terms: OrderTerms) -> Bool {
    terms.type == .limit && terms.timeInForce == .goodTillCancelled
      && !book.crosses(terms.instrument, terms.side, price: terms.price)
  }

  /// Puts an order of an agent into the book.
  @inline(__always)
  mutating func rest(_ key: CommandKey, _ terms: OrderTerms) {
    changeOpen(key.agent, terms.instrument, terms.side, by: terms.quantity, orders: 1)
    book.insert(key, terms.instrument, terms.side, price: terms.price, quantity: terms.quantity)
  }

  @inline(__always)
  mutating func changeOpen(
    _ agent: AgentIndex, _ instrument: InstrumentIndex, _ side: Side, by lots: Lots,
    orders: Int64
  ) {
    if agent < 0 { return }  // imported orders have no account
    let row = row(agent)
    holdings[row].openBuys &+= orders  // cannot overflow: at most 2^22 orders
    holdings[row &+ 1 &+ Int(instrument)].changeOpen(side, by: lots)
  }

  /// Takes lots off an order in the book and off what its agent has open.
  @inline(__always)
  mutating func reduceResting(_ slot: Int32, by quantity: Lots) {
    let order = book.order(at: slot)
    changeOpen(
      order.key.agent, order.instrument, order.side, by: 0 &- quantity,
      orders: quantity == order.quantity ? -1 : 0)
    book.reduce(at: slot, by: quantity)
  }

  /// Folds what a cancel came to, as `apply` of its outcome does; `inout` only to be cheap.
  ///
  /// - Throws: `ReductionError`.
  public mutating func apply(
    _ body: OrderCancelled, of command: inout PendingCommand
  ) throws(ReductionError) {
    if isMatching { throw .contradiction("an order is being matched") }
    guard command.key == body.outcome.command, case .cancel(body.order, _) = command.body,
      body.order.agent == command.key.agent
    else { throw .unknownCommand(body.outcome.command) }
    try cancel(body)
  }

  /// Folds the cancelling of the order being matched, or of one that it met.
  ///
  /// - Throws: `ReductionError`.
  public mutating func apply(_ body: OrderCancelled) throws(ReductionError) {
    guard isMatching, matched.key == body.outcome.command else {
      throw .unknownCommand(body.outcome.command)
    }
    try cancel(body)
  }

  @inline(__always)
  private mutating func cancel(_ body: OrderCancelled) throws(ReductionError) {
    if let order = working, order.key == body.order {
      guard body.quantity == order.terms.quantity else { throw .invalidQuantity(body.quantity) }
      isMatching = false
      return
    }
    let slot = book.slot(of: body.order)
    guard slot >= 0 else { throw .unknownOrder(body.order) }
    let resting = book.order(at: slot)
    guard body.quantity > 0, body.quantity <= resting.quantity else {
      throw .invalidQuantity(body.quantity)
    }
    reduceResting(slot, by: body.quantity)
    if isMatching {
      if body.reason == .selfTrade, rules.selfTradePrevention == .cancelBoth {
        matched.isDoomed = true
      }
      settle()
    }
  }

  private mutating func replace(
    _ body: OrderReplaced, _ command: PendingCommand?
  ) throws(ReductionError) {
    guard let command, command.key == body.outcome.command,
      case .replace(let order, let price, let quantity) = command.body, order == body.order,
      order.agent == command.key.agent
    else { throw .unknownCommand(body.outcome.command) }
    let slot = book.slot(of: order)
    guard slot >= 0 else { throw .unknownOrder(order) }
    let resting = book.order(at: slot)
    guard quantity > 0, quantity <= Limits.maximumQuantity else {
      throw .invalidQuantity(quantity)
    }
    if book.slot(of: command.key) >= 0 { throw .duplicateOrder(command.key) }
    if body.keepsPriority {
      guard price == resting.price, quantity <= resting.quantity else {
        throw .contradiction("priority is kept only when shrinking at the same price")
      }
      book.rename(at: slot, to: command.key, quantity: quantity)
      changeOpen(
        order.agent, resting.instrument, resting.side, by: quantity - resting.quantity, orders: 0)
    } else {
      guard price > 0, price <= Limits.maximumPrice else { throw .invalidPrice(price) }
      reduceResting(slot, by: resting.quantity)
      settle(
        WorkingOrder(
          key: command.key,
          terms: OrderTerms(
            instrument: resting.instrument, side: resting.side, price: price, quantity: quantity)
        ))
    }
  }

  // MARK: Money

  /// Folds a trade of the order being matched.
  ///
  /// - Throws: `ReductionError`.
  public mutating func apply(_ body: OrderFilled) throws(ReductionError) {
    guard let order = working, order.key == body.outcome.command else {
      throw .unknownOrder(body.outcome.command)
    }
    guard body.instrument == order.terms.instrument, body.side == order.terms.side else {
      throw .contradiction("a trade is of the order being matched")
    }
    let slot = book.frontSlot(body.instrument, body.side.opposite)
    guard slot >= 0 else { throw .unknownOrder(body.maker) }
    let resting = book.order(at: slot)
    guard resting.key == body.maker else {
      if book.order(body.maker) == nil { throw .unknownOrder(body.maker) }
      throw .contradiction("orders trade in turn")
    }
    guard body.quantity > 0, body.quantity <= min(order.terms.quantity, resting.quantity) else {
      throw .invalidQuantity(body.quantity)
    }
    guard body.price == resting.price else { throw .invalidPrice(body.price) }
    guard order.terms.type == .market || order.terms.crosses(resting.price) else {
      throw .contradiction("orders trade within their limits")
    }
    guard
      let money = TradeMoney(
        price: body.price, quantity: body.quantity, terms: instruments[Int(body.instrument)].terms),
      let exchange = exchangeBalance(after: body),
      let volume = Fees.sum(instruments[Int(body.instrument)].trading.volume, body.quantity)
    else { throw .overflow }
    guard money.takerFee == body.takerFee, money.makerFee == body.makerFee else {
      throw .contradiction("fees are not those of the instrument")
    }
    try settle(body, notional: money.notional)
    exchangeCash = exchange
    reduceResting(slot, by: body.quantity)
    instruments[Int(body.instrument)].trading.note(body.price, body.quantity, volume: volume)
    matched.terms.quantity -= body.quantity
    settle()
  }

  /// Moves money and positions of both parties, or throws before the first of them changes.
  private mutating func settle(
    _ body: OrderFilled, notional: MinorUnits
  ) throws(ReductionError) {
    let taker = body.outcome.command.agent
    let maker = body.maker.agent
    guard let takerAfter = balances(after: body, notional: notional, isTaker: true) else {
      throw .overflow
    }
    if taker == maker {
      // Trading with oneself moves nothing but fees.
      guard let left = cash(afterOwnTrade: body) else { throw .overflow }
      setCash(taker, left)
      return
    }
    if maker >= 0 {
      guard let makerAfter = balances(after: body, notional: notional, isTaker: false) else {
        throw .overflow
      }
      setCash(maker, makerAfter.cash)
      setPosition(maker, body.instrument, makerAfter.position)
    }
    setCash(taker, takerAfter.cash)
    setPosition(taker, body.instrument, takerAfter.position)
  }

  /// What a party has after a trade, or nil where a number would leave its range.
  func balances(after body: OrderFilled, notional: MinorUnits, isTaker: Bool) -> Balances? {
    let agent = isTaker ? body.outcome.command.agent : body.maker.agent
    let sign = isTaker ? body.side.sign : -body.side.sign
    guard let moved = Fees.sum(cash(of: agent), -sign * notional),
      let left = Fees.sum(moved, isTaker ? -body.takerFee : -body.makerFee),
      let position = Fees.sum(position(agent, body.instrument), sign * body.quantity)
    else { return nil }
    return Balances(cash: left, position: position)
  }

  /// What an agent has left that traded with itself, or nil where it would leave its range.
  func cash(afterOwnTrade body: OrderFilled) -> MinorUnits? {
    guard let fees = Fees.sum(body.takerFee, body.makerFee) else { return nil }
    return Fees.sum(cash(of: body.outcome.command.agent), -fees)
  }

  func exchangeBalance(after body: OrderFilled) -> MinorUnits? {
    guard let fees = Fees.sum(body.takerFee, body.makerFee) else { return nil }
    return Fees.sum(exchangeCash, fees)
  }

  private mutating func transfer(
    _ body: CapitalTransferred, _ command: PendingCommand?
  ) throws(ReductionError) {
    guard let command, command.key == body.outcome.command,
      command.body == .transfer(recipient: body.recipient, amount: body.amount)
    else { throw .unknownCommand(body.outcome.command) }
    let sender = command.key.agent
    guard body.recipient >= 0, Int(body.recipient) < agentCount else {
      throw .unknownAgent(body.recipient)
    }
    guard accounts[Int(sender)].group == accounts[Int(body.recipient)].group else {
      throw .contradiction("capital moves only within a group")
    }
    let had = cash(of: sender)
    guard body.amount > 0, body.amount <= had else { throw .overflow }
    if sender == body.recipient { return }
    guard let received = Fees.sum(cash(of: body.recipient), body.amount) else {
      throw .overflow
    }
    setCash(sender, had - body.amount)
    setCash(body.recipient, received)
  }
}

extension OrderTerms {
  /// Whether a resting order at `price` lies within the limit.
  @inline(__always)
  func crosses(_ price: PriceIncrements) -> Bool {
    side == .buy ? self.price >= price : self.price <= price
  }
}
