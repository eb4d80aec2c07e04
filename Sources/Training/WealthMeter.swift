import Agents
import Features
import Market
import MarketModel
import Session

/// What an agent has: its cash, and what it holds at the middle of what others quote (`OthersMiddle`); before
/// there was one, at that of all quotes.
struct WealthMeter: Equatable, Sendable {
  /// By instrument.
  private var marks: [OthersMiddle]

  init(instruments: Int) { marks = [OthersMiddle](repeating: OthersMiddle(), count: instruments) }

  /// Looks at the market, and returns what the agent has in minor units.
  mutating func wealth(of agent: AgentIndex, _ state: inout SharedState) -> Double {
    state.wealth(of: agent, &marks) { Double($0.quotes.twiceMiddle) / 2 }
  }
}

/// What all agents but one gained since they were first looked at, on average, each at the middle of what others
/// than itself quote.
struct OthersWealth {
  private var meters: [(agent: AgentIndex, meter: WealthMeter)] = []
  private var opening: Double?

  /// Looks at the agents of a scenario; at nobody without one.
  init(_ scenario: Scenario?, except agent: AgentIndex) {
    guard let scenario else { return }
    for index in scenario.agents.indices where AgentIndex(index) != agent {
      meters.append((AgentIndex(index), WealthMeter(instruments: scenario.instruments.count)))
    }
  }

  /// What they gained on average, in minor units; 0 the first time, and where there are none.
  mutating func gain(_ state: inout SharedState) -> Double {
    if meters.isEmpty { return 0 }
    var sum = 0.0
    for index in meters.indices {
      sum += meters[index].meter.wealth(of: meters[index].agent, &state)
    }
    let wealth = sum / Double(meters.count)
    if opening == nil { opening = wealth }
    return wealth - (opening ?? wealth)
  }
}
