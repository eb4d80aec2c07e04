public import Learners
import Networks

/// An algorithm and how it learns.
public enum LearningSettings: Equatable, Sendable {
  /// Proximal policy optimisation; environments, steps and updates follow from the training.
  case ppo(ProximalPolicyOptimization.Settings)
  /// Deep Q-learning; steps follow from the training.
  case dqn(DeepQLearning.Settings)
  /// Soft actor-critic.
  case sac(SoftActorCritic.Settings)

  /// An algorithm with its defaults for markets: networks of two layers of 64, a shorter sight, and rates for
  /// as few steps as a training has.
  public init(_ algorithm: LearningAlgorithm) {
    switch algorithm {
    case .ppo:
      var settings = ProximalPolicyOptimization.Settings()
      settings.minibatches = 8
      settings.epochs = 4
      settings.discount = 0.98
      settings.lambda = 0.9
      settings.rate = 1e-3
      settings.entropyWeight = 0.003
      self = .ppo(settings)
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

  /// The algorithm.
  public var algorithm: LearningAlgorithm {
    switch self {
    case .ppo: .ppo
    case .dqn: .dqn
    case .sac: .sac
    }
  }

  /// What a reward a step later is worth.
  var discount: Float {
    switch self {
    case .ppo(let settings): settings.discount
    case .dqn(let settings): settings.discount
    case .sac(let settings): settings.discount
    }
  }

  /// Steps that are played before anything is learned.
  var start: Int {
    switch self {
    case .ppo: 0
    case .dqn(let settings): settings.start
    case .sac(let settings): settings.start
    }
  }

  /// Steps between two gradient steps; 0 where episodes say when.
  var every: Int {
    switch self {
    case .ppo: 0
    case .dqn(let settings): settings.every
    case .sac(let settings): settings.every
    }
  }

  /// Steps that are kept.
  var capacity: Int {
    switch self {
    case .ppo: 0
    case .dqn(let settings): settings.capacity
    case .sac(let settings): settings.capacity
    }
  }

  /// The numbers that each hidden layer has.
  public var hidden: [Int] {
    get {
      switch self {
      case .ppo(let settings): settings.hidden
      case .dqn(let settings): settings.hidden
      case .sac(let settings): settings.hidden
      }
    }
    set {
      switch self {
      case .ppo(var settings):
        settings.hidden = newValue
        self = .ppo(settings)
      case .dqn(var settings):
        settings.hidden = newValue
        self = .dqn(settings)
      case .sac(var settings):
        settings.hidden = newValue
        self = .sac(settings)
      }
    }
  }
}
