import Agents
import Counterfactual
import Market
import MarketModel
import MatchingEngine
import Session
import SessionSupport
import Testing

@Suite struct OutcomeMeterTests {
  /// Where no random walk says what a lot is worth: cash, and what is held at the middle of what others quote.
  @Test func `without a walk a gain is measured at what others quote`() throws {
    var scenario = SmallSession.scenario("small", seed: 3, ticks: 40)
    scenario.agents = SmallSession.fourTypes.map {
      SmallSession.agent($0.0, $0.1, hasLatency: false)
    }
    // The value that some believe in is that of another instrument.
    scenario.instruments.append(InstrumentRules(name: "OTHER", referencePrice: 10_000))
    scenario.processes[0].instrument = 1
    let lineage = try SmallSession.open([try SmallSession.record(scenario)])
    let plan = try ForkPlan<BuiltInAgents>(lineage, at: 0, interventions: [])
    let outcome = try plan.measure()
    var sink = NoEvents()
    let state = try plan.run(into: &sink).state
    var seen = 0
    for agent in 0..<4 {
      let index = AgentIndex(agent)
      let best = Side.allCases.map { side in
        state.market.book.levels(0, side).last { level in
          state.market.book.queue(level).contains { $0.key.agent != index }
        }?.price
      }
      let held = state.market.position(index, 0)
      guard held != 0, let first = best[0], let second = best[1] else { continue }
      let gain = Double(state.market.cash(of: index)) + Double(held) * Double(first + second) / 2
      #expect(outcome.agents[agent].gain == gain, "\(agent)")
      seen += 1
    }
    #expect(seen > 0)
    // The market maker's own quotes are the best: at the middle of all quotes it would have another gain.
    let view = state.market.view(0)
    if let bid = view.bestBid, let ask = view.bestAsk, state.market.position(0, 0) != 0 {
      let all =
        Double(state.market.cash(of: 0)) + Double(state.market.position(0, 0)) * Double(bid + ask)
        / 2
      #expect(outcome.agents[0].gain != all)
    }
  }
}
