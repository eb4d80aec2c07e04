import Agents
import Determinism
public import Learners
import Networks

/// What learns in a market, by whichever algorithm.
public enum MarketLearner: Equatable, Sendable {
  /// By proximal policy optimisation.
  case ppo(ProximalPolicyOptimization)
  /// By proximal policy optimisation with a memory.
  case recurrentPPO(RecurrentPolicyOptimization)
  /// By deep Q-learning.
  case dqn(DeepQLearning)
  /// By soft actor-critic.
  case sac(SoftActorCritic)

  /// Where a learner works.
  public enum Workspace: Sendable {
    /// Of proximal policy optimisation.
    case ppo(ProximalPolicyOptimization.Workspace)
    /// Of proximal policy optimisation with a memory, for updates.
    case recurrentPPO(RecurrentPolicyOptimization.Workspace)
    /// Of deep Q-learning.
    case dqn(DeepQLearning.Workspace)
    /// Of soft actor-critic.
    case sac(SoftActorCritic.Workspace)
  }

  /// Begins, for updates that each learn from so many steps of each of their episodes, of each agent that
  /// shares it; from what a policy does, where there is one.
  ///
  /// Who speaks chooses what to say too; who trades a pair sees a greater `width`.
  ///
  /// - Throws: `MarketTrainingError.setting` where that policy is not one of the algorithm.
  init(
    _ learning: LearningSettings, in settings: MarketTrainingSettings, width: Int, steps: Int,
    seed: UInt64, speaks: Bool, from before: TradingPolicy?
  ) throws(MarketTrainingError) {
    let episodes = settings.episodes * settings.sharers
    let actions = TradingAction.count(speaks: speaks)
    let numbers = ContinuousAction.count(speaks: speaks)
    if let before { try Self.expect(before, learning.algorithm, speaks: speaks) }
    switch learning {
    case .ppo(var own, let isContinuous):
      (own.environments, own.steps, own.updates) = (episodes, steps, settings.updates)
      // Parts of one size: as many as were asked for, or the next fewer that divide a batch.
      while own.batch % own.minibatches != 0 { own.minibatches -= 1 }
      own.hidden = try Self.hidden(
        before, .tanh, learning, width, isContinuous ? 2 * numbers : actions)
      var learner = ProximalPolicyOptimization(
        observationWidth: width,
        criticWidth: own.hasCentralCritic ? width * settings.trainees.count : nil,
        actions: isContinuous ? .continuous(numbers) : .discrete(actions), settings: own,
        seed: seed)
      if let before { try learner.begin(from: before) }
      self = .ppo(learner)
    case .recurrentPPO(var own):
      (own.base.environments, own.base.steps) = (episodes, steps)
      own.base.updates = settings.updates
      // Parts of whole episodes.
      while episodes % own.base.minibatches != 0 { own.base.minibatches -= 1 }
      own.memory = try Self.memory(before, own.memory)
      own.base.hidden = try Self.hidden(
        before, .tanh, learning, own.memory, actions,
        after: GatedRecurrence(inputs: width, width: own.memory))
      var learner = RecurrentPolicyOptimization(
        observationWidth: width, actions: actions, settings: own, seed: seed)
      if let before { learner.begin(from: before.parameters) }
      self = .recurrentPPO(learner)
    case .dqn(var own):
      let outputs = actions + (own.isDueling ? 1 : 0)
      own.steps = settings.updates * episodes * steps
      own.hidden = try Self.hidden(before, .relu, learning, width, outputs)
      if case .worths(let isDueling, _) = before?.head.output {
        if own.isDueling, !isDueling {
          throw .setting("dueling", expected: "false, as in the policy that is there")
        }
        own.isDueling = isDueling
      }
      var learner = DeepQLearning(
        observationWidth: width, actions: actions, settings: own, seed: seed)
      if let before { learner.begin(from: before.parameters) }
      self = .dqn(learner)
    case .sac(var own):
      own.hidden = try Self.hidden(before, .relu, learning, width, 2 * numbers)
      var learner = SoftActorCritic(
        observationWidth: width, actionWidth: numbers, settings: own, seed: seed)
      if let before { learner.begin(from: before.parameters) }
      self = .sac(learner)
    }
  }

  /// The hidden layers: those of the policy that is there, or those that are asked for.
  private static func hidden(
    _ before: TradingPolicy?, _ activation: Activation, _ learning: LearningSettings,
    _ width: Int, _ outputs: Int, after memory: GatedRecurrence? = nil
  ) throws(MarketTrainingError) -> [Int] {
    let asked = learning.common.hidden
    guard let before else {
      try MarketTrainingError.expectPolicy(of: [width] + asked + [outputs], after: memory)
      return asked
    }
    let layers = before.network.layers.dropLast()
    guard layers.allSatisfy({ $0.activation == activation }) else {
      throw .setting("policy", expected: "layers of \(activation), to be trained further")
    }
    let widths = layers.map { $0.outputs }
    guard asked == widths || asked == LearningSettings(learning.algorithm).common.hidden else {
      throw .setting(
        "hidden",
        expected: widths.map { "\($0)" }.joined(separator: "x")
          + ", the layers of the policy that is there")
    }
    return widths
  }

