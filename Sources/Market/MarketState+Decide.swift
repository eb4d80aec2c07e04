public import MarketModel
import MatchingEngine

/// The exchange as a decider: looks at the state, proposes the next outcome, changes nothing.
extension MarketState {
  /// Returns the next outcome of a command, or nil when there is none left.
  ///
  /// Outcomes are asked for one by one, each after the one before was folded, with `number`
  /// counting from 0. Report latencies in what is returned are 0; the session fills them in.
  /// - Complexity: O(1) for each outcome; fill-or-kill looks at the levels it needs.
  public func nextOutcome(of command: PendingCommand, number: UInt32) -> Outcome? {
    if number > 0 && !isMatching { return nil }
    var decision = Decision()
    var (copy, command) = (self, command)
    copy.decide(&command, number: number, into: &decision)
    return decision.outcome
  }

  /// Decides on a command that arrived (`number` 0), or goes on with the order that it brought.
  ///
  /// The decision is written over another, so that the loop of an exchange keeps one and nothing
  /// is copied. State and command are `inout` for the same reason, and nothing in them changes:
  /// structs of their size that are only lent would be copied at every call.
  /// - Precondition: `isMatching` is true exactly where `number` is not 0.
  /// - Complexity: that of `nextOutcome`.
  public mutating func decide(
    _ command: inout PendingCommand, number: UInt32, into decision: inout Decision
  ) {
    decision.begin(command.key, number)
    if isMatching {
      match(&decision)
      return
    }
    switch command.body {
    case .place(let terms):
      if isPlain(terms, by: command.key.agent) {
        decision.kind = .accepted
      } else if let reason = refusal(of: terms, by: command.key.agent, replacing: nil) {
        decision.reject(reason)
      } else {
        decision.kind = .accepted
      }
    case .cancel(let order, let quantity): cancel(order, quantity, &decision)
    case .replace(let order, let price, let quantity):
      replace(order, price, quantity, &decision)
    case .transfer(let recipient, let amount): transfer(recipient, amount, &decision)
    }
  }

  // MARK: Refusals

  /// Why an order is refused, or nil.
  ///
  /// The first reason that applies is given, in the order of
  /// `RejectReason`. `replacing` is the order whose place it would take.
  @inline(never)
  private mutating func refusal(
    of terms: OrderTerms, by agent: AgentIndex, replacing: RestingOrder?
  ) -> RejectReason? {
    guard terms.instrument >= 0, Int(terms.instrument) < instruments.count else {
      return .unknownInstrument
    }
    let rule = instruments[Int(terms.instrument)].terms
    if instruments[Int(terms.instrument)].trading.status != .trading { return .tradingHalted }
    guard terms.quantity > 0, terms.quantity <= Limits.maximumQuantity else {
      return .invalidQuantity
    }
    if !isMultiple(terms.quantity, of: rule.lotStep) { return .offLotSize }
    if terms.type == .limit, let reason = priceRefusal(terms, rule) { return reason }
    let account = accounts[Int(agent)]
    let mayRest = terms.type == .limit && terms.timeInForce == .goodTillCancelled
    if mayRest, replacing == nil {
      let limit = account.maximumOpenOrders
      if limit > 0, holdings[row(agent)].openBuys >= limit { return .openOrderLimit }
      if book.count >= OrderBook.maximumOrders { return .openOrderLimit }
    }
    if exceedsPositionLimit(terms, agent, account, replacing) { return .positionLimit }
    if terms.isPostOnly, terms.type == .market || wouldTrade(terms) { return .wouldTrade }
    if terms.timeInForce == .fillOrKill, !canFillWhole(terms, agent) {
      return .insufficientLiquidity
    }
    if terms.type == .limit,
      !TradeMoney.isPossible(price: terms.price, quantity: terms.quantity, terms: rule)
    {
      return .overflow
    }
    return nil
  }

