public import MarketModel
import MatchingEngine

extension ReferenceMarket {
  /// Returns the next outcome of a command, or nil, as `MarketState.nextOutcome` does.
  public func nextOutcome(of command: PendingCommand, number: UInt32) -> Event? {
    let outcome = OutcomeKey(command: command.key, number: number)
    if number > 0 { return arriving.map { nextOutcome(outcome, of: $0) } }
    let agent = command.key.agent
    switch command.body {
    case .place(let terms):
      if let reason = reasons(against: terms, by: agent, instead: nil).first {
        return reject(outcome, reason)
      }
      return .orderAccepted(OrderAccepted(outcome: outcome, reportLatency: 0))
    case .cancel(let id, let quantity):
      if quantity < 0 { return reject(outcome, .invalidQuantity) }
      guard let order = book.order(id) else { return reject(outcome, .unknownOrder) }
      if order.key.agent != agent { return reject(outcome, .notOwner) }
      if quantity % rules.instruments[Int(order.instrument)].lotStep != 0 {
        return reject(outcome, .offLotSize)
      }
      let all = quantity == 0 || quantity > order.quantity
      return cancel(outcome, id, all ? order.quantity : quantity, .requested)
    case .replace(let id, let price, let quantity):
      guard let order = book.order(id) else { return reject(outcome, .unknownOrder) }
      if order.key.agent != agent { return reject(outcome, .notOwner) }
      let terms = OrderTerms(
        instrument: order.instrument, side: order.side, price: price, quantity: quantity)
      if let reason = reasons(against: terms, by: agent, instead: order).first {
        return reject(outcome, reason)
      }
      return .orderReplaced(
        OrderReplaced(
          outcome: outcome, order: id,
          keepsPriority: price == order.price && quantity <= order.quantity, reportLatency: 0))
    case .transfer(let recipient, let amount):
      guard accounts.indices.contains(Int(recipient)) else { return reject(outcome, .unknownAgent) }
      let (from, to) = (accounts[Int(agent)], accounts[Int(recipient)])
      if from.rules.group != to.rules.group { return reject(outcome, .differentGroup) }
      if amount < 1 || amount > from.cash { return reject(outcome, .insufficientCapital) }
      if recipient != agent, !fits(Int128(to.cash) + Int128(amount)) {
        return reject(outcome, .overflow)
      }
      return .capitalTransferred(
        CapitalTransferred(
          outcome: outcome, recipient: recipient, amount: amount, reportLatency: 0))
    }
  }

  private func reject(_ outcome: OutcomeKey, _ reason: RejectReason) -> Event {
    .orderRejected(OrderRejected(outcome: outcome, reason: reason, reportLatency: 0))
  }

  private func cancel(
    _ outcome: OutcomeKey, _ order: CommandKey, _ quantity: Lots, _ reason: CancelReason
  ) -> Event {
    .orderCancelled(
      OrderCancelled(
        outcome: outcome, order: order, quantity: quantity, reason: reason, reportLatency: 0))
  }

  private func fits(_ value: Int128) -> Bool {
    value.magnitude <= UInt128(Limits.maximumBalance)
  }

  func tradesAtOnce(_ terms: OrderTerms) -> Bool {
    !reachable(terms).isEmpty
  }

  /// The orders of the other side that an order may trade with, first in line first.
  private func reachable(_ terms: OrderTerms) -> ArraySlice<ReferenceOrderBook.Order> {
    book.queue(terms.instrument, terms.side.opposite).prefix { order in
      terms.type == .market
        || (terms.side == .buy ? order.price <= terms.price : order.price >= terms.price)
    }
  }

  /// All reasons against an order, in the order of their precedence.
  private func reasons(
    against terms: OrderTerms, by agent: AgentIndex, instead old: ReferenceOrderBook.Order?
  ) -> [RejectReason] {
    guard rules.instruments.indices.contains(Int(terms.instrument)) else {
      return [.unknownInstrument]
    }
    let rule = rules.instruments[Int(terms.instrument)]
    let account = accounts[Int(agent)]
    let own = book.orders.filter { $0.key.agent == agent }
    let isLimit = terms.type == .limit
    let mayRest = isLimit && terms.timeInForce == .goodTillCancelled
    let state = trading[Int(terms.instrument)]
    var found: [RejectReason] = []
    if state.status != .trading { found.append(.tradingHalted) }
    if terms.quantity < 1 || terms.quantity > Limits.maximumQuantity {
      return found + [.invalidQuantity]
    }
    if terms.quantity % rule.lotStep != 0 { found.append(.offLotSize) }
    if isLimit && (terms.price < 1 || terms.price > Limits.maximumPrice) {
      return found + [.invalidPrice]
    }
    if isLimit && terms.price % rule.priceStep != 0 { found.append(.offPriceIncrement) }
    if isLimit, rule.priceBand > 0, abs(terms.price - state.lastPrice) > rule.priceBand {
      found.append(.outsidePriceBand)
    }
    let limit = account.rules.maximumOpenOrders
    if mayRest && old == nil && limit > 0 && own.count >= limit { found.append(.openOrderLimit) }
    if account.rules.maximumPosition > 0 {
      let sameSide = own.filter { $0.instrument == terms.instrument && $0.side == terms.side }
      let open = sameSide.reduce(Int128(0)) { $0 + Int128($1.quantity) }
      let position = Int128(account.positions[Int(terms.instrument)]) * Int128(terms.side.sign)
      let worst = position + open - Int128(old?.quantity ?? 0) + Int128(terms.quantity)
      if worst > Int128(account.rules.maximumPosition) { found.append(.positionLimit) }
    }
    if terms.isPostOnly && (!isLimit || tradesAtOnce(terms)) { found.append(.wouldTrade) }
    if terms.timeInForce == .fillOrKill && !fillsWhole(terms, agent) {
      found.append(.insufficientLiquidity)
    }
    if isLimit, money(terms.price, terms.quantity, rule) == nil { found.append(.overflow) }
    return found
  }

