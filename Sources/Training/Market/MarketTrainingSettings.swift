public import Agents
public import MarketModel

/// How agents are trained, all in the same episodes.
public struct MarketTrainingSettings: Equatable, Sendable {
  /// The agents that learn.
  public var trainees: [TraineeSettings]
  /// The most of them.
  public static let maximumTrainees = 256
  /// Whether all of them learn one policy, from what each of them saw, did and got.
  ///
  /// - Source: J. Gupta, M. Egorov, M. Kochenderfer, Cooperative multi-agent control using deep reinforcement
  ///   learning, AAMAS workshops (2017), section 3.3: parameter sharing.
  public var isShared = false
  /// The most of them where a critic sees what all see: what it keeps grows with their square.
  static let maximumCentral = 16
  /// Episodes of an update.
  public var episodes = 8
  /// How many seeds episodes are played with, one after the other.
  public var seeds = 100
  /// What the seeds are made of.
  public var firstSeed: UInt64 = 1
  /// The tick at which episodes end; nil for that of the session.
  public var end: Tick?
  /// How often they learn.
  public var updates = 200
  /// Agents that do not learn, and what they may do in an episode.
  public var opponents: [OpponentSettings] = []

  /// Agents that learn.
  public init(_ trainees: [TraineeSettings]) { self.trainees = trainees }

  /// One agent, with the defaults of an algorithm.
  public init(agent: String, _ algorithm: LearningAlgorithm = .ppo) {
    self.init([TraineeSettings(agent: agent, algorithm)])
  }

  /// Of how many agents a learner learns.
  var sharers: Int { isShared ? trainees.count : 1 }

  /// Refuses agents that cannot share what they learn.
  func expectAlike() throws(MarketTrainingError) {
    if !isShared { return }
    guard let first = trainees.first, trainees.count > 1 else {
      throw .setting("shared", expected: "two agents that learn, or more")
    }
    for other in trainees {
      let way =
        other.learning != first.learning
        ? "learns (algorithm, learn)"
        : other.sight != first.sight
          ? "sees (see, style)" : other.reward != first.reward ? "is rewarded (reward, style)" : nil
      guard let way else { continue }
      throw .setting("shared", expected: "that \(other.agent) \(way) as \(first.agent) does")
    }
  }

  /// The names of the agents that learn, in words.
  public var names: String { trainees.map { $0.agent }.joined(separator: ", ") }
}

/// How one agent is trained.
public struct TraineeSettings: Equatable, Sendable {
  /// The agent.
  public var agent: String
  /// The parameters of `PolicyTrader` that it has; the rest are the defaults.
  public var parameters = Parameters()
  /// What it sees, in order; all else is 0 to it.
  public var sight = TradingFeature.allCases
  /// What it is rewarded for.
  public var reward = RewardSettings()
  /// How it learns.
  public var learning: LearningSettings

  /// The defaults of an algorithm.
  public init(agent: String, _ algorithm: LearningAlgorithm = .ppo) {
    self.agent = agent
    learning = LearningSettings(algorithm)
  }
}