  @inline(__always)
  private mutating func priceRefusal(_ terms: OrderTerms, _ rule: TradingTerms) -> RejectReason? {
    guard terms.price > 0, terms.price <= Limits.maximumPrice else { return .invalidPrice }
    if !isMultiple(terms.price, of: rule.priceStep) { return .offPriceIncrement }
    if rule.priceBand > 0 {
      // Cannot overflow: both prices lie within Limits.maximumPrice.
      let distance = terms.price - instruments[Int(terms.instrument)].trading.lastPrice
      if distance.magnitude > UInt64(rule.priceBand) { return .outsidePriceBand }
    }
    return nil
  }

  /// A division takes longer than all other checks together, and most steps are 1.
  @inline(__always)
  private func isMultiple(_ value: Int64, of step: Int64) -> Bool {
    step == 1 || value % step == 0
  }

  @inline(__always)
  private mutating func wouldTrade(_ terms: OrderTerms) -> Bool {
    book.crosses(terms.instrument, terms.side, price: terms.price)
  }

  @inline(__always)
  private mutating func exceedsPositionLimit(
    _ terms: OrderTerms, _ agent: AgentIndex, _ account: Account, _ replacing: RestingOrder?
  ) -> Bool {
    if account.maximumPosition == 0 { return false }
    let holding = holdings[cell(agent, terms.instrument)]
    // Cannot overflow: open lots hold those replaced, and are of 2^22 orders of 2^40 lots at most.
    let pending = holding.open(terms.side) &- (replacing?.quantity ?? 0) &+ terms.quantity
    let position = terms.side == .buy ? holding.amount : 0 &- holding.amount
    guard pending <= Limits.maximumBalance, let worst = Fees.sum(position, pending) else {
      return true
    }
    return worst > account.maximumPosition
  }

