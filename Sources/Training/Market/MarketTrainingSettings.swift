public import Agents
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
  /// How often it learns.
  public var updates = 200
  /// How it learns.
  public var learning: LearningSettings

  /// The defaults of an algorithm.
  public init(agent: String, _ algorithm: LearningAlgorithm = .ppo) {
    self.agent = agent
    learning = LearningSettings(algorithm)
  }
}
