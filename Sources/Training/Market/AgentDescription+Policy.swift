public import Agents
import MarketModel
public import Session

extension AgentDescription {
  /// The agent with `PolicyTrader` as its strategy.
  ///
  /// What its own strategy calls by the same name and `given` does not set stays: the quantity, the
  /// maximum inventory, the instrument.
  /// - Throws: `MarketTrainingError.setting` for a parameter that does not fit.
  public func trading(_ given: Parameters) throws(MarketTrainingError) -> AgentDescription {
    var trader = self
    trader.type = PolicyTrader.typeName
    trader.revision = PolicyTrader.revision
    var parameters = given
    for entry in self.parameters.entries
    where parameters[entry.name] == nil
      && PolicyTrader.parameters.contains(where: { $0.name == entry.name })
    {
      parameters.set(entry.name, entry.value)
    }
    do {
      trader.parameters = try parameters.resolved(by: PolicyTrader.parameters)
    } catch {
      throw .setting(error.name, expected: error.expected)
    }
    return trader
  }

  /// The agent with a policy.
  public func with(_ policy: TradingPolicy) -> AgentDescription {
    var agent = self
    agent.policy = policy.bytes
    return agent
  }
}