  /// Whether the other side holds enough within the limit, own orders left out where they would
  /// be cancelled instead of traded with.
  @inline(never)
  private mutating func canFillWhole(_ terms: OrderTerms, _ agent: AgentIndex) -> Bool {
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
  @inline(__always)
  mutating func match(_ decision: inout Decision) {
    let working = matched
    let terms = working.terms
    let slot = book.frontSlot(terms.instrument, terms.side.opposite)
    if working.isDoomed {
      decision.cancel(working.key, terms.quantity, .selfTrade)
      return
    }
    if slot >= 0 {
      let price = book.order(at: slot).price
      if terms.type == .market || terms.crosses(price) {
        let maker = book.order(at: slot).key
        if maker.agent != working.key.agent || rules.selfTradePrevention == .allow {
          fill(working, slot, &decision)
        } else if rules.selfTradePrevention == .cancelTaking {
          decision.cancel(working.key, terms.quantity, .selfTrade)
        } else {
          decision.cancel(maker, book.order(at: slot).quantity, .selfTrade, at: slot)
        }
        return
      }
    }
    // Orders that may rest do so by themselves; only those that may not come to an end here.
    decision.cancel(
      working.key, terms.quantity, terms.type == .market ? .noLiquidity : .immediateOrCancel)
  }

  @inline(__always)
  private mutating func fill(
    _ working: WorkingOrder, _ slot: Int32, _ decision: inout Decision
  ) {
    let resting = book.order(at: slot)
    let instrument = working.terms.instrument
    let quantity = min(working.terms.quantity, resting.quantity)
    guard
      let money = TradeMoney(
        price: resting.price, quantity: quantity, terms: instruments[Int(instrument)].terms)
    else {
      decision.cancel(working.key, working.terms.quantity, .overflow)
      return
    }
    guard
      isCalm(working.key.agent, resting.key.agent, instrument, money.notional)
        || canTrade(money, quantity, slot, &decision)
    else { return }
    decision.kind = .filled
    decision.slot = slot
    decision.index = instrument
    decision.side = working.terms.side
    decision.order = resting.key
    decision.price = resting.price
    decision.quantity = quantity
    decision.takerFee = money.takerFee
    decision.makerFee = money.makerFee
  }

  /// Whether every sum of a trade stays in its range; where not, decides which order goes.
  @inline(never)
  private mutating func canTrade(
    _ money: TradeMoney, _ quantity: Lots, _ slot: Int32, _ decision: inout Decision
  ) -> Bool {
    let resting = book.order(at: slot)
    let instrument = resting.instrument
    let taker = matched.key.agent
    let maker = resting.key.agent
    let sign = matched.terms.side.sign
    // No fee comes near the range of a number: it is a millionth of one.
    let fees = money.takerFee + money.makerFee
    guard canTrade(taker, instrument, money.notional * sign, money.takerFee, sign * quantity),
      taker != maker || Fees.sum(cash(of: taker), -fees) != nil,
      Fees.sum(exchangeCash, fees) != nil,
      Fees.sum(instruments[Int(instrument)].trading.volume, quantity) != nil
    else {
      decision.cancel(matched.key, matched.terms.quantity, .overflow)
      return false
    }
    if maker >= 0, maker != taker,
      !canTrade(maker, instrument, -sign * money.notional, money.makerFee, -sign * quantity)
    {
      decision.cancel(resting.key, resting.quantity, .overflow, at: slot)
      return false
    }
    return true
  }

  /// Whether an account stays in its range when it pays and takes in so much.
  private func canTrade(
    _ agent: AgentIndex, _ instrument: InstrumentIndex, _ cost: MinorUnits, _ fee: MinorUnits,
    _ lots: Lots
  ) -> Bool {
    guard let moved = Fees.sum(cash(of: agent), -cost) else { return false }
    return Fees.sum(moved, -fee) != nil && Fees.sum(position(agent, instrument), lots) != nil
  }

  // MARK: Other commands

  @inline(__always)
  mutating func cancel(_ order: CommandKey, _ quantity: Lots, _ decision: inout Decision) {
    if quantity < 0 { return decision.reject(.invalidQuantity) }
    let slot = book.slot(of: order)
    if slot < 0 { return decision.reject(.unknownOrder) }
    if order.agent != decision.command.agent { return decision.reject(.notOwner) }
    let instrument = Int(book.order(at: slot).instrument)
    if quantity > 0, !isMultiple(quantity, of: instruments[instrument].terms.lotStep) {
      return decision.reject(.offLotSize)
    }
    let open = book.order(at: slot).quantity
    decision.cancel(order, quantity == 0 ? open : min(quantity, open), .requested, at: slot)
  }

  private mutating func replace(
    _ order: CommandKey, _ price: PriceIncrements, _ quantity: Lots, _ decision: inout Decision
  ) {
    let slot = book.slot(of: order)
    if slot < 0 { return decision.reject(.unknownOrder) }
    let resting = book.order(at: slot)
    if order.agent != decision.command.agent { return decision.reject(.notOwner) }
    let terms = OrderTerms(
      instrument: resting.instrument, side: resting.side, price: price, quantity: quantity)
    if let reason = refusal(of: terms, by: order.agent, replacing: resting) {
      return decision.reject(reason)
    }
    decision.kind = .replaced
    decision.slot = slot
    decision.order = order
    decision.keepsPriority = price == resting.price && quantity <= resting.quantity
  }

  private mutating func transfer(
    _ recipient: AgentIndex, _ amount: MinorUnits, _ decision: inout Decision
  ) {
    guard recipient >= 0, Int(recipient) < agentCount else {
      return decision.reject(.unknownAgent)
    }
    let sender = decision.command.agent
    if accounts[Int(sender)].group != accounts[Int(recipient)].group {
      return decision.reject(.differentGroup)
    }
    guard amount > 0, amount <= cash(of: sender) else {
      return decision.reject(.insufficientCapital)
    }
    if sender != recipient, Fees.sum(cash(of: recipient), amount) == nil {
      return decision.reject(.overflow)
    }
    decision.kind = .transferred
    decision.index = recipient
    decision.quantity = amount
  }
}
