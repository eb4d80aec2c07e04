public import Agents
import Market
public import MarketModel

extension Scenario {
  /// What an agent's parameters may refer to, all agents or those of some names, and the policy that it
  /// begins with.
  public func setting(
    of agent: AgentIndex, policy: [UInt8] = [], among names: [String]? = nil
  ) -> AgentSetting {
    AgentSetting(
      agent: agent, agents: names ?? agents.map { $0.account.name },
      instruments: instruments.map { $0.name }, processes: processes.map { $0.name },
      topics: topics, policy: policy)
  }
}
