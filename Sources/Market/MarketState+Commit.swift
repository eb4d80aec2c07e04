import MarketModel
import MatchingEngine

/// The fast path of the live exchange: what was just decided on this state is folded into it
/// without looking everything up and checking everything again.
///
/// `apply` does the same for outcomes that come from anywhere, and checks them; a test holds the
/// two, and the naive `ReferenceMarket`, against each other.
extension MarketState {
  /// Folds a decision into the state it was decided on.
  ///
  /// - Precondition: `decide` returned it for this state and `command`.
  /// - Complexity: O(1) expected, but for levels that come and go.
  public mutating func commit(_ decision: inout Decision, of command: inout PendingCommand) {
    switch decision.kind {
    case .accepted:
      if case .place(let terms) = command.body {
        settle(WorkingOrder(key: command.key, terms: terms))
      }
    case .rejected: break
    case .filled: commitFill(&decision)
    case .cancelled: commitCancel(&decision)
    case .replaced: commitReplacement(&decision, &command)
    case .transferred:
      let sender = decision.command.agent
      if sender == decision.index { return }
      setCash(sender, cash(of: sender) - decision.quantity)
      setCash(decision.index, cash(of: decision.index) + decision.quantity)
    }
  }

  mutating func commitFill(_ fill: inout Decision) {
    let instrument = Int(fill.index)
    let quantity = fill.quantity
    let maker = fill.order.agent
    // Nothing here can overflow: the decision looked at every sum.
    let bought = fill.side == .buy ? quantity : 0 &- quantity
    let cost = fill.price &* bought &* instruments[instrument].terms.incrementValue
    if matched.key.agent == maker {
      setCash(maker, cash(of: maker) &- fill.takerFee &- fill.makerFee)
    } else {
      trade(matched.key.agent, instrument, bought, cost: cost &+ fill.takerFee)
      if maker >= 0 {
        trade(maker, instrument, 0 &- bought, cost: fill.makerFee &- cost)
      }
    }
    exchangeCash &+= fill.takerFee &+ fill.makerFee
    instruments[instrument].trading.note(
      fill.price, quantity, volume: instruments[instrument].trading.volume &+ quantity)
    reduceResting(fill.slot, by: quantity)
    matched.terms.quantity &-= quantity
    settle()
  }

  /// Moves lots to an agent, and what they cost from it.
  @inline(__always)
  private mutating func trade(
    _ agent: AgentIndex, _ instrument: Int, _ lots: Lots, cost: MinorUnits
  ) {
    let row = row(agent)
    let cell = row &+ 1 &+ instrument
    // Both digests are wrapping sums.
    accountsDigest &+= holdings[row].set(holdings[row].amount &- cost)
    positionsDigest &+= holdings[cell].set(holdings[cell].amount &+ lots)
  }

  @inline(__always)
  mutating func commitCancel(_ cancel: inout Decision) {
    if cancel.slot < 0 {
      isMatching = false
      return
    }
    reduceResting(cancel.slot, by: cancel.quantity)
    if !isMatching { return }
    if cancel.cancelReason == .selfTrade, rules.selfTradePrevention == .cancelBoth {
      matched.isDoomed = true
    }
    settle()
  }

  private mutating func commitReplacement(
    _ decision: inout Decision, _ command: inout PendingCommand
  ) {
    guard case .replace(_, let price, let quantity) = command.body else { return }
    let resting = book.order(at: decision.slot)
    if decision.keepsPriority {
      book.rename(at: decision.slot, to: command.key, quantity: quantity)
      changeOpen(
        resting.key.agent, resting.instrument, resting.side, by: quantity - resting.quantity,
        orders: 0)
      return
    }
    reduceResting(decision.slot, by: resting.quantity)
    settle(
      WorkingOrder(
        key: command.key,
        terms: OrderTerms(
          instrument: resting.instrument, side: resting.side, price: price, quantity: quantity)))
  }
}
