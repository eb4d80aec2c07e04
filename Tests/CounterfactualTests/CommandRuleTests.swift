import Agents
import Counterfactual
import Journal
import Market
import MarketModel
import Replay
import Session
import SessionSupport
import TestSupport
import Testing

/// Commands that an intervention withholds, delays or changes.
@Suite struct CommandRuleTests {
  private let from: Tick = 20
  private let until: Tick = 30

  /// Zero_01 tells everybody, and Arb_01 listens.
  private func scenario(hasLatency: Bool) -> Scenario {
    var scenario = Forks.scenario(seed: 12, hasLatency: hasLatency)
    scenario.topics = ["talk"]
    scenario.agents[3].parameters.set("signal_probability", .number(1))
    scenario.agents[3].parameters.set("signal_to", .text("topic:talk"))
    scenario.agents[2].subscriptions = [0]
    scenario.agents[0].subscriptions = [0]
    return scenario
  }

  private func rule(
    _ agent: String?, _ action: CommandRule.Action, where condition: String = ""
  ) -> Intervention {
    .rule(
      CommandRule(agent: agent, from: from, until: until, condition: condition, action: action))
  }

  private func verify(_ tapes: [[UInt8]]) throws {
    let report = try Verification<BuiltInAgents, MemorySource>.run(
      SmallSession.open(tapes), level: .v5)
    #expect(report.finding == nil)
  }

  private func compare(_ one: [[UInt8]], _ other: [[UInt8]]) throws -> TapeComparison {
    try TapeComparison.compare(SmallSession.open(one), SmallSession.open(other))
  }

  @Test(arguments: [false, true])
  func `every rule gives a tape that decides itself again, also in forks of it`(
    hasLatency: Bool
  ) throws {
    let parent = [try SmallSession.record(scenario(hasLatency: hasLatency))]
    let all = [
      rule("MM_01", .withhold, where: "side == buy"),
      rule("Trend_01", .change(CommandRule.OrderChange(quantity: 2, factor: 2500))),
      rule("Arb_01", .change(CommandRule.OrderChange(side: .sell))),
      rule("Zero_01", .delay(700_000_000), where: "kind == order and quantity > 4"),
      rule("Zero_01", .withhold, where: "kind == message and recipient == MM_01"),
      rule("Zero_01", .forge([1, 2, 3]), where: "kind == message and recipient == Arb_01"),
      rule(nil, .delay(1), where: "kind == cancel"),
      rule("MM_01", .change(CommandRule.OrderChange(price: 10_001)), where: "side == sell"),
    ]
    for rule in Effort.some(of: all) {
      let child = try Forks.fork(parent, at: from, [rule])
      try verify(child)
      #expect(try !compare(parent, child).isEqual)
    }
    let together = try Forks.fork(parent, at: from, all)
    try verify(together)
    for tick in [from, 24, 40] {
      for held in Effort.some(of: [[], ["Zero_01"], ["MM_01", "Trend_01", "Arb_01", "Zero_01"]]) {
        let placebo = try Forks.fork(together, at: tick, [], held: held)
        #expect(try compare(together, placebo).isEqual)
        try verify(placebo)
      }
    }
    // New rules change also what is held.
    let held = try Forks.fork(together, at: 24, [rule("MM_01", .withhold)], held: ["MM_01"])
    try verify(held)
    let orders = try commands(held, of: "MM_01").filter { (24..<until).contains($0.tick) }
    #expect(orders.isEmpty)
  }

  /// The keys of the commands that an agent gave.
  private func commands(_ tapes: [[UInt8]], of name: String) throws -> [CommandKey] {
    let agent = try Forks.end(tapes).agentIndex(named: name)
    return try Forks.events(tapes).compactMap {
      guard case .orderSubmitted(let body) = $0.event, body.key.agent == agent else { return nil }
      return body.key
    }
  }

  @Test func `what is withheld keeps its number`() throws {
    let parent = [try SmallSession.record(scenario(hasLatency: false))]
    let child = try Forks.fork(
      parent, at: from, [rule("MM_01", .withhold, where: "kind == order and side == buy")])
    var withheld: [CommandKey] = []
    for record in try Forks.events(child) {
      guard case .commandWithheld(let body) = record.event else { continue }
      #expect(body.intervention == 0)
      withheld.append(body.key)
    }
    #expect(withheld.count >= 10)
    let before = try commands(parent, of: "MM_01").prefix { $0.tick <= from }
    let given = try commands(child, of: "MM_01").prefix { $0.tick <= from }
    let both = (given + withheld.filter { $0.tick <= from }).sorted {
      ($0.tick, $0.ordinal) < ($1.tick, $1.ordinal)
    }
    #expect(both == Array(before))
    // Beyond its ticks the rule does nothing.
    #expect(withheld.allSatisfy { (from..<until).contains($0.tick) })
  }

