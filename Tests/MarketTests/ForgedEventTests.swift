import Market
import MarketModel
import MatchingEngine
import Testing

/// Events that cannot follow are refused with a typed error; nothing traps.
@Suite struct ForgedEventTests {
  private static let a0 = CommandKey(agent: 0, tick: 0, ordinal: 0)
  private static let b0 = CommandKey(agent: 1, tick: 0, ordinal: 0)
  private static let c0 = CommandKey(agent: 2, tick: 0, ordinal: 0)
  private static let d0 = CommandKey(agent: 3, tick: 0, ordinal: 0)

  private static let rules = MarketRules.example(
    InstrumentRules(name: "X", referencePrice: 100, makerFeeMillionths: -9, takerFeeMillionths: 9))

  /// A sells 3 @ 100, B 2 @ 100, C 2 @ 101; D buys 5 @ 100 and is about to be matched.
  private func matching() throws -> MarketState {
    var market = MarketState(rules: Self.rules)
    for (key, side, price, quantity) in [
      (Self.a0, Side.sell, 100, 3), (Self.b0, .sell, 100, 2), (Self.c0, .sell, 101, 2),
      (Self.d0, .buy, 100, 4),
    ] as [(CommandKey, Side, Int64, Int64)] {
      let terms = OrderTerms(instrument: 0, side: side, price: price, quantity: quantity)
      try market.apply(Self.accepted(key), of: PendingCommand(key: key, body: .place(terms)))
    }
    #expect(market.working?.key == Self.d0)
    return market
  }

  private static func accepted(_ key: CommandKey) -> Event {
    .orderAccepted(
      OrderAccepted(outcome: OutcomeKey(command: key, number: 0), reportLatency: 0))
  }

  private static func fill(_ change: (inout OrderFilled) -> Void = { _ in }) -> Event {
    var fill = OrderFilled(
      outcome: OutcomeKey(command: d0, number: 1), instrument: 0, side: .buy, maker: a0,
      price: 100, quantity: 3, takerFee: 1, makerFee: 0, takerReportLatency: 0,
      makerReportLatency: 0)
    change(&fill)
    return .orderFilled(fill)
  }

  private func expectRefused(
    _ event: Event, _ error: ReductionError? = nil, of command: PendingCommand? = nil,
    in market: MarketState? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    var state = try market ?? matching()
    let found = #expect(throws: ReductionError.self, sourceLocation: sourceLocation) {
      try state.apply(event, of: command)
    }
    if let error { #expect(found == error, sourceLocation: sourceLocation) }
  }

  @Test func `the fill that follows is folded`() throws {
    var market = try matching()
    try market.apply(Self.fill(), of: nil)
    #expect(market.working?.terms.quantity == 1)
  }

  @Test func `a fill with anything wrong is refused`() throws {
    try expectRefused(Self.fill { $0.price = 99 }, .invalidPrice(99))
    try expectRefused(Self.fill { $0.price = .max }, .invalidPrice(.max))
    try expectRefused(Self.fill { $0.quantity = 4 }, .invalidQuantity(4))
    try expectRefused(Self.fill { $0.quantity = 0 }, .invalidQuantity(0))
    try expectRefused(Self.fill { $0.quantity = -1 }, .invalidQuantity(-1))
    try expectRefused(Self.fill { $0.takerFee = 0 })
    try expectRefused(Self.fill { $0.takerFee = .min })
    try expectRefused(Self.fill { $0.makerFee = -1 })
    try expectRefused(Self.fill { $0.makerFee = .max })
    try expectRefused(Self.fill { $0.side = .sell })
    try expectRefused(Self.fill { $0.instrument = 1 })
    try expectRefused(Self.fill { $0.instrument = .max })
    try expectRefused(Self.fill { $0.maker = Self.d0 }, .unknownOrder(Self.d0))
    try expectRefused(
      Self.fill { $0.outcome.command = Self.a0 }, .unknownOrder(Self.a0))
  }

  @Test func `a fill out of turn or beyond the limit is refused`() throws {
    let outOfTurn = Self.fill {
      $0.maker = Self.b0
      $0.quantity = 2
    }
    try expectRefused(outOfTurn)
    let beyond = Self.fill {
      $0.maker = Self.c0
      $0.quantity = 2
      $0.price = 101
    }
    try expectRefused(beyond)
  }

