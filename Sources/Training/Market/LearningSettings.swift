public import Learners
import Networks

/// An algorithm and how it learns.
public enum LearningSettings: Equatable, Sendable {
  /// Proximal policy optimisation; environments, steps and updates follow from the training.
  case ppo(ProximalPolicyOptimization.Settings, isContinuous: Bool)
  /// Proximal policy optimisation with a memory; likewise.
  case recurrentPPO(RecurrentPolicyOptimization.Settings)
  /// Deep Q-learning; steps follow from the training.
  case dqn(DeepQLearning.Settings)
  /// Soft actor-critic.
  case sac(SoftActorCritic.Settings)

  /// An algorithm with its defaults for markets: networks of two layers of 64, a shorter sight, and rates for
  /// as few steps as a training has.
  public init(_ algorithm: LearningAlgorithm) {
    switch algorithm {
    case .ppo, .continuousPPO:
      var settings = Self.clipped
      if algorithm == .continuousPPO { (settings.rate, settings.entropyWeight) = (3e-4, 0) }
      self = .ppo(settings, isContinuous: algorithm == .continuousPPO)
    case .recurrentPPO:
      var settings = RecurrentPolicyOptimization.Settings()
      settings.base = Self.clipped
      settings.base.hidden = [64]
      settings.memory = Self.defaultMemory
      self = .recurrentPPO(settings)
    case .dqn:
      var settings = DeepQLearning.Settings()
      settings.capacity = 50_000
      settings.start = 1000
      settings.targetEvery = 2000
      settings.discount = 0.98
      settings.rate = 5e-4
      settings.lastExploration = 0.01
      settings.isDouble = true
      settings.loss = .huber(delta: 1)
      settings.lossWeight = 1
      settings.hidden = [64, 64]
      self = .dqn(settings)
    case .sac:
      var settings = SoftActorCritic.Settings()
      settings.capacity = 50_000
      settings.start = 1000
      settings.every = 10
      settings.batch = 128
      settings.discount = 0.98
      settings.rate = 5e-4
      settings.temperature = 0.1
      settings.hidden = [64, 64]
      self = .sac(settings)
    }
  }

  /// How many numbers are remembered where nothing is said.
  static let defaultMemory = 32

  private static var clipped: ProximalPolicyOptimization.Settings {
    var settings = ProximalPolicyOptimization.Settings()
    settings.minibatches = 8
    settings.epochs = 4
    settings.discount = 0.98
    settings.lambda = 0.9
    settings.rate = 1e-3
    settings.entropyWeight = 0.003
    return settings
  }

  /// The algorithm.
  public var algorithm: LearningAlgorithm {
    switch self {
    case .ppo(_, let isContinuous): isContinuous ? .continuousPPO : .ppo
    case .recurrentPPO: .recurrentPPO
    case .dqn: .dqn
    case .sac: .sac
    }
  }

  /// The parts that a batch is to be cut into; nil where an algorithm has no such setting.
  ///
  /// What learns cuts the next fewer parts of one size (`MarketLearner.minibatches`).
  public var minibatches: Int? {
    switch self {
    case .ppo(let settings, _): settings.minibatches
    case .recurrentPPO(let settings): settings.base.minibatches
    case .dqn, .sac: nil
    }
  }

  /// Whether a critic sees what all who learn see.
  public var hasCentralCritic: Bool {
    switch self {
    case .ppo(let own, _): own.hasCentralCritic
    case .recurrentPPO(let own): own.base.hasCentralCritic
    case .dqn, .sac: false
    }
  }

  /// What algorithms have in common.
  public var common: CommonLearningSettings {
    get {
      switch self {
      case .ppo(let own, _): own.common
      case .recurrentPPO(let own): own.base.common
      case .dqn(let own): own.common
      case .sac(let own): own.common
      }
    }
    set {
      switch self {
      case .ppo(var own, let isContinuous):
        own.common = newValue
        self = .ppo(own, isContinuous: isContinuous)
      case .recurrentPPO(var own):
        own.base.common = newValue
        self = .recurrentPPO(own)
      case .dqn(var own):
        own.common = newValue
        self = .dqn(own)
      case .sac(var own):
        own.common = newValue
        self = .sac(own)
      }
    }
  }
}

/// Settings that mean the same for every algorithm.
public struct CommonLearningSettings: Equatable, Sendable {
  /// The learning rate.
  public var rate: Float
  /// What a reward a step later is worth.
  public var discount: Float
  /// The numbers that each hidden layer has.
  public var hidden: [Int]
  /// Steps that are played before anything is learned; 0 where none are kept.
  public var start: Int
  /// Steps between two gradient steps; 0 where episodes say when.
  public var every: Int
  /// Steps that are kept; 0 where episodes are learned from once.
  public var capacity: Int
}

/// Settings of an algorithm that keeps steps and draws them again.
protocol ReplayingSettings {
  var capacity: Int { get set }
  var start: Int { get set }
  var every: Int { get set }
  var batch: Int { get set }
  var rate: Float { get set }
  var discount: Float { get set }
  var hidden: [Int] { get set }
}

extension DeepQLearning.Settings: ReplayingSettings {}
extension SoftActorCritic.Settings: ReplayingSettings {}

extension ProximalPolicyOptimization.Settings {
  fileprivate var common: CommonLearningSettings {
    get {
      CommonLearningSettings(
        rate: rate, discount: discount, hidden: hidden, start: 0, every: 0, capacity: 0)
    }
    set { (rate, discount, hidden) = (newValue.rate, newValue.discount, newValue.hidden) }
  }
}

extension ReplayingSettings {
  fileprivate var common: CommonLearningSettings {
    get {
      CommonLearningSettings(
        rate: rate, discount: discount, hidden: hidden, start: start, every: every,
        capacity: capacity)
    }
    set {
      (rate, discount, hidden) = (newValue.rate, newValue.discount, newValue.hidden)
      (start, every, capacity) = (newValue.start, newValue.every, newValue.capacity)
    }
  }
}
