public import MarketModel
import MatchingEngine

/// Recorded facts of a real market, re-issued as live orders against which others trade.
///
/// | fact | becomes |
/// | --- | --- |
/// | level seeded or revealed | a limit order of the resting agent, of the level's quantity |
/// | order observed | a limit order of the resting agent |
/// | partial cancel, deletion | a cancel of that order; of the level's own order if unseen |
/// | execution | an immediate-or-cancel order of the taking agent, at the resting order's price |
/// | level concealed | cancels of all that the resting agent has at that price |
/// | hidden execution, status, cross | nothing |
///
/// An execution is sent even where its resting order is gone or has become smaller, because the
/// trader behind it wanted to trade: `flowAdjusted` says so first. A cancel of what is gone is not
/// sent: `flowAdjusted` says that. Nothing is dropped silently.
public struct RecordedFlow: Sendable {
  /// An order that the resting agent has, or had, in the live market.
  private struct Live: Sendable {
    var reference: Int64
    var isAnonymous: Bool
    var side: Side
    var price: PriceIncrements
    var key: CommandKey
  }

  /// What the session does for one fact.
  @usableFromInline
  enum Action {
    case adjust(FlowAdjustment, Lots)
    case submit(AgentIndex, Command)
  }

  private let process: ProcessIndex
  private let resting: AgentIndex
  private let taking: AgentIndex
  private let instrument: InstrumentIndex
  private let facts: [EventRecord]
  private let shift: Nanoseconds
  private var cursor = 0
  private var live: [Live] = []

  /// Creates a flow.
  ///
  /// The first fact happens at the session's start, the others as long after it as they did.
  /// `facts` are in the order of time.
  public init(
    process: ProcessIndex, resting: AgentIndex, taking: AgentIndex, instrument: InstrumentIndex,
    facts: [EventRecord], start: Nanoseconds
  ) {
    self.process = process
    self.resting = resting
    self.taking = taking
    self.instrument = instrument
    self.facts = facts
    shift = start - (facts.first?.time ?? start)
  }

  /// The instant of the next fact.
  var nextTime: Nanoseconds? { cursor < facts.count ? facts[cursor].time + shift : nil }

  /// The identity of the next fact, under this session's own feed.
  var nextFact: FactKey? {
    guard cursor < facts.count, let number = facts[cursor].event.factNumber else { return nil }
    return FactKey(feed: process, number: number)
  }

  /// Notes under which key an order of the resting agent went out.
  mutating func note(_ key: CommandKey) {
    if !live.isEmpty { live[live.count - 1].key = key }
  }

  /// What becomes of the next fact; `open` tells what is left of an order.
  mutating func next(open: (CommandKey) -> Lots) -> [Action] {
    guard cursor < facts.count else { return [] }
    cursor += 1
    switch facts[cursor - 1].event {
    case .levelSeeded(let body), .levelRevealed(let body):
      return place(0, true, body.side, body.price, body.quantity)
    case .orderObserved(let body):
      return place(body.reference, false, body.side, body.price, body.quantity)
    case .levelConcealed(let body): return conceal(body, open)
    case .reductionObserved(let body):
      return body.cause == .execution ? execute(body, open) : shrink(body, open)
    default: return []
    }
  }

  private mutating func place(
    _ reference: Int64, _ isAnonymous: Bool, _ side: Side, _ price: PriceIncrements,
    _ quantity: Lots
  ) -> [Action] {
    live.append(
      Live(
        reference: reference, isAnonymous: isAnonymous, side: side, price: price, key: .filler))
    let terms = OrderTerms(
      instrument: instrument, side: side, price: price, quantity: quantity)
    return [.submit(resting, .placeOrder(terms))]
  }

  private mutating func conceal(
    _ body: LevelObserved, _ open: (CommandKey) -> Lots
  ) -> [Action] {
    var actions: [Action] = []
    for order in live where order.side == body.side && order.price == body.price {
      if open(order.key) > 0 {
        actions.append(.submit(resting, .cancelOrder(order: order.key, quantity: 0)))
      }
    }
    live.removeAll { $0.side == body.side && $0.price == body.price }
    return actions
  }

  private func find(_ body: ReductionObserved) -> Int? {
    live.lastIndex { order in
      body.isKnown
        ? !order.isAnonymous && order.reference == body.reference
        : order.isAnonymous && order.side == body.side && order.price == body.price
    }
  }

  private mutating func shrink(
    _ body: ReductionObserved, _ open: (CommandKey) -> Lots
  ) -> [Action] {
    var actions: [Action] = []
    if !body.isKnown { actions.append(.adjust(.unseenReference, body.quantity)) }
    guard let index = find(body), open(live[index].key) > 0 else {
      return actions + [.adjust(.nothingToCancel, body.quantity)]
    }
    let key = live[index].key
    if body.cause == .deletion, body.isKnown {
      live.remove(at: index)
      return actions + [.submit(resting, .cancelOrder(order: key, quantity: 0))]
    }
    return actions + [.submit(resting, .cancelOrder(order: key, quantity: body.quantity))]
  }

  private mutating func execute(
    _ body: ReductionObserved, _ open: (CommandKey) -> Lots
  ) -> [Action] {
    var actions: [Action] = []
    if !body.isKnown { actions.append(.adjust(.unseenReference, body.quantity)) }
    let left = find(body).map { open(live[$0].key) } ?? 0
    if left == 0 {
      actions.append(.adjust(.restingOrderGone, body.quantity))
    } else if left < body.quantity {
      actions.append(.adjust(.restingOrderSmaller, body.quantity - left))
    }
    let terms = OrderTerms(
      instrument: instrument, side: body.side.opposite, timeInForce: .immediateOrCancel,
      price: body.price, quantity: body.quantity)
    return actions + [.submit(taking, .placeOrder(terms))]
  }
}

extension Event {
  /// The feed's own number of an imported fact; nil for other events.
  public var factNumber: Int64? {
    switch self {
    case .levelSeeded(let body), .levelRevealed(let body), .levelConcealed(let body):
      body.fact.number
    case .orderObserved(let body): body.fact.number
    case .reductionObserved(let body): body.fact.number
    case .hiddenExecutionObserved(let body): body.fact.number
    case .tradingStatusObserved(let body): body.fact.number
    case .crossObserved(let body): body.fact.number
    case .flowAdjusted(let body): body.fact.number
    default: nil
    }
  }
}
