import Agents
import Counterfactual
import Journal
import Market
import MarketModel
import Replay
import Session
import SessionSupport
import Testing

@Suite struct ReplicatesTests {
  private func series(
    _ interventions: [Intervention], seed: UInt64 = 5, hasLatency: Bool = true
  ) throws -> Replicates<BuiltInAgents> {
    let lineage = try SmallSession.open([
      try SmallSession.record(Forks.scenario(hasLatency: hasLatency))
    ])
    let plan = try ForkPlan<BuiltInAgents>(lineage, at: 20, interventions: [])
    return try Replicates(plan, interventions: interventions, seed: seed)
  }

  @Test func `without a difference, and with an idle agent, every pair is equal`() throws {
    let nothing = try series([])
    var idle = SmallSession.agent("Nobody", "idle")
    idle.firstWake = 20_000_000_000
    let placebo = try series([.addAgent(idle)])
    var prices: Set<Double> = []
    for number in 0..<10 {
      let pair = try nothing.pair(number)
      #expect(pair.treated == pair.control)
      let other = try placebo.pair(number)
      #expect(Array(other.treated.agents.dropLast()) == other.control.agents)
      #expect(other.treated.markets == other.control.markets)
      prices.insert(pair.control.markets[0].price)
    }
    // Each pair has noise of its own.
    #expect(prices.count == 10)
  }

  @Test func `pairs depend on their number and the seed, not on how many there are`() throws {
    let first = try series([.silence(agent: "Trend_01")])
    let again = try series([.silence(agent: "Trend_01"), .reseed(99)])
    let other = try series([.silence(agent: "Trend_01")], seed: 6)
    #expect(try first.pair(3) == again.pair(3))
    #expect(try first.pair(3) != first.pair(4))
    #expect(try first.pair(3) != other.pair(3))
  }

  @Test func `a fee that nobody reacts to costs the fee in every pair`() throws {
    var rules = Forks.scenario().instruments[0]
    rules.takerFeeMillionths = 10_000
    let fee = try series([.changeInstrument(rules)], hasLatency: false)
    for number in 0..<5 {
      let pair = try fee.pair(number)
      #expect(pair.treated.markets == pair.control.markets)
      for (treated, control) in zip(pair.treated.agents, pair.control.agents) {
        #expect(treated.fills == control.fills && treated.inventory == control.inventory)
        // All that is lost went to the exchange; nothing else moved.
        #expect(control.gain - treated.gain == Double(treated.fees - control.fees))
      }
    }
  }

  @Test func `what a pair comes to is what the tape of such a fork says`() throws {
    let parent = [try SmallSession.record(Forks.scenario())]
    let lineage = try SmallSession.open(parent)
    let plan = try ForkPlan<BuiltInAgents>(lineage, at: 20, interventions: [])
    let series = try Replicates(plan, interventions: [.silence(agent: "MM_01")], seed: 5)
    let pair = try series.pair(2)
    let seed = series.reseed(2)
    let child = try Forks.fork(parent, at: 20, [.reseed(seed), .silence(agent: "MM_01")])
    let end = try Forks.end(child)
    let shared = plan.session.state.market.trading[0].volume
    #expect(pair.treated.markets[0].volume == end.market.trading[0].volume - shared)
    for agent in end.agents.indices {
      let position = end.market.position(AgentIndex(agent), 0)
      #expect(pair.treated.agents[agent].inventory == position)
      let worth = Double(position) * Double(end.theoreticalPrice(0)) / 1000
      #expect(
        pair.treated.agents[agent].gain == Double(end.market.cash(of: AgentIndex(agent))) + worth)
    }
    var fills = [Int](repeating: 0, count: end.agents.count)
    for record in try Forks.events(child) where record.time >= 20_000_000_000 {
      guard case .orderFilled(let fill) = record.event else { continue }
      fills[Int(fill.outcome.command.agent)] += 1
      fills[Int(fill.maker.agent)] += 1
    }
    #expect(pair.treated.agents.map { $0.fills } == fills)
  }

  @Test func `a tape is measured as the run that made it`() throws {
    let parent = [try SmallSession.record(Forks.scenario())]
    for interventions in [[], [.silence(agent: "MM_01")], [.reseed(4)]] as [[Intervention]] {
      let child = try Forks.fork(parent, at: 20, interventions)
      let course = try DrawCourse(
        parent: SmallSession.open(parent), fork: SmallSession.open(child), from: 20,
        roster: BuiltInAgents.self)
      let lineage = try SmallSession.open(parent)
      let same = try ForkPlan<BuiltInAgents>(lineage, at: 20, interventions: [])
      let other = try ForkPlan<BuiltInAgents>(lineage, at: 20, interventions: interventions)
      #expect(course.parent == (try same.measure()))
      #expect(course.fork == (try other.measure()))
      #expect(course.components.contains { $0.isApart } == !interventions.isEmpty)
      #expect((course.reconvergence == nil) == !interventions.isEmpty || interventions.isEmpty)
    }
  }

  @Test func `a span ends where a session of that length would`() throws {
    var short = Forks.scenario()
    short.horizon = 27
    let plan = try ForkPlan<BuiltInAgents>(
      SmallSession.open([try SmallSession.record(Forks.scenario())]), at: 20, interventions: [])
    let ended = try ForkPlan<BuiltInAgents>(
      SmallSession.open([try SmallSession.record(short)]), at: 20, interventions: [])
    let spans = try plan.measure(spans: [1, 7, 30, 90])
    #expect(spans.count == 5)
    #expect(spans[1] == (try ended.measure()))
    #expect(spans[4] == (try plan.measure()))
    #expect(spans[2] == spans[4] && spans[3] == spans[4])
    #expect(spans[0] != spans[1])
  }

  @Test func `direct effect and reaction add up, and nobody reacts to what nobody sees`() throws {
    var silenced = try series([.silence(agent: "Trend_01")])
    silenced.isDecomposed = true
    let runs = try (0..<4).map { try #require(try silenced.replicate($0)) }
    for run in runs {
      let held = try #require(run.held)
      // Whoever is held gives the same commands: only what becomes of them differs.
      #expect(held.agents[1].fills == run.treated[0].agents[1].fills)
      #expect(held != run.treated[0])
    }
    let metrics = OutcomeMetric.all(agents: 4, instruments: 1)
    for row in EffectStudy(runs, metrics: metrics, seed: 1).rows {
      let parts = try #require(row.parts)
      let sum = parts.direct.mean + parts.reaction.mean
      #expect(abs(sum - row.estimate.mean) <= 1e-9 * max(1, abs(sum)))
    }
    // Strategies do not look at their cash: a fee is direct in full.
    var rules = Forks.scenario().instruments[0]
    rules.takerFeeMillionths = 10_000
    var fee = try series([.changeInstrument(rules)])
    fee.isDecomposed = true
    let run = try #require(try fee.replicate(0))
    #expect(run.held == run.treated[0] && run.infeasible == 0)
  }
}
