public import Agents
import MarketModel
public import Session

extension AgentDescription {
  /// The agent with `PolicyTrader` as its strategy.
  ///
  /// It trades as `given` says, then as whoever learned the policy did, then as its own strategy does where
  /// that calls something by the same name: the quantity, the maximum inventory, the instrument. Whom a strategy tells
  /// does not count: a policy speaks where it is asked to.
  /// - Throws: `MarketTrainingError.setting` for a parameter that does not fit.
  public func trading(
    _ given: Parameters, by policy: TradingPolicy? = nil
  ) throws(MarketTrainingError) -> AgentDescription {
    var trader = self
    trader.type = PolicyTrader.typeName
    trader.revision = PolicyTrader.revision
    var parameters = given
    parameters.fill(from: policy?.wholeTrading ?? Parameters())
    for entry in self.parameters.entries
    where parameters[entry.name] == nil
      && (type == PolicyTrader.typeName || entry.name != "signal_to")
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

  /// Whether it tells somebody what it thinks.
  var speaks: Bool { parameters["signal_to"] != .text("") }

  /// Whether it holds a second instrument against the first.
  var tradesPair: Bool { parameters["pair"] != nil }

  /// What a policy keeps of how it trades: all but whether it draws, which is for who uses it to say.
  var tradingParameters: Parameters {
    var kept = Parameters()
    for entry in parameters.entries where entry.name != "greedy" {
      kept.set(entry.name, entry.value)
    }
    return kept
  }

  /// The agent with a policy.
  public func with(_ policy: TradingPolicy) -> AgentDescription {
    var agent = self
    agent.policy = policy.bytes
    return agent
  }
}
