import MarketModel
import MatchingEngine

/// The fast path of plain commands: orders of the usual kind that nothing can be said against,
/// cancels, and trades of accounts that are far from the ends of their range.
///
/// `decide` and `commit` define what it does, and do all the rest.
extension MarketState {
  /// Decides on a command, or goes on with its order, and folds the outcome at once.
  ///
  /// It is `decide` and then `commit`, for callers that need nothing between them.
  /// - Precondition: that of `decide`.
  /// - Complexity: that of `decide` and `commit`.
  public mutating func execute(
    _ command: inout PendingCommand, number: UInt32, into decision: inout Decision
  ) {
    if isMatching {
      decision.begin(command.key, number)
      match(&decision)
      if decision.isFill { commitFill(&decision) } else { commitCancel(&decision) }
      return
    }
    switch command.body {
    case .place(let terms) where isPlain(terms, by: command.key.agent):
      decision.begin(command.key, number)
      decision.kind = .accepted
      settle(WorkingOrder(key: command.key, terms: terms))
    case .cancel(let order, let quantity):
      decision.begin(command.key, number)
      cancel(order, quantity, &decision)
      if decision.isCancel { commitCancel(&decision) }
    default:
      decide(&command, number: number, into: &decision)
      commit(&decision, of: &command)
    }
  }

  /// Whether an order is of the usual kind, and nothing can be said against it.
  ///
  /// Where it is true, `refusal` is nil, which takes three times as long to find out.
  @inline(__always)
  mutating func isPlain(_ order: OrderTerms, by agent: AgentIndex) -> Bool {
    let instrument = Int(order.instrument)
    guard order.type == .limit, order.timeInForce == .goodTillCancelled, !order.isPostOnly,
      instruments.indices.contains(instrument), instruments[instrument].terms.hasUnitSteps,
      instruments[instrument].trading.status == .trading
    else { return false }
    let rule = instruments[instrument].terms
    // Wrapping: anything below a range comes to lie above it.
    let inBand = UInt64(
      bitPattern: order.price &- instruments[instrument].trading.lastPrice &+ rule.bandReach)
    guard UInt64(bitPattern: order.price &- 1) < UInt64(Limits.maximumPrice),
      UInt64(bitPattern: order.quantity &- 1) < UInt64(Limits.maximumQuantity),
      inBand <= 2 &* UInt64(bitPattern: rule.bandReach),
      TradeMoney.isPossible(price: order.price, quantity: order.quantity, terms: rule)
    else { return false }
    let row = row(agent)
    guard holdings[row].openBuys < holdings[row].limit, book.count < OrderBook.maximumOrders
    else { return false }
    let holding = holdings[row &+ 1 &+ instrument]
    let position = order.side == .buy ? holding.amount : 0 &- holding.amount
    // Cannot wrap but in the last sum: at most 2^22 orders of 2^40 lots are open.
    let (worst, overflow) = position.addingReportingOverflow(
      holding.open(order.side) &+ order.quantity)
    return !overflow && worst <= holding.limit
  }

  /// Whether no sum of a trade can leave its range, as all that it adds to, and its value, are
  /// less than a quarter of the largest balance.
  ///
  /// A sum has three parts at most: fees are no larger than the value of the trade.
  @inline(__always)
  mutating func isCalm(
    _ taker: AgentIndex, _ maker: AgentIndex, _ instrument: InstrumentIndex,
    _ notional: MinorUnits
  ) -> Bool {
    if maker < 0 || maker == taker { return false }
    let quarter = Limits.maximumBalance / 4
    let (paying, taking) = (row(taker), row(maker))
    let place = 1 &+ Int(instrument)
    // Moved up by a quarter, what lies within one on both sides has its three highest bits clear.
    let highest =
      UInt64(bitPattern: holdings[paying].amount &+ quarter)
      | UInt64(bitPattern: holdings[paying &+ place].amount &+ quarter)
      | UInt64(bitPattern: holdings[taking].amount &+ quarter)
      | UInt64(bitPattern: holdings[taking &+ place].amount &+ quarter)
      | UInt64(bitPattern: exchangeCash &+ quarter)
      | UInt64(bitPattern: instruments[Int(instrument)].trading.volume &+ quarter)
      | UInt64(bitPattern: notional &+ quarter)
    return highest < 2 * UInt64(quarter)
  }
}
