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
    _ event: Event, of command: PendingCommand?
  ) throws(ReductionError) {
    if command != nil, working != nil { throw .contradiction("an order is being matched") }
    switch event {
    case .orderAccepted(let body): try accept(body, command)
    case .orderRejected(let body):
      guard command?.key == body.outcome.command else {
        throw .unknownCommand(body.outcome.command)
      }
    case .orderFilled(let body): try fill(body)
    case .orderCancelled(let body): try cancel(body, command)
    case .orderReplaced(let body): try replace(body, command)
    case .capitalTransferred(let body): try transfer(body, command)
    default: throw .contradiction("not an outcome")
    }
    rest()
  }

  /// The instrument whose book an outcome changes, looked up before it is applied; nil for none.
  public func instrument(of event: Event, _ command: PendingCommand?) -> InstrumentIndex? {
    switch event {
    case .orderAccepted:
      if case .place(let terms)? = command?.body { terms.instrument } else { nil }
    case .orderFilled(let body): body.instrument
    case .orderCancelled(let body): book.order(body.order)?.instrument ?? working?.terms.instrument
    case .orderReplaced(let body): book.order(body.order)?.instrument
    default: nil
    }
  }

  // MARK: Orders

  private mutating func accept(
    _ body: OrderAccepted, _ command: PendingCommand?
  ) throws(ReductionError) {
    guard let command, command.key == body.outcome.command, case .place(let terms) = command.body
    else { throw .unknownCommand(body.outcome.command) }
    try begin(WorkingOrder(key: command.key, terms: terms))
  }

  private mutating func begin(_ order: WorkingOrder) throws(ReductionError) {
    let terms = order.terms
    if working != nil { throw .contradiction("an order is being matched") }
    guard terms.instrument >= 0, Int(terms.instrument) < rules.instruments.count else {
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
    if book.order(order.key) != nil { throw .duplicateOrder(order.key) }
    if book.count >= OrderBook.maximumOrders { throw .overflow }
    working = order
  }

  /// Lets the order being matched rest, or be gone, as soon as nothing more can happen to it.
  private mutating func rest() {
    guard let order = working else { return }
    let terms = order.terms
    if terms.quantity == 0 {
      working = nil
    } else if !order.isDoomed, terms.type == .limit, terms.timeInForce == .goodTillCancelled,
      !book.crosses(terms.instrument, terms.side, price: terms.price)
    {
      book.insert(
        order.key, terms.instrument, terms.side, price: terms.price, quantity: terms.quantity)
      changeOpen(order.key.agent, terms.instrument, terms.side, by: terms.quantity, orders: 1)
      working = nil
    }
  }

  mutating func changeOpen(
    _ agent: AgentIndex, _ instrument: InstrumentIndex, _ side: Side, by lots: Lots,
    orders: Int64
  ) {
    if agent < 0 { return }  // imported orders have no account
    let cell = Int(agent) * rules.instruments.count + Int(instrument)
    // Cannot overflow: at most 2^22 orders of at most 2^40 lots.
    openLots[2 * cell + Int(side.rawValue)] += lots
    openOrders[Int(agent)] += orders
  }

  mutating func reduceResting(_ order: RestingOrder, by quantity: Lots) {
    book.reduce(order.key, by: quantity)
    changeOpen(
      order.key.agent, order.instrument, order.side, by: -quantity,
      orders: quantity == order.quantity ? -1 : 0)
  }

  private mutating func cancel(
    _ body: OrderCancelled, _ command: PendingCommand?
  ) throws(ReductionError) {
    if let command {
      guard command.key == body.outcome.command, case .cancel(body.order, _) = command.body,
        body.order.agent == command.key.agent
      else { throw .unknownCommand(body.outcome.command) }
    } else if working?.key != body.outcome.command {
      throw .unknownCommand(body.outcome.command)
    }
    if let order = working, order.key == body.order {
      guard body.quantity == order.terms.quantity else { throw .invalidQuantity(body.quantity) }
      working = nil
      return
    }
    guard let resting = book.order(body.order) else { throw .unknownOrder(body.order) }
    guard body.quantity > 0, body.quantity <= resting.quantity else {
      throw .invalidQuantity(body.quantity)
    }
    reduceResting(resting, by: body.quantity)
    if body.reason == .selfTrade, rules.selfTradePrevention == .cancelBoth {
      working?.isDoomed = true
    }
  }

  private mutating func replace(
    _ body: OrderReplaced, _ command: PendingCommand?
  ) throws(ReductionError) {
    guard let command, command.key == body.outcome.command,
      case .replace(let order, let price, let quantity) = command.body, order == body.order,
      order.agent == command.key.agent
    else { throw .unknownCommand(body.outcome.command) }
    guard let resting = book.order(order) else { throw .unknownOrder(order) }
    guard quantity > 0, quantity <= Limits.maximumQuantity else {
      throw .invalidQuantity(quantity)
    }
    if book.order(command.key) != nil { throw .duplicateOrder(command.key) }
    if body.keepsPriority {
      guard price == resting.price, quantity <= resting.quantity else {
        throw .contradiction("priority is kept only when shrinking at the same price")
      }
      book.rename(order, to: command.key, quantity: quantity)
      changeOpen(
        order.agent, resting.instrument, resting.side, by: quantity - resting.quantity, orders: 0)
    } else {
      guard price > 0, price <= Limits.maximumPrice else { throw .invalidPrice(price) }
      if working != nil { throw .contradiction("an order is being matched") }
      reduceResting(resting, by: resting.quantity)
      working = WorkingOrder(
        key: command.key,
        terms: OrderTerms(
          instrument: resting.instrument, side: resting.side, price: price, quantity: quantity))
    }
  }

  // MARK: Money

  private mutating func fill(_ body: OrderFilled) throws(ReductionError) {
    guard let order = working, order.key == body.outcome.command else {
      throw .unknownOrder(body.outcome.command)
    }
    guard let resting = book.order(body.maker) else { throw .unknownOrder(body.maker) }
    guard body.instrument == order.terms.instrument, resting.instrument == body.instrument,
      body.side == order.terms.side, resting.side == body.side.opposite
    else { throw .contradiction("a trade has two sides of one instrument") }
    guard body.quantity > 0, body.quantity <= min(order.terms.quantity, resting.quantity) else {
      throw .invalidQuantity(body.quantity)
    }
    guard body.price == resting.price else { throw .invalidPrice(body.price) }
    guard book.front(body.instrument, resting.side)?.key == body.maker,
      order.terms.type == .market
        || book.crosses(body.instrument, body.side, price: order.terms.price)
    else { throw .contradiction("orders trade in turn and within their limits") }
    let rule = rules.instruments[Int(body.instrument)]
    guard
      let money = TradeMoney(price: body.price, quantity: body.quantity, rules: rule),
      let exchange = exchangeBalance(after: body),
      let volume = Fees.sum(trading[Int(body.instrument)].volume, body.quantity)
    else { throw .overflow }
    guard money.takerFee == body.takerFee, money.makerFee == body.makerFee else {
      throw .contradiction("fees are not those of the instrument")
    }
    try settle(body, notional: money.notional)
    cashDigest &-= exchangeCashHash
    exchangeCash = exchange
    cashDigest &+= exchangeCashHash
    working?.terms.quantity -= body.quantity
    reduceResting(resting, by: body.quantity)
    trading[Int(body.instrument)].lastPrice = body.price
    trading[Int(body.instrument)].lastQuantity = body.quantity
    trading[Int(body.instrument)].volume = volume
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
    guard let moved = Fees.sum(cash[Int(agent)], -sign * notional),
      let left = Fees.sum(moved, isTaker ? -body.takerFee : -body.makerFee),
      let position = Fees.sum(position(agent, body.instrument), sign * body.quantity)
    else { return nil }
    return Balances(cash: left, position: position)
  }

  /// What an agent has left that traded with itself, or nil where it would leave its range.
  func cash(afterOwnTrade body: OrderFilled) -> MinorUnits? {
    guard let fees = Fees.sum(body.takerFee, body.makerFee) else { return nil }
    return Fees.sum(cash[Int(body.outcome.command.agent)], -fees)
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
    guard rules.accounts[Int(sender)].group == rules.accounts[Int(body.recipient)].group else {
      throw .contradiction("capital moves only within a group")
    }
    guard body.amount > 0, body.amount <= cash[Int(sender)] else { throw .overflow }
    if sender == body.recipient { return }
    guard let received = Fees.sum(cash[Int(body.recipient)], body.amount) else { throw .overflow }
    setCash(sender, cash[Int(sender)] - body.amount)
    setCash(body.recipient, received)
  }

  mutating func setCash(_ agent: AgentIndex, _ value: MinorUnits) {
    cashDigest &-= cashHash(agent)
    cash[Int(agent)] = value
    cashDigest &+= cashHash(agent)
  }

  mutating func setPosition(
    _ agent: AgentIndex, _ instrument: InstrumentIndex, _ value: Lots
  ) {
    positionsDigest &-= positionHash(agent, instrument)
    positions[Int(agent) * rules.instruments.count + Int(instrument)] = value
    positionsDigest &+= positionHash(agent, instrument)
  }
}
