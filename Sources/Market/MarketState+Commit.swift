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

  private mutating func commitFill(_ fill: inout Decision) {
    var order = matched
    let instrument = Int(fill.index)
    let quantity = fill.quantity
    // Nothing here can overflow: the decision looked at every sum.
    let notional = fill.price &* quantity &* terms[instrument].incrementValue
    let sign = fill.side.sign
    let taker = order.key.agent
    let maker = fill.order.agent
    if taker == maker {
      setCash(taker, cash(of: taker) &- fill.takerFee &- fill.makerFee)
    } else {
      setCash(taker, cash(of: taker) &- sign &* notional &- fill.takerFee)
      setPosition(taker, fill.index, position(taker, fill.index) &+ sign &* quantity)
      if maker >= 0 {
        setCash(maker, cash(of: maker) &+ sign &* notional &- fill.makerFee)
        setPosition(maker, fill.index, position(maker, fill.index) &- sign &* quantity)
      }
    }
    exchangeCash &+= fill.takerFee &+ fill.makerFee
    reduceResting(fill.slot, book.order(at: fill.slot), by: quantity)
    trading[instrument].note(
      fill.price, quantity, volume: trading[instrument].volume &+ quantity)
    order.terms.quantity &-= quantity
    settle(order)
  }

  @inline(__always)
  private mutating func commitCancel(_ cancel: inout Decision) {
    if cancel.slot < 0 {
      isMatching = false
      return
    }
    reduceResting(cancel.slot, book.order(at: cancel.slot), by: cancel.quantity)
    if !isMatching { return }
    var order = matched
    if cancel.cancelReason == .selfTrade, rules.selfTradePrevention == .cancelBoth {
      order.isDoomed = true
    }
    settle(order)
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
    reduceResting(decision.slot, resting, by: resting.quantity)
    settle(
      WorkingOrder(
        key: command.key,
        terms: OrderTerms(
          instrument: resting.instrument, side: resting.side, price: price, quantity: quantity)))
  }
}