  @Test func `without an order being matched there is no fill`() throws {
    try expectRefused(Self.fill(), in: MarketState(rules: Self.rules))
  }

  @Test func `no other command is decided while an order is being matched`() throws {
    let key = CommandKey(agent: 0, tick: 5, ordinal: 0)
    let outcome = OutcomeKey(command: key, number: 0)
    let transfer = Event.capitalTransferred(
      CapitalTransferred(outcome: outcome, recipient: 1, amount: 5, reportLatency: 0))
    let command = PendingCommand(key: key, body: .transfer(recipient: 1, amount: 5))
    try expectRefused(transfer, of: command)
    try expectRefused(transfer)
    let cancel = PendingCommand(key: key, body: .cancel(order: Self.a0, quantity: 0))
    let cancelled = Event.orderCancelled(
      OrderCancelled(
        outcome: outcome, order: Self.a0, quantity: 3, reason: .requested, reportLatency: 0))
    try expectRefused(cancelled, of: cancel)
    try expectRefused(cancelled)
    let rejected = Event.orderRejected(
      OrderRejected(outcome: outcome, reason: .overflow, reportLatency: 0))
    try expectRefused(rejected, of: cancel)
    let again = PendingCommand(
      key: key,
      body: .place(OrderTerms(instrument: 0, side: .buy, price: 1, quantity: 1)))
    try expectRefused(Self.accepted(key), of: again)
  }

  @Test func `an outcome must answer its command`() throws {
    let key = CommandKey(agent: 0, tick: 5, ordinal: 0)
    let outcome = OutcomeKey(command: key, number: 0)
    let order = PendingCommand(
      key: key, body: .place(OrderTerms(instrument: 0, side: .buy, price: 1, quantity: 1)))
    let transfer = PendingCommand(key: key, body: .transfer(recipient: 1, amount: 5))
    let cancelled = Event.orderCancelled(
      OrderCancelled(
        outcome: outcome, order: Self.b0, quantity: 2, reason: .requested, reportLatency: 0))
    var calm = try matching()
    try calm.apply(Self.fill(), of: nil)
    try calm.apply(
      Self.fill {
        $0.maker = Self.b0
        $0.quantity = 1
        $0.outcome.number = 2
      }, of: nil)
    #expect(calm.working == nil)
    try expectRefused(cancelled, of: order, in: calm)
    try expectRefused(cancelled, of: transfer, in: calm)
    try expectRefused(cancelled, of: nil, in: calm)
    // The order of another agent, or another order than the command names.
    let foreign = PendingCommand(key: key, body: .cancel(order: Self.b0, quantity: 0))
    try expectRefused(cancelled, of: foreign, in: calm)
    let other = PendingCommand(key: key, body: .cancel(order: Self.a0, quantity: 0))
    try expectRefused(cancelled, of: other, in: calm)
    for wrong in [
      CapitalTransferred(outcome: outcome, recipient: 2, amount: 5, reportLatency: 0),
      CapitalTransferred(outcome: outcome, recipient: 1, amount: 6, reportLatency: 0),
    ] { try expectRefused(.capitalTransferred(wrong), of: transfer, in: calm) }
    let right = CapitalTransferred(outcome: outcome, recipient: 1, amount: 5, reportLatency: 0)
    try expectRefused(.capitalTransferred(right), of: order, in: calm)
    try expectRefused(.capitalTransferred(right), of: nil, in: calm)
    try expectRefused(Self.accepted(key), of: transfer, in: calm)
    try expectRefused(Self.accepted(key), of: nil, in: calm)
    try expectRefused(.noteAdded(NoteAdded(payload: [])), of: order, in: calm)
  }

  @Test func `an order is accepted once`() throws {
    var market = MarketState(rules: Self.rules)
    let command = PendingCommand(
      key: Self.a0, body: .place(OrderTerms(instrument: 0, side: .buy, price: 1, quantity: 1)))
    try market.apply(Self.accepted(Self.a0), of: command)
    try expectRefused(
      Self.accepted(Self.a0), .duplicateOrder(Self.a0), of: command, in: market)
  }
}