  @Test func `an agent whose commands are all dropped is silent to everyone else`() throws {
    let parent = [try SmallSession.record(scenario(hasLatency: true))]
    let name = "Zero_01"
    var forever = CommandRule(agent: name, from: from, until: 1000, action: .withhold)
    let dropped = try Forks.fork(parent, at: from, [.rule(forever)])
    let silenced = try Forks.fork(parent, at: from, [.silence(agent: name)])
    let others = { (tapes: [[UInt8]]) throws -> [Event] in
      try Forks.events(tapes).map(\.event).filter {
        ![.interventionApplied, .commandWithheld].contains($0.kind)
      }
    }
    #expect(try others(dropped) == others(silenced))
    forever.condition = "quantity > 1000000"
    let nothing = try compare(parent, Forks.fork(parent, at: from, [.rule(forever)]))
    #expect(nothing.onlyFirstCount + nothing.changedCount == 0 && nothing.onlySecondCount == 1)
  }

  @Test func `orders are changed and delayed as the rule says`() throws {
    let parent = [try SmallSession.record(scenario(hasLatency: true))]
    let change = CommandRule.OrderChange(side: .buy, price: 9_876, quantity: 7)
    let child = try Forks.fork(
      parent, at: from,
      [
        rule("Zero_01", .change(change), where: "kind == order and type == limit"),
        rule("Zero_01", .delay(123_000_000_000), where: "kind == order and price == 98.76"),
      ])
    var count = 0
    for record in try Forks.events(child) {
      guard case .orderSubmitted(let order) = record.event, order.key.agent == 3,
        (from..<until).contains(order.key.tick), order.terms.type == .limit
      else { continue }
      count += 1
      #expect(order.terms.side == .buy && order.terms.price == 9_876 && order.terms.quantity == 7)
      #expect(order.latency > 123_000_000_000)
    }
    #expect(count >= 5)
  }

  @Test func `messages say something else to whom the rule names`() throws {
    let parent = [try SmallSession.record(scenario(hasLatency: false))]
    let child = try Forks.fork(
      parent, at: from,
      [
        rule("Zero_01", .forge([42]), where: "recipient == MM_01"),
        rule("Zero_01", .withhold, where: "recipient == Arb_01"),
      ])
    let ticks = from..<until
    let clock = scenario(hasLatency: false).clock
    var forged = 0
    for record in try Forks.events(child) {
      guard case .messageSent(let message) = record.event,
        ticks.contains(clock.tick(at: record.time))
      else { continue }
      #expect(message.recipient == 0 && message.payload == [42])
      forged += 1
    }
    #expect(forged == Int(until - from))
  }

  @Test func `a held agent tells each recipient what it was told, forged or not`() throws {
    let parent = [try SmallSession.record(scenario(hasLatency: true))]
    let forged = try Forks.fork(
      parent, at: from, [rule("Zero_01", .forge([42]), where: "recipient == Arb_01")])
    for tick in [from, 23, 29] {
      let placebo = try Forks.fork(forged, at: tick, [], held: ["Zero_01"])
      #expect(try compare(forged, placebo).isEqual)
    }
  }

  @Test func `rules that cannot be are refused with the reason`() throws {
    let state = try Forks.end([try SmallSession.record(scenario(hasLatency: false))])
    for (rule, reason) in [
      (rule("MM_1", .withhold), "no agent is called MM_1"),
      (rule("MM_01", .withhold, where: "prise > 3"), "no field is called prise, at byte 0"),
      (rule("MM_01", .delay(0)), "a delay of 0 ns"),
      (rule("MM_01", .change(CommandRule.OrderChange(quantity: 0))), "a quantity of 0 lots"),
      (
        .rule(CommandRule(agent: nil, from: 5, until: 5, action: .withhold)),
        "the rule has no ticks"
      ),
    ] {
      #expect(state.fault(of: rule)?.contains(reason) == true, "\(rule)")
    }
  }
}
