public import MarketModel
import MatchingEngine

/// The exchange as a decider: looks at the state, proposes the next outcome, changes nothing.
extension MarketState {
  /// Returns the next outcome of a command, or nil when there is none left.
  ///
  /// Outcomes are asked for one by one, each after the one before was applied, with `number`
  /// counting from 0. Report latencies in what is returned are 0; the session fills them in.
  /// - Complexity: O(1) for each outcome; fill-or-kill looks at the levels it needs.
  public func nextOutcome(of command: PendingCommand, number: UInt32) -> Event? {
    let outcome = OutcomeKey(command: command.key, number: number)
    if number > 0 { return working == nil ? nil : matchingOutcome(outcome) }
    switch command.body {
    case .place(let terms):
      if let reason = refusal(of: terms, by: command.key.agent, replacing: nil) {
        return rejected(outcome, reason)
      }
      return .orderAccepted(OrderAccepted(outcome: outcome, reportLatency: 0))
    case .cancel(let order, let quantity):
      return cancelOutcome(outcome, order, quantity)
    case .replace(let order, let price, let quantity):
      return replaceOutcome(outcome, order, price, quantity)
    case .transfer(let recipient, let amount):
      return transferOutcome(outcome, recipient, amount)
    }
  }

  private func rejected(_ outcome: OutcomeKey, _ reason: RejectReason) -> Event {
    .orderRejected(OrderRejected(outcome: outcome, reason: reason, reportLatency: 0))
  }

  // MARK: Refusals

  /// Why an order is refused, or nil.
  ///
  /// The first reason that applies is given, in the order of
  /// `RejectReason`. `replacing` is the order whose place it would take.
  private func refusal(
    of terms: OrderTerms, by agent: AgentIndex, replacing: RestingOrder?
  ) -> RejectReason? {
    guard terms.instrument >= 0, Int(terms.instrument) < rules.instruments.count else {
      return .unknownInstrument
    }
    let rule = rules.instruments[Int(terms.instrument)]
    if trading[Int(terms.instrument)].status != .trading { return .tradingHalted }
    guard terms.quantity > 0, terms.quantity <= Limits.maximumQuantity else {
      return .invalidQuantity
    }
    if terms.quantity % rule.lotStep != 0 { return .offLotSize }
    if terms.type == .limit, let reason = priceRefusal(terms, rule) { return reason }
    let account = rules.accounts[Int(agent)]
    let mayRest = terms.type == .limit && terms.timeInForce == .goodTillCancelled
    if mayRest, replacing == nil, account.maximumOpenOrders > 0,
      openOrders[Int(agent)] >= account.maximumOpenOrders
    {
      return .openOrderLimit
    }
    if mayRest, replacing == nil, book.count >= OrderBook.maximumOrders { return .openOrderLimit }
    if exceedsPositionLimit(terms, agent, account, replacing) { return .positionLimit }
    if terms.isPostOnly, terms.type == .market || wouldTrade(terms) { return .wouldTrade }
    if terms.timeInForce == .fillOrKill, !canFillWhole(terms, agent) {
      return .insufficientLiquidity
    }
    if terms.type == .limit,
      TradeMoney(price: terms.price, quantity: terms.quantity, rules: rule) == nil
    {
      return .overflow
    }
    return nil
  }

  private func priceRefusal(_ terms: OrderTerms, _ rule: InstrumentRules) -> RejectReason? {
    guard terms.price > 0, terms.price <= Limits.maximumPrice else { return .invalidPrice }
    if terms.price % rule.priceStep != 0 { return .offPriceIncrement }
    if rule.priceBand > 0 {
      // Cannot overflow: both prices lie within Limits.maximumPrice.
      let distance = terms.price - trading[Int(terms.instrument)].lastPrice
      if distance.magnitude > UInt64(rule.priceBand) { return .outsidePriceBand }
    }
    return nil
  }

  private func wouldTrade(_ terms: OrderTerms) -> Bool {
    book.crosses(terms.instrument, terms.side, price: terms.price)
  }

  private func exceedsPositionLimit(
    _ terms: OrderTerms, _ agent: AgentIndex, _ account: AccountRules, _ replacing: RestingOrder?
  ) -> Bool {
    if account.maximumPosition == 0 { return false }
    let cell = Int(agent) * rules.instruments.count + Int(terms.instrument)
    let open = openLots[2 * cell + Int(terms.side.rawValue)] - (replacing?.quantity ?? 0)
    guard let pending = Fees.sum(open, terms.quantity),
      let worst = Fees.sum(positions[cell] * terms.side.sign, pending)
    else { return true }
    return worst > account.maximumPosition
  }

  /// Whether the other side holds enough within the limit, own orders left out where they would
  /// be cancelled instead of traded with.
  private func canFillWhole(_ terms: OrderTerms, _ agent: AgentIndex) -> Bool {
    var missing = terms.quantity
    for level in book.levels(terms.instrument, terms.side.opposite).reversed() {
      if terms.type == .limit {
        let isWithin = terms.side == .buy ? level.price <= terms.price : level.price >= terms.price
        if !isWithin { break }
      }
      for order in book.queue(level) {
        if order.key.agent == agent {
          switch rules.selfTradePrevention {
          case .allow: break
          case .cancelResting: continue
          case .cancelTaking, .cancelBoth: return false
          }
        }
        missing -= order.quantity
        if missing <= 0 { return true }
      }
    }
    return false
  }

