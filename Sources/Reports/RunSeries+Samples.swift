import Market
import MarketModel
import Session

extension RunSeries {
  /// Makes the series that figures and tables are drawn from; PnL counts from 0.
  public init(_ samples: SessionSamples, label: String) {
    let priceUnit = Self.power(10, samples.priceDecimals)
    let moneyUnit = Self.power(10, Int(samples.scenario.currencyDecimals))
    let agents = samples.scenario.agents.indices.map { agent in
      let opening = samples.openingValue(agent)
      return AgentSeries(
        name: samples.scenario.agents[agent].account.name,
        pnl: samples.steps.map { step in
          Double(samples.totalValue(step, agent) - opening) / (1000 * moneyUnit)
        },
        inventory: samples.steps.map { $0.inventories[agent] },
        fillCount: samples.fillCounts[agent],
        fees: Double(samples.fees[agent]) / moneyUnit,
        foreign: samples.isForeign[agent])
    }
    self.init(
      title: samples.scenario.name, label: label,
      currencyDecimals: Int(samples.scenario.currencyDecimals),
      steps: samples.steps.map { $0.tick },
      midPrice: samples.steps.map { Double($0.midPrice) / (1000 * priceUnit) },
      bestBid: samples.steps.map { step in step.bestBid.map { Double($0) / priceUnit } },
      bestAsk: samples.steps.map { step in step.bestAsk.map { Double($0) / priceUnit } },
      agents: agents)
  }

  private static func power(_ base: Double, _ exponent: Int) -> Double {
    var result = 1.0
    for _ in 0..<exponent { result *= base }
    return result
  }
}
