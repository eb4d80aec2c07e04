import Agents
import Market
import MarketModel
import Session
import Testing

/// How recorded facts become live orders, by example.
@Suite struct RecordedFlowTests {
  private enum Fact {
    case level(Side, PriceIncrements, Lots)
    case conceal(Side, PriceIncrements)
    case order(Int64, Side, PriceIncrements, Lots)
    case reduce(Int64, Side, PriceIncrements, Lots, ReductionCause, known: Bool)
    case other
  }

  private func event(_ fact: Fact, _ number: Int64) -> Event {
    let key = FactKey(feed: 5, number: number)  // the feed's index in another session
    switch fact {
    case .level(let side, let price, let quantity):
      return .levelSeeded(
        LevelObserved(fact: key, instrument: 3, side: side, price: price, quantity: quantity))
    case .conceal(let side, let price):
      return .levelConcealed(
        LevelObserved(fact: key, instrument: 3, side: side, price: price, quantity: 0))
    case .order(let reference, let side, let price, let quantity):
      return .orderObserved(
        OrderObserved(
          fact: key, instrument: 3, reference: reference, side: side, price: price,
          quantity: quantity))
    case .reduce(let reference, let side, let price, let quantity, let cause, let known):
      return .reductionObserved(
        ReductionObserved(
          fact: key, instrument: 3, reference: reference, side: side, price: price,
          quantity: quantity, cause: cause, isKnown: known))
    case .other:
      return .tradingStatusObserved(
        TradingStatusObserved(fact: key, instrument: 3, status: .halted))
    }
  }

  /// What comes of facts, one a second from the start on, in words.
  ///
  /// A script of another agent, `S`, may get in the way.
  private func outcome(_ facts: [Fact], script: String = "") throws -> String {
    var scenario = Scenario.plain([
      agent("R", "idle", wake: -1), agent("T", "idle", wake: -1), scripted("S", script),
    ])
    scenario.processes = [
      ProcessDescription(
        name: "flow", motion: .feed(resting: 0, taking: 1), firstStep: -1,
        interval: 0)
    ]
    scenario.agents[2].firstWake = 500 * milliseconds
    var session = try TestSession(scenario: scenario)
    let records = facts.enumerated().map { index, fact in
      EventRecord(
        time: 7_000_000 * milliseconds + Nanoseconds(index) * 1000 * milliseconds, cause: nil,
        event: event(fact, Int64(index)))
    }
    session.flows = [
      RecordedFlow(
        process: 0, resting: 0, taking: 1, instrument: 0, facts: records, start: 0)
    ]
    var sink = EventBuffer()
    try session.run(into: &sink)
    #expect(try fold(sink.records[...], scenario).digests() == session.state.digests())
    return sink.records.compactMap { text($0) }.joined(separator: ", ")
  }

  private func text(_ record: EventRecord) -> String? {
    switch record.event {
    case .orderSubmitted(let body) where body.key.agent < 2:
      let name = body.key.agent == 0 ? "" : "taking "
      let kind = body.terms.timeInForce == .goodTillCancelled ? "" : " ioc"
      return "\(name)\(body.terms.side) \(body.terms.quantity)@\(body.terms.price)\(kind)"
    case .cancelSubmitted(let body) where body.key.agent < 2:
      return "cancel \(body.order.tick) \(body.quantity)"
    case .flowAdjusted(let body):
      #expect(body.fact == FactKey(feed: 0, number: record.time / 1000 / milliseconds))
      return "\(body.adjustment) \(body.quantity)"
    case .orderFilled(let body): return "fill \(body.quantity)@\(body.price)"
    case .orderRejected(let body): return "rejected \(body.reason)"
    default: return nil
    }
  }

