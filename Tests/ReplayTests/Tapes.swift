import Agents
import Journal
import Market
import MarketModel
import Replay
import Session
import SessionSupport

/// Small recorded sessions for tests.
enum Tapes {
  /// Three agents and two noisy ones, with latency everywhere.
  static func scenario(seed: UInt64 = 1, ticks: Tick = 60) -> Scenario {
    var scenario = SmallSession.scenario("test", seed: seed, ticks: ticks)
    scenario.digestInterval = 64
    scenario.instruments[0].takerFeeMillionths = 30
    scenario.topics = ["talk"]
    let types = SmallSession.fourTypes + [("Zero_02", "zero-intelligence")]
    for (name, type) in types { scenario.agents.append(agent(name, type)) }
    return scenario
  }

  static func agent(_ name: String, _ type: String) -> AgentDescription {
    var agent = SmallSession.agent(name, type)
    agent.commandLatency = .uniform(1_000_000, 700_000_000)
    agent.reportLatency = .exponential(minimum: 1000, mean: 50_000_000)
    agent.dataLatency = 100_000_000
    return agent
  }
}