  // MARK: Matching

  /// The next outcome of the order being matched.
  private func matchingOutcome(_ outcome: OutcomeKey) -> Event? {
    guard let working else { return nil }
    let terms = working.terms
    if working.isDoomed { return cancelled(outcome, working.key, terms.quantity, .selfTrade) }
    let resting = book.front(terms.instrument, terms.side.opposite)
    guard let resting, terms.type == .market || crosses(terms, resting) else {
      // Orders that may rest do so by themselves; only those that may not come here.
      let reason: CancelReason = terms.type == .market ? .noLiquidity : .immediateOrCancel
      return cancelled(outcome, working.key, terms.quantity, reason)
    }
    if resting.key.agent == working.key.agent {
      switch rules.selfTradePrevention {
      case .allow: break
      case .cancelResting, .cancelBoth:
        return cancelled(outcome, resting.key, resting.quantity, .selfTrade)
      case .cancelTaking:
        return cancelled(outcome, working.key, terms.quantity, .selfTrade)
      }
    }
    return fill(outcome, working, resting)
  }

  private func crosses(_ terms: OrderTerms, _ resting: RestingOrder) -> Bool {
    terms.side == .buy ? terms.price >= resting.price : terms.price <= resting.price
  }

  private func fill(
    _ outcome: OutcomeKey, _ working: WorkingOrder, _ resting: RestingOrder
  ) -> Event {
    let terms = working.terms
    let quantity = min(terms.quantity, resting.quantity)
    let rule = rules.instruments[Int(terms.instrument)]
    let filled = { (money: TradeMoney) in
      OrderFilled(
        outcome: outcome, instrument: terms.instrument, side: terms.side, maker: resting.key,
        price: resting.price, quantity: quantity, takerFee: money.takerFee,
        makerFee: money.makerFee, takerReportLatency: 0, makerReportLatency: 0)
    }
    guard let money = TradeMoney(price: resting.price, quantity: quantity, rules: rule) else {
      return cancelled(outcome, working.key, terms.quantity, .overflow)
    }
    let fill = filled(money)
    let isOwn = resting.key.agent == working.key.agent
    if balances(after: fill, notional: money.notional, isTaker: true) == nil
      || (isOwn && cash(afterOwnTrade: fill) == nil) || exchangeBalance(after: fill) == nil
      || Fees.sum(trading[Int(terms.instrument)].volume, quantity) == nil
    {
      return cancelled(outcome, working.key, terms.quantity, .overflow)
    }
    if resting.key.agent >= 0, !isOwn,
      balances(after: fill, notional: money.notional, isTaker: false) == nil
    {
      return cancelled(outcome, resting.key, resting.quantity, .overflow)
    }
    return .orderFilled(fill)
  }

  // MARK: Other commands

  private func cancelled(
    _ outcome: OutcomeKey, _ order: CommandKey, _ quantity: Lots, _ reason: CancelReason
  ) -> Event {
    .orderCancelled(
      OrderCancelled(
        outcome: outcome, order: order, quantity: quantity, reason: reason, reportLatency: 0))
  }

  private func cancelOutcome(
    _ outcome: OutcomeKey, _ order: CommandKey, _ quantity: Lots
  ) -> Event {
    guard quantity >= 0 else { return rejected(outcome, .invalidQuantity) }
    guard let resting = book.order(order) else { return rejected(outcome, .unknownOrder) }
    guard resting.key.agent == outcome.command.agent else { return rejected(outcome, .notOwner) }
    let lotStep = rules.instruments[Int(resting.instrument)].lotStep
    if quantity % lotStep != 0 { return rejected(outcome, .offLotSize) }
    let amount = quantity == 0 ? resting.quantity : min(quantity, resting.quantity)
    return cancelled(outcome, order, amount, .requested)
  }

  private func replaceOutcome(
    _ outcome: OutcomeKey, _ order: CommandKey, _ price: PriceIncrements, _ quantity: Lots
  ) -> Event {
    guard let resting = book.order(order) else { return rejected(outcome, .unknownOrder) }
    guard resting.key.agent == outcome.command.agent else { return rejected(outcome, .notOwner) }
    let terms = OrderTerms(
      instrument: resting.instrument, side: resting.side, price: price, quantity: quantity)
    if let reason = refusal(of: terms, by: outcome.command.agent, replacing: resting) {
      return rejected(outcome, reason)
    }
    let keepsPriority = price == resting.price && quantity <= resting.quantity
    return .orderReplaced(
      OrderReplaced(
        outcome: outcome, order: order, keepsPriority: keepsPriority, reportLatency: 0))
  }

  private func transferOutcome(
    _ outcome: OutcomeKey, _ recipient: AgentIndex, _ amount: MinorUnits
  ) -> Event {
    guard recipient >= 0, Int(recipient) < agentCount else {
      return rejected(outcome, .unknownAgent)
    }
    let sender = outcome.command.agent
    if rules.accounts[Int(sender)].group != rules.accounts[Int(recipient)].group {
      return rejected(outcome, .differentGroup)
    }
    guard amount > 0, amount <= cash[Int(sender)] else {
      return rejected(outcome, .insufficientCapital)
    }
    if sender != recipient, Fees.sum(cash[Int(recipient)], amount) == nil {
      return rejected(outcome, .overflow)
    }
    return .capitalTransferred(
      CapitalTransferred(
        outcome: outcome, recipient: recipient, amount: amount, reportLatency: 0))
  }
}
