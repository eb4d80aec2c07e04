/// A way to learn; its number never changes.
public enum LearningAlgorithm: UInt8, Sendable, CaseIterable {
  /// Proximal policy optimisation of discrete actions.
  case ppo = 0
  /// Deep Q-learning of discrete actions.
  case dqn = 1
  /// Soft actor-critic of continuous actions.
  case sac = 2
  /// Proximal policy optimisation of continuous actions.
  case continuousPPO = 3
  /// Proximal policy optimisation of discrete actions by who remembers what it saw.
  case recurrentPPO = 4

  /// Its name, as commands take it.
  public var name: String {
    switch self {
    case .continuousPPO: "ppo-continuous"
    case .recurrentPPO: "ppo-recurrent"
    default: "\(self)"
    }
  }

  /// Whether steps are kept and learned from again; else an update forgets the episodes that it learned from.
  ///
  /// What is kept was brought to scale by the first episodes alone, and so is what is seen later.
  var keepsSteps: Bool { self == .dqn || self == .sac }

  /// What each update comes to, in the order in which tapes keep it.
  public var measures: [LearningMeasure] {
    switch self {
    case .ppo, .continuousPPO, .recurrentPPO:
      [
        .policyLoss, .valueLoss, .entropy, .divergence, .clipped, .gradient, .explained,
        .firstDivergence, .unmoved,
      ]
    case .dqn: [.valueLoss, .worth, .exploration]
    case .sac: [.valueLoss, .worth, .entropy, .temperature]
    }
  }
}

/// A number that an update of a learner comes to; its meaning never changes.
public enum LearningMeasure: Sendable, Equatable {
  /// The mean loss of the policy.
  case policyLoss
  /// The mean of half the squared error of the critic; for DQN the mean loss of worths.
  case valueLoss
  /// The mean entropy of the policy.
  case entropy
  /// How far the policy moved from the one that played, as estimated from the last minibatch.
  case divergence
  /// The part of ratios beyond the clip.
  case clipped
  /// The longest gradient before it was shortened.
  case gradient
  /// How much of the variance of returns the critic explained before the update.
  case explained
  /// The divergence as estimated from the first minibatch: 0, bit for bit.
  case firstDivergence
  /// The part of the ratios of the first minibatch that are 1, bit for bit.
  case unmoved
  /// The mean worth of what was done.
  case worth
  /// The part of actions that were any.
  case exploration
  /// What a unit of entropy was worth.
  case temperature

  /// A word for it.
  public var name: String {
    switch self {
    case .policyLoss: "policy loss"
    case .valueLoss: "value loss"
    case .firstDivergence: "first divergence"
    default: "\(self)"
    }
  }
}