  private func fillsWhole(_ terms: OrderTerms, _ agent: AgentIndex) -> Bool {
    var available: Int128 = 0
    for order in reachable(terms) {
      if order.key.agent == agent, rules.selfTradePrevention != .allow {
        if rules.selfTradePrevention == .cancelResting { continue }
        break
      }
      available += Int128(order.quantity)
    }
    return available >= Int128(terms.quantity)
  }

  /// Value, taker's fee and maker's fee of a trade, or nil where one leaves its range.
  private func money(
    _ price: PriceIncrements, _ quantity: Lots, _ rule: InstrumentRules
  ) -> (Int128, MinorUnits, MinorUnits)? {
    let (product, overflow) = Int128(price).multipliedReportingOverflow(by: Int128(quantity))
    let (value, overflow2) = product.multipliedReportingOverflow(by: Int128(rule.incrementValue))
    guard !overflow, !overflow2, fits(value) else { return nil }
    var list: [MinorUnits] = []
    for rate in [rule.takerFeeMillionths, rule.makerFeeMillionths] {
      let scaled = value * Int128(rate)
      guard rate == 0 || scaled.magnitude <= UInt128(Int64.max) else { return nil }
      // Rounded up: floor of (scaled + 999,999) / 1,000,000.
      let raised = scaled + 999_999
      let quotient = raised / 1_000_000
      list.append(MinorUnits(raised < 0 && raised % 1_000_000 != 0 ? quotient - 1 : quotient))
    }
    return (value, list[0], list[1])
  }

  private func nextOutcome(_ outcome: OutcomeKey, of order: Arriving) -> Event {
    let terms = order.terms
    if order.metItself { return cancel(outcome, order.key, terms.quantity, .selfTrade) }
    guard let resting = reachable(terms).first else {
      let reason: CancelReason = terms.type == .market ? .noLiquidity : .immediateOrCancel
      return cancel(outcome, order.key, terms.quantity, reason)
    }
    let isOwn = resting.key.agent == order.key.agent
    if isOwn && rules.selfTradePrevention == .cancelTaking {
      return cancel(outcome, order.key, terms.quantity, .selfTrade)
    }
    if isOwn && rules.selfTradePrevention != .allow {
      return cancel(outcome, resting.key, resting.quantity, .selfTrade)
    }
    let quantity = min(terms.quantity, resting.quantity)
    let rule = rules.instruments[Int(terms.instrument)]
    guard let (value, takerFee, makerFee) = money(resting.price, quantity, rule),
      fits(Int128(takerFee) + Int128(makerFee)),
      fits(Int128(fees) + Int128(takerFee) + Int128(makerFee)),
      canSettle(order.key.agent, terms, terms.side.sign, value, takerFee, quantity),
      fits(Int128(trading[Int(terms.instrument)].volume) + Int128(quantity)),
      !isOwn || fits(cash(of: order.key.agent) - Int128(takerFee) - Int128(makerFee))
    else { return cancel(outcome, order.key, terms.quantity, .overflow) }
    if resting.key.agent >= 0, !isOwn,
      !canSettle(resting.key.agent, terms, -terms.side.sign, value, makerFee, quantity)
    {
      return cancel(outcome, resting.key, resting.quantity, .overflow)
    }
    return .orderFilled(
      OrderFilled(
        outcome: outcome, instrument: terms.instrument, side: terms.side, maker: resting.key,
        price: resting.price, quantity: quantity, takerFee: takerFee, makerFee: makerFee,
        takerReportLatency: 0, makerReportLatency: 0))
  }

  private func cash(of agent: AgentIndex) -> Int128 { Int128(accounts[Int(agent)].cash) }

  private func canSettle(
    _ agent: AgentIndex, _ terms: OrderTerms, _ sign: Int64, _ value: Int128, _ fee: MinorUnits,
    _ quantity: Lots
  ) -> Bool {
    let account = accounts[Int(agent)]
    let moved = Int128(account.cash) - Int128(sign) * value
    let position = Int128(account.positions[Int(terms.instrument)])
    return fits(moved) && fits(moved - Int128(fee))
      && fits(position + Int128(sign) * Int128(quantity))
  }
}
