import Agents
import Counterfactual
import Journal
import Market
import MarketModel
import MatchingEngine
import Replay
import Session
import SessionSupport
import Testing

/// What interventions do, held against what is known of them beforehand.
@Suite struct InterventionEffectTests {
  private func verify(_ tapes: [[UInt8]]) throws {
    let report = try Verification<BuiltInAgents, MemorySource>.run(
      SmallSession.open(tapes), level: .v5)
    #expect(report.finding == nil)
  }

  @Test(arguments: [false, true])
  func `every kind of intervention gives a tape that decides itself again`(
    hasLatency: Bool
  ) throws {
    let parent = [try SmallSession.record(Forks.scenario(hasLatency: hasLatency))]
    let scenario = Forks.scenario(hasLatency: hasLatency)
    var stranger = scenario.agents[1]
    stranger.type = "zero-intelligence"
    let entry = try #require(BuiltInAgents.entries.first { $0.typeName == stranger.type })
    stranger.parameters = try Parameters().resolved(by: entry.parameters)
    var slow = scenario.agents[0]
    slow.commandLatency = .fixed(1_500_000_000)
    slow.reportLatency = .fixed(10)
    slow.wakeInterval = 2_000_000_000
    slow.account.maximumPosition = 5
    var rules = scenario.instruments[0]
    rules.makerFeeMillionths = -20
    rules.takerFeeMillionths = 700
    rules.priceBand = 300
    var process = scenario.processes[0]
    process.motion = .walk(start: 10_000_000, deviation: 500, reversion: 0.1)
    let order = OrderTerms(instrument: 0, side: .buy, price: 9000, quantity: 3)
    let all: [Intervention] = [
      .changeAgent(stranger), .changeAgent(slow), .changeInstrument(rules),
      .changeProcess(process), .shock(process: "fair", -40_000),
      .insert(agent: "MM_01", .place(instrument: "STOCK", order)),
      .insert(agent: "MM_01", .cancel(tick: 19, ordinal: 0, quantity: 0)),
      .insert(agent: "Arb_01", .message(to: "MM_01", payload: [1, 2, 3])),
      .loadPolicy(agent: "Arb_01", [9]), .silence(agent: "Zero_01"), .reseed(5),
    ]
    for intervention in all { try verify(Forks.fork(parent, at: 20, [intervention])) }
    let together = try Forks.fork(parent, at: 20, all)
    try verify(together)
    // A fork of that at the same tick takes all of it over, before its own.
    try verify(Forks.fork(together, at: 20, [.shock(process: "fair", 999)]))
    let same = try Forks.fork(together, at: 20, [])
    #expect(
      try TapeComparison.compare(SmallSession.open(together), SmallSession.open(same)).isEqual)
    // So does a fork of a fork that has none of its own, and one of that.
    var chain = same
    for _ in 0..<2 {
      chain = try Forks.fork(chain, at: 20, [])
      #expect(
        try TapeComparison.compare(SmallSession.open(together), SmallSession.open(chain)).isEqual)
    }
    for held in [["MM_01"], ["MM_01", "Trend_01"]] {
      let placebo = try Forks.fork(together, at: 20, [], held: held)
      #expect(
        try TapeComparison.compare(SmallSession.open(together), SmallSession.open(placebo)).isEqual)
    }
  }

  @Test func `a fee on trades that nobody reacts to costs exactly the fee`() throws {
    // None of these strategies looks at its cash: the trades stay the same.
    let parent = [try SmallSession.record(Forks.scenario(hasLatency: false))]
    var rules = Forks.scenario().instruments[0]
    rules.takerFeeMillionths = 10_000
    let child = try Forks.fork(parent, at: 20, [.changeInstrument(rules)])
    let before = try Forks.end(parent)
    let after = try Forks.end(child)
    var expected = [MinorUnits](repeating: 0, count: before.agents.count)
    var trades = 0
    for record in try Forks.events(parent) where record.time >= 20_000_000_000 {
      guard case .orderFilled(let fill) = record.event else { continue }
      trades += 1
      // One hundredth of the notional, rounded up in favour of the exchange.
      let notional = fill.price * fill.quantity
      expected[Int(fill.outcome.command.agent)] += (notional + 99) / 100
    }
    #expect(trades > 10)
    for agent in before.agents.indices {
      let cost =
        before.market.cash(of: AgentIndex(agent)) - after.market.cash(of: AgentIndex(agent))
      #expect(cost == expected[agent])
      #expect(
        before.market.position(AgentIndex(agent), 0) == after.market.position(AgentIndex(agent), 0))
    }
  }

  @Test(arguments: [false, true])
  func `an inserted command that comes to nothing moves nobody`(hasLatency: Bool) throws {
    var scenario = Forks.scenario(hasLatency: hasLatency)
    scenario.agents.append(SmallSession.agent("Nobody", "idle", hasLatency: hasLatency))
    let parent = [try SmallSession.record(scenario)]
    // Refused by the exchange: no lots at all.
    let nothing = OrderTerms(instrument: 0, side: .buy, price: 9000, quantity: 0)
    for tick in [5, 20, 33] as [Tick] {
      let child = try Forks.fork(
        parent, at: tick, [.insert(agent: "Nobody", .place(instrument: "STOCK", nothing))])
      let comparison = try TapeComparison.compare(
        SmallSession.open(parent), SmallSession.open(child))
      #expect(comparison.onlyFirstCount == 0 && comparison.changedCount == 0)
      // The intervention, the order, its refusal and, on its way, the report of that.
      #expect(comparison.onlySecondCount == (hasLatency ? 4 : 3))
    }
    // An agent that acts itself draws the same noise; without latency nothing else holds it back.
    if hasLatency { return }
    let child = try Forks.fork(
      parent, at: 20, [.insert(agent: "Zero_01", .place(instrument: "STOCK", nothing))])
    let comparison = try TapeComparison.compare(SmallSession.open(parent), SmallSession.open(child))
    #expect(comparison.onlyFirstCount + comparison.changedCount == 0)
    #expect(comparison.onlySecondCount == 3)
  }

  @Test func `an order of known size against a standing book has the known effect`() throws {
    var scenario = Forks.scenario(hasLatency: false)
    scenario.agents = []
    for name in ["Maker", "Taker"] {
      var agent = SmallSession.agent(name, "idle", hasLatency: false)
      agent.account.openingCash = 1_000_000
      scenario.agents.append(agent)
    }
    let session = [try SmallSession.record(scenario)]
    func order(_ side: Side, _ price: PriceIncrements, _ quantity: Lots) -> InsertedCommand {
      .place(
        instrument: "STOCK",
        OrderTerms(instrument: 0, side: side, price: price, quantity: quantity))
    }
    let parent = try Forks.fork(
      session, at: 10,
      [
        .insert(agent: "Maker", order(.sell, 10_010, 5)),
        .insert(agent: "Maker", order(.sell, 10_020, 5)),
        .insert(agent: "Maker", order(.sell, 10_050, 5)),
      ])
    for quantity in 1...15 as ClosedRange<Lots> {
      let child = try Forks.fork(
        parent, at: 30, [.insert(agent: "Taker", order(.buy, 10_050, quantity))])
      let end = try Forks.end(child)
      let first = min(quantity, 5)
      let second = min(max(quantity - 5, 0), 5)
      let cost = 10_010 * first + 10_020 * second + 10_050 * max(quantity - 10, 0)
      #expect(end.market.cash(of: 1) == 1_000_000 - cost)
      #expect(end.market.cash(of: 0) == 1_000_000 + cost)
      #expect(end.market.position(1, 0) == quantity)
    }
  }

  @Test func `a strategy that takes over knows its account`() throws {
    let parent = [try SmallSession.record(Forks.scenario(seed: 8))]
    for tick in stride(from: 3, to: 48, by: 4) as StrideTo<Int> {
      var replayer = try Replayer<BuiltInAgents, MemorySource>(SmallSession.open(parent))
      try replayer.advance(to: Tick(tick))
      for agent in replayer.state.agents.indices where agent != 1 {
        // What its own book says is what it may know, and that is what a new strategy is told.
        var writer = ByteWriter()
        replayer.state.seats[agent]?.encodeMemory(into: &writer)
        var reader = ByteReader(writer.bytes)
        let own = try OwnBook(from: &reader)
        let known = replayer.state.knownAccount(of: AgentIndex(agent))
        #expect(known.positions == [own.inventory])
        var orders = own.orders
        for order in known.orders {
          let index = try #require(
            orders.firstIndex { $0.tick == order.key.tick && $0.ordinal == order.key.ordinal })
          #expect(orders.remove(at: index).quantity == order.quantity)
        }
        // It is not told of orders whose end is on its way to it already.
        for order in orders {
          let key = order.key(of: AgentIndex(agent))
          #expect(replayer.state.market.book.order(key) == nil)
        }
      }
    }
  }

  @Test func `what is impossible is refused, and says why`() throws {
    let scenario = Forks.scenario()
    let lineage = try SmallSession.open([try SmallSession.record(scenario)])
    var renamed = scenario.agents[0]
    renamed.account.group = 3
    var unknown = scenario.agents[0]
    unknown.type = "oracle"
    var rules = scenario.instruments[0]
    rules.priceStep = 5
    var process = scenario.processes[0]
    process.firstStep = 7
    for (intervention, reason) in [
      (.changeAgent(renamed), "of MM_01 only"), (.changeAgent(unknown), "no agents of the type"),
      (.changeInstrument(rules), "of STOCK only"), (.changeProcess(process), "of fair only"),
      (.shock(process: "foul", 1), "no process is called foul"),
      (.insert(agent: "MM_01", .publish(topic: "x", payload: [])), "no topic is called x"),
      (.insert(agent: "MM_01", .cancel(tick: 30, ordinal: 0, quantity: 0)), "no order of tick 30"),
    ] as [(Intervention, String)] {
      var plan = try ForkPlan<BuiltInAgents>(lineage, at: 20, interventions: [])
      do {
        try plan.add([.reseed(1), intervention])
        Issue.record("\(intervention) is possible")
      } catch {
        #expect(error.index == 1 && error.reason.contains(reason), "\(error.reason)")
        #expect(plan.interventions.isEmpty)
      }
    }
  }

  @Test func `particulars come back, and no part of them is enough`() throws {
    let scenario = Forks.scenario()
    let terms = OrderTerms(
      instrument: 0, side: .sell, type: .limit, timeInForce: .fillOrKill, isPostOnly: true,
      price: 77, quantity: 8)
    for intervention in [
      .silence(agent: "A"), .addAgent(scenario.agents[0]), .changeAgent(scenario.agents[1]),
      .setParameters(agent: "B", scenario.agents[1].parameters), .reseed(.max),
      .changeInstrument(scenario.instruments[0]), .changeProcess(scenario.processes[0]),
      .shock(process: "fair", -3), .insert(agent: "A", .place(instrument: "S", terms)),
      .insert(agent: "A", .cancel(tick: 4, ordinal: 5, quantity: 6)),
      .insert(agent: "A", .message(to: "B", payload: [1])),
      .insert(agent: "A", .publish(topic: "t", payload: [])), .loadPolicy(agent: "A", [3, 4]),
    ] as [Intervention] {
      let payload = intervention.payload
      #expect(try Intervention(code: intervention.code, payload: payload) == intervention)
      for count in payload.indices {
        #expect(throws: ByteError.self) {
          try Intervention(code: intervention.code, payload: Array(payload[..<count]))
        }
      }
      #expect(throws: ByteError.self) {
        try Intervention(code: intervention.code, payload: payload + [0])
      }
    }
  }

  @Test func `a choice changes only towards what became likelier`() throws {
    let scenario = Forks.scenario(seed: 31, hasLatency: false)
    let parent = [try SmallSession.record(scenario)]
    var eager = scenario.agents[3]
    eager.parameters.set("market_probability", .number(0.6))
    let child = try Forks.fork(parent, at: 5, [.changeAgent(eager)])
    // By key, which both runs share.
    let types = { (tapes: [[UInt8]]) throws -> [(CommandKey, OrderTerms)] in
      try Forks.events(tapes).compactMap {
        guard case .orderSubmitted(let body) = $0.event, body.key.agent == 3 else { return nil }
        return (body.key, body.terms)
      }
    }
    let after = try types(child)
    var changes = 0
    for (key, terms) in try types(parent) {
      // Its first order is moved by one where it cancels an old one before.
      guard let other = after.first(where: { $0.0.tick == key.tick })?.1 else { continue }
      #expect(other.side == terms.side)
      if other.type == terms.type { continue }
      changes += 1
      #expect(terms.type == .limit && other.type == .market)
    }
    #expect(changes >= 8)
  }
}
