import Agents
import Counterfactual
import Journal
import Market
import MarketModel
import Replay
import Session
import Testing

@Suite struct ReplicatesTests {
  private func series(
    _ interventions: [Intervention], seed: UInt64 = 5, hasLatency: Bool = true
  ) throws -> Replicates<BuiltInAgents> {
    let lineage = try Forks.open([try Forks.record(Forks.scenario(hasLatency: hasLatency))])
    let plan = try ForkPlan<BuiltInAgents>(lineage, at: 20, interventions: [])
    return try Replicates(plan, interventions: interventions, seed: seed)
  }

  @Test func `without a difference, and with an idle agent, every pair is equal`() throws {
    let nothing = try series([])
    var idle = Forks.agent("Nobody", "idle")
    idle.firstWake = 20_000_000_000
    let placebo = try series([.addAgent(idle)])
    var prices: Set<Double> = []
    for number in 0..<10 {
      let pair = try nothing.pair(number)
      #expect(pair.treated == pair.control)
      let other = try placebo.pair(number)
      #expect(Array(other.treated.gains.dropLast()) == other.control.gains)
      #expect(other.treated.volume == other.control.volume)
      prices.insert(pair.control.price)
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
      #expect(pair.treated.fills == pair.control.fills)
      #expect(pair.treated.inventories == pair.control.inventories)
      // All that is lost went to the exchange; nothing else moved.
      for agent in pair.treated.gains.indices {
        #expect(pair.treated.gains[agent] <= pair.control.gains[agent])
      }
    }
  }

  @Test func `what a pair comes to is what the tape of such a fork says`() throws {
    let parent = [try Forks.record(Forks.scenario())]
    let lineage = try Forks.open(parent)
    let plan = try ForkPlan<BuiltInAgents>(lineage, at: 20, interventions: [])
    let series = try Replicates(plan, interventions: [.silence(agent: "MM_01")], seed: 5)
    let pair = try series.pair(2)
    let seed = series.reseed(2)
    let child = try Forks.fork(parent, at: 20, [.reseed(seed), .silence(agent: "MM_01")])
    let end = try Forks.end(child)
    #expect(pair.treated.volume == end.market.trading[0].volume)
    for agent in end.agents.indices {
      let position = end.market.position(AgentIndex(agent), 0)
      #expect(pair.treated.inventories[agent] == position)
      let worth = Double(position) * Double(end.theoreticalPrice(0)) / 1000
      #expect(pair.treated.gains[agent] == Double(end.market.cash(of: AgentIndex(agent))) + worth)
    }
    var fills = [Int](repeating: 0, count: end.agents.count)
    for record in try Forks.events(child) where record.time >= 20_000_000_000 {
      guard case .orderFilled(let fill) = record.event else { continue }
      fills[Int(fill.outcome.command.agent)] += 1
      fills[Int(fill.maker.agent)] += 1
    }
    #expect(pair.treated.fills == fills)
  }
}
