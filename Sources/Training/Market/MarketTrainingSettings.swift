public import Agents
public import Learners
public import MarketModel

/// How an agent is trained.
public struct MarketTrainingSettings: Equatable, Sendable {
  /// The agent that learns.
  public var agent: String
  /// The parameters of `PolicyTrader` that it has; the rest are the defaults.
  public var parameters = Parameters()
  /// Episodes of an update.
  public var episodes = 8
  /// How many seeds episodes are played with, one after the other.
  public var seeds = 100
  /// What the seeds are made of.
  public var firstSeed: UInt64 = 1
  /// The tick at which episodes end; nil for that of the session.
  public var end: Tick?
  /// What it is rewarded for.
  public var reward = RewardSettings()
  /// How it learns; environments and steps follow from the episodes.
  public var learning = ProximalPolicyOptimization.Settings()

  /// The defaults: 200 updates, with a higher rate and a shorter sight than the learner's own.
  public init(agent: String) {
    self.agent = agent
    learning.updates = 200
    learning.minibatches = 8
    learning.epochs = 4
    learning.discount = 0.98
    learning.lambda = 0.9
    learning.rate = 1e-3
    learning.entropyWeight = 0.003
  }
}
