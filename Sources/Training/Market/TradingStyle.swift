public import Agents

/// A way to trade that somebody may learn: what is seen, and what is rewarded beside the gain.
public enum TradingStyle: String, Sendable, CaseIterable {
  /// Quotes both sides, and is paid for it by the spread.
  case marketMaking = "market-making"
  /// Follows what prices did.
  case momentum
  /// Expects prices to come back to their mean.
  case meanReversion = "mean-reversion"
  /// Expects prices to come to a value that it knows, or those of a pair to come together.
  case arbitrage = "statistical-arbitrage"

  /// What it sees.
  public var sight: [TradingFeature] {
    let own: [TradingFeature] = [.inventory, .ownBids, .ownAsks, .gain, .spread]
    let seen: [TradingFeature] =
      switch self {
      case .marketMaking: [.imbalance, .depth, .microPrice, .flowImbalance, .change1, .volatility]
      case .momentum:
        [.flowImbalance, .change1, .change2, .change4, .change8, .change16, .volatility, .signal]
      case .meanReversion: [.microPrice, .lastTrade, .change1, .volatility, .trend]
      case .arbitrage:
        [
          .microPrice, .volatility, .trend, .knownValue, .pairInventory, .pairSpread, .gapTrend,
          .gapVolatility,
        ]
      }
    return TradingFeature.allCases.filter { (own + seen).contains($0) }
  }

  /// What it is rewarded for: the gain, less what its kind of risk costs.
  ///
  /// Who follows trends loses a part of every gain before a trend is seen to be over: that is what falls below
  /// the highest gain cost. The others hold something until it is sold or comes back: that is what inventory
  /// costs. Sources stand beside the fields of `RewardSettings`.
  public var reward: RewardSettings {
    var reward = RewardSettings()
    switch self {
    case .momentum: reward.drawdownPenalty = 0.1
    case .marketMaking, .meanReversion, .arbitrage: reward.inventoryPenalty = 20
    }
    return reward
  }
}