  /// How many numbers are remembered: as many as by the policy that is there, or those that are asked for.
  private static func memory(
    _ before: TradingPolicy?, _ asked: Int
  ) throws(MarketTrainingError) -> Int {
    guard let width = before?.memory?.width else { return asked }
    guard asked == width || asked == LearningSettings.defaultMemory else {
      throw .setting("memory", expected: "\(width), as in the policy that is there")
    }
    return width
  }

  private static func expect(
    _ before: TradingPolicy, _ algorithm: LearningAlgorithm, speaks: Bool
  ) throws(MarketTrainingError) {
    let head = before.head
    if before.memory != nil, head.output != .scores {
      throw .setting(
        "policy", expected: "one of scores, or without a memory, to be trained further")
    }
    let learned: LearningAlgorithm =
      switch head.output {
      case .scores: before.memory == nil ? .ppo : .recurrentPPO
      case .worths: .dqn
      case .numbers: .sac
      case .plainNumbers: .continuousPPO
      }
    if head.speaks != speaks {
      throw .setting(
        "signal_to",
        expected: head.speaks
          ? "who is told: the policy that is there speaks"
          : "nobody: the policy that is there is silent")
    }
    if learned != algorithm {
      throw .setting(
        "algorithm", expected: "\(learned.name), by which the policy that is there was learned")
    }
  }

  /// The parts that it cuts a batch into; nil where it cuts none.
  public var minibatches: Int? {
    switch self {
    case .ppo(let learner): learner.settings.minibatches
    case .recurrentPPO(let learner): learner.settings.base.minibatches
    case .dqn, .sac: nil
    }
  }

  // MARK: The policy

  /// The network of the policy, its parameters, and what comes out of it; those of a memory come first.
  var policy: (network: Perceptron, parameters: [Float], output: PolicyHead.Output) {
    switch self {
    case .ppo(let learner): learner.policyWithDeviations
    case .recurrentPPO(let learner):
      (learner.policy, Array(learner.policyParameters), .scores)
    case .dqn(let learner):
      (
        learner.worth.network, learner.worth.parameters,
        .worths(
          isDueling: learner.settings.isDueling, exploration: Float(learner.exploration))
      )
    case .sac(let learner): (learner.actor.network, learner.actor.parameters, .numbers)
    }
  }

  /// What remembers; nil where nothing does.
  var memory: GatedRecurrence? {
    if case .recurrentPPO(let learner) = self { learner.unit } else { nil }
  }

  /// Whether a critic sees more than what the policy does.
  var criticSeesMore: Bool {
    if case .ppo(let learner) = self { learner.criticSeesMore } else { false }
  }

  /// The hash of all parameters, bit by bit.
  public var parameterHash: UInt64 {
    switch self {
    case .ppo(let learner): learner.parameterHash
    case .recurrentPPO(let learner): learner.parameterHash
    case .dqn(let learner): learner.parameterHash
    case .sac(let learner): learner.parameterHash
    }
  }

  /// The networks with their parameters; a memory has no layers.
  private var networks: [(name: String, network: Perceptron?, parameters: ArraySlice<Float>)] {
    switch self {
    case .ppo(let learner):
      let (network, parameters, _) = learner.policyWithDeviations
      let first = learner.policy.parameterCount
      let critic = learner.parameters[first..<first + learner.critic.parameterCount]
      return [("policy", network, parameters[...]), ("critic", learner.critic, critic)]
    case .recurrentPPO(let learner):
      let own = learner.policyParameters
      return [
        ("memory", nil, own.prefix(learner.unit.parameterCount)),
        ("policy", learner.policy, own.suffix(learner.policy.parameterCount)),
        ("critic", learner.critic, learner.criticParameters),
      ]
    case .dqn(let learner):
      return [("worth", learner.worth.network, learner.worth.parameters[...])]
    case .sac(let learner):
      let critics = zip(["first critic", "second critic"], learner.critics)
      return [("actor", learner.actor.network, learner.actor.parameters[...])]
        + critics.map { ($0, $1.network, $1.parameters[...]) }
    }
  }

  /// The first layer, in words, with a parameter that is no finite number; nil where all are.
  var oddLayer: String? {
    for (name, network, parameters) in networks {
      guard let odd = parameters.firstIndex(where: { !$0.isFinite }) else { continue }
      guard let network else { return "the \(name)" }
      let place = odd - parameters.startIndex
      let layer = network.layers.firstIndex { place < $0.biases.upperBound } ?? 0
      return "layer \(layer + 1) of the \(name)"
    }
    return nil
  }

  // MARK: The state

  /// The whole state, given the settings.
  var state: LearnerState {
    switch self {
    case .ppo(let learner): learner.state
    case .recurrentPPO(let learner): learner.state
    case .dqn(let learner): learner.state
    case .sac(let learner): learner.state
    }
  }

  /// Goes on from a state; returns whether it fits.
  mutating func resume(_ state: LearnerState) -> Bool {
    switch self {
    case .ppo(var learner):
      guard learner.resume(state) else { return false }
      self = .ppo(learner)
    case .recurrentPPO(var learner):
      guard learner.resume(state) else { return false }
      self = .recurrentPPO(learner)
    case .dqn(var learner):
      guard learner.resume(state) else { return false }
      self = .dqn(learner)
    case .sac(var learner):
      guard learner.resume(state) else { return false }
      self = .sac(learner)
    }
    return true
  }
}