  @Test func `levels and orders become orders of the resting agent`() throws {
    #expect(
      try outcome([.level(.buy, 99, 5), .order(7, .sell, 101, 2), .other])
        == "buy 5@99, sell 2@101")
  }

  @Test func `an execution takes the order that it took`() throws {
    #expect(
      try outcome([
        .order(7, .sell, 101, 5), .reduce(7, .sell, 101, 2, .execution, known: true),
      ]) == "sell 5@101, taking buy 2@101 ioc, fill 2@101")
  }

  @Test func `an execution whose order is smaller or gone is sent all the same`() throws {
    let facts: [Fact] = [
      .order(7, .sell, 101, 5), .reduce(7, .sell, 101, 4, .execution, known: true),
      .reduce(7, .sell, 101, 1, .execution, known: true),
    ]
    #expect(
      try outcome(facts, script: "buy 3@101")
        == """
        sell 5@101, fill 3@101, restingOrderSmaller 2, taking buy 4@101 ioc, fill 2@101, \
        restingOrderGone 1, taking buy 1@101 ioc
        """)
  }

  @Test func `cancels shrink or remove the order, or say that it is gone`() throws {
    #expect(
      try outcome([
        .order(7, .sell, 101, 5), .reduce(7, .sell, 101, 2, .partialCancel, known: true),
        .reduce(7, .sell, 101, 3, .deletion, known: true),
        .reduce(7, .sell, 101, 3, .deletion, known: true),
      ]) == "sell 5@101, cancel 0 2, cancel 0 0, nothingToCancel 3")
    #expect(
      try outcome(
        [.order(7, .sell, 101, 5), .reduce(7, .sell, 101, 5, .deletion, known: true)],
        script: "buy 5@101") == "sell 5@101, fill 5@101, nothingToCancel 5")
  }

  @Test func `for an unseen order the level's own stands in`() throws {
    #expect(
      try outcome([
        .level(.buy, 99, 5), .reduce(8, .buy, 99, 2, .partialCancel, known: false),
        .reduce(9, .buy, 99, 1, .deletion, known: false),
        .reduce(9, .buy, 99, 1, .execution, known: false),
        .reduce(9, .buy, 98, 1, .execution, known: false),
        .reduce(9, .buy, 98, 1, .deletion, known: false),
      ])
        == """
        buy 5@99, unseenReference 2, cancel 0 2, unseenReference 1, cancel 0 1, \
        unseenReference 1, taking sell 1@99 ioc, fill 1@99, unseenReference 1, \
        restingOrderGone 1, taking sell 1@98 ioc, fill 1@99, unseenReference 1, nothingToCancel 1
        """)
  }

  @Test func `a level that leaves the window takes all its orders along`() throws {
    #expect(
      try outcome([
        .level(.buy, 99, 5), .order(7, .buy, 99, 1), .order(8, .buy, 98, 1),
        .order(9, .sell, 99 + 9, 1), .conceal(.buy, 99), .conceal(.buy, 97),
        .reduce(7, .buy, 99, 1, .deletion, known: true),
      ]) == "buy 5@99, buy 1@99, buy 1@98, sell 1@108, cancel 0 0, cancel 1 0, nothingToCancel 1")
  }

  @Test func `what is on its way counts as open`() throws {
    var scenario = Scenario.plain([agent("R", "idle", wake: -1), agent("T", "idle", wake: -1)])
    scenario.agents[0].commandLatency = .fixed(10)
    scenario.agents[1].commandLatency = .fixed(10)
    scenario.processes = [
      ProcessDescription(
        name: "flow", motion: .feed(resting: 0, taking: 1), firstStep: -1,
        interval: 0)
    ]
    var session = try TestSession(scenario: scenario)
    let facts: [Fact] = [
      .order(7, .sell, 101, 5), .reduce(7, .sell, 101, 5, .execution, known: true),
    ]
    session.flows = [
      RecordedFlow(
        process: 0, resting: 0, taking: 1, instrument: 0,
        facts: facts.enumerated().map {
          EventRecord(time: 0, cause: nil, event: event($1, Int64($0)))
        }, start: 0)
    ]
    var sink = EventBuffer()
    try session.run(into: &sink)
    #expect(counts(sink.records)[.flowAdjusted] == nil)
  }
}
