public import Determinism
public import Networks

/// Proximal policy optimisation for agents that share a reward: each chooses by what it sees itself,
/// and one critic sees what all of them see (MAPPO); or each is told by what it sees alone what that
/// is worth (IPPO).
///
/// The value as a whole is the state of the learner: gone on with, it gives the same bits.
/// - Source: C. Yu and others, The surprising effectiveness of PPO in cooperative multi-agent games,
///   <https://arxiv.org/abs/2103.01955>.
public struct MultiAgentPolicyOptimization: Sendable, Equatable {
  /// What the critic sees.
  public enum Sight: UInt8, Sendable {
    /// What all agents see.
    case shared = 0
    /// What the agent sees itself.
    case own = 1
  }

  /// What the critic's outputs are counted in.
  public enum Scaling: UInt8, Sendable {
    /// What rewards are counted in.
    case none = 0
    /// Mean and deviation of what came so far (`WorthScale`).
    case moving = 1
    /// The same, and from the second update on its last layer is changed with them so that it says what
    /// it said before (PopArt).
    case preserving = 2
  }

  /// How they learn; the defaults are those of the source but for `optimism` and `scaling`, which is
  /// `moving` there.
  public struct Settings: Sendable, Equatable {
    /// Whether all agents have one policy, which is told who they are.
    public var sharesPolicy = false
    /// What the critic sees.
    public var sight = Sight.shared
    /// Environments that are played side by side.
    public var environments = 128
    /// Steps of each between two updates.
    public var steps = 1
    /// How often a batch is gone through, as a whole.
    public var epochs = 15
    /// What a reward a step later is worth.
    public var discount: Float = 0.99
    /// The lambda of advantage estimation.
    public var lambda: Float = 0.95
    /// How far the probability of an action may move, as a part of it, before it earns no more.
    public var clip: Float = 0.2
    /// The weight of the entropy at the beginning; it falls to 0 in a straight line.
    public var entropyWeight: Float = 0.01
    /// By how much what came out worse than expected counts less, 0 to 1; above 0 advantages are
    /// brought to deviation 1 and not to mean 0.
    ///
    /// Where one agent explores, others are punished for what was right. It falls to 0 in a straight
    /// line, so that what is learned in the end is the truth.
    /// - Source: L. Matignon, G. Laurent, N. Le Fort-Piat, Hysteretic Q-learning, IROS 2007; for
    ///   advantages W. Zhao and others, Optimistic multi-agent policy gradient,
    ///   <https://arxiv.org/abs/2311.01953>.
    public var optimism: Float = 0
    /// What the critic tells of what may come: 0.5 for the mean, more for what comes if others do their
    /// part, up to 1.
    ///
    /// - Source: the asymmetric least squares of W. Newey, J. Powell, Econometrica 55 (1987).
    public var expectile: Float = 0.5
    /// What the critic's outputs are counted in; games here pay single digits.
    public var scaling = Scaling.none
    /// The part that what came before keeps of its weight in that, at each update.
    public var scaleDecay = 0.99999
    /// What an error of the critic costs, in what its outputs are counted in.
    public var loss = RegressionLoss.huber(delta: 10)
    /// The longest gradient.
    public var maximumGradient: Float = 10
    /// The learning rate.
    public var rate: Float = 5e-4
    /// The epsilon of Adam.
    public var epsilon: Float = 1e-5
    /// The numbers that each hidden layer has.
    public var hidden = [64, 64]
    /// How many updates there will be.
    public var updates = 400

    /// The defaults.
    public init() {}
  }

  /// How they learn.
  public let settings: Settings
  /// How many agents there are.
  public let agents: Int
  /// How many numbers each of them sees.
  public let observationWidth: Int
  /// The policies: one for each agent, or one for all.
  public internal(set) var policies: [LearningNetwork]
  /// What is seen is worth so much.
  public internal(set) var critic: LearningNetwork
  /// What the critic's outputs are counted in, where they are scaled.
  public internal(set) var scale: WorthScale
  /// Updates so far.
  public internal(set) var updateCount = 0

  /// Begins: orthogonal matrices with gains sqrt 2, 0.01 for policies' last layers and 1 for the
  /// critic's, and biases of 0.
  public init(
    agents: Int, observationWidth: Int, actions: Int, settings: Settings, seed: UInt64
  ) {
    self.settings = settings
    self.agents = agents
    self.observationWidth = observationWidth
    scale = WorthScale(decay: settings.scaleDecay)
    let gain = 2.0.squareRoot()
    let told = settings.sharesPolicy ? agents : 0
    let policy = Perceptron(
      [observationWidth + told] + settings.hidden + [actions], hidden: .tanh)
    let optimizer = Adam<Float>.Settings(epsilon: settings.epsilon)
    policies = (0..<(settings.sharesPolicy ? 1 : agents)).map { agent in
      LearningNetwork(
        policy,
        policy.orthogonalParameters(
          hiddenGain: gain, outputGain: 0.01, seed: seed, name: "policy \(agent)"), optimizer)
    }
    let seen =
      settings.sight == .shared ? agents * observationWidth : observationWidth + agents
    let network = Perceptron([seen] + settings.hidden + [1], hidden: .tanh)
    critic = LearningNetwork(
      network,
      network.orthogonalParameters(hiddenGain: gain, outputGain: 1, seed: seed, name: "critic"),
      optimizer)
  }

  /// The hash of all parameters, bit by bit.
  public var parameterHash: UInt64 {
    BitHash.of(policies.flatMap { $0.parameters } + critic.parameters)
  }

  // MARK: Playing

  /// Where the networks work.
  public struct Workspace: Sendable {
    var policy: PerceptronArena<Float>
    var critic: PerceptronArena<Float>
    var logs: [Float]
    var sums: [Float]
    var places: ClippedObjective<Float>.Places
    var valueSlopes: [Float]
    var policyGradient: [Float]
    var criticGradient: [Float]

    /// Makes room for a learner's batches.
    public init(_ learner: MultiAgentPolicyOptimization) {
      let group = learner.settings.sharesPolicy ? learner.agents : 1
      let rows = group * learner.settings.environments * learner.settings.steps
      let policy = learner.policies[0]
      self.policy = PerceptronArena(policy.network, capacity: rows)
      critic = PerceptronArena(learner.critic.network, capacity: rows)
      logs = [Float](repeating: 0, count: rows * policy.network.outputs)
      places = .init(rows: rows, actions: policy.network.outputs)
      sums = [Float](repeating: 0, count: rows)
      valueSlopes = sums
      policyGradient = [Float](repeating: 0, count: policy.parameters.count)
      criticGradient = [Float](repeating: 0, count: learner.critic.parameters.count)
    }
  }

  /// How many environments observations are of.
  private func rows(of observations: [Float]) -> Int {
    observations.count / (agents * observationWidth)
  }

  /// What an agent's policy is told, given what all saw: rows of all agents, one after the other.
  func told(_ agent: Int, _ observations: [Float]) -> [Float] {
    own(agent, observations, isNamed: settings.sharesPolicy)
  }

  /// What the critic is told for an agent.
  func seen(_ agent: Int, _ observations: [Float]) -> [Float] {
    settings.sight == .shared ? observations : own(agent, observations, isNamed: true)
  }

  /// What an agent saw itself, and, where it is named, who it is: 1 in its place among zeros.
  private func own(_ agent: Int, _ observations: [Float], isNamed: Bool) -> [Float] {
    let width = observationWidth
    var inputs: [Float] = []
    for row in 0..<rows(of: observations) {
      let start = (row * agents + agent) * width
      inputs += observations[start..<start + width]
      if isNamed { inputs += (0..<agents).map { $0 == agent ? 1 : 0 } }
    }
    return inputs
  }

  /// Draws an action for each environment and agent, given what all of them see, and notes it with
  /// its probability and what the critic says.
  ///
  /// Noise is a function of the step, the environment, the agent and the action.
  public func choose(
    _ observations: [Float], step: Int64, key: NoiseKey, _ workspace: inout Workspace,
    into rollout: inout Rollout
  ) {
    let (rows, count) = (rows(of: observations), policies[0].network.outputs)
    let first = rollout.actions.count
    rollout.observations += observations
    rollout.actions += [Int32](repeating: 0, count: rows * agents)
    rollout.logProbabilities += [Float](repeating: 0, count: rows * agents)
    rollout.values += values(observations, &workspace)
    for agent in 0..<agents {
      look(agent, observations, &workspace)
      for row in 0..<rows {
        let best = GumbelChoice.choose(scores: workspace.logs[row * count..<(row + 1) * count]) {
          key.gumbel(tick: step, slot: UInt32(row * agents + agent), draw: UInt32($0))
        }
        rollout.actions[first + row * agents + agent] = Int32(best)
        rollout.logProbabilities[first + row * agents + agent] =
          workspace.logs[row * count + best]
      }
    }
  }

  /// The likeliest action of each environment and agent; the first of equal ones.
  public func best(_ observations: [Float], _ workspace: inout Workspace) -> [Int] {
    let rows = rows(of: observations)
    let count = policies[0].network.outputs
    var chosen = [Int](repeating: 0, count: rows * agents)
    for agent in 0..<agents {
      look(agent, observations, &workspace)
      for row in 0..<rows {
        chosen[row * agents + agent] = GumbelChoice.likeliest(
          workspace.logs[row * count..<(row + 1) * count])
      }
    }
    return chosen
  }

  /// What the critic says, by environment and agent.
  public func values(_ observations: [Float], _ workspace: inout Workspace) -> [Float] {
    let rows = rows(of: observations)
    var values = [Float](repeating: 0, count: rows * agents)
    for agent in 0..<agents where agent == 0 || settings.sight == .own {
      critic.forward(&workspace.critic, seen(agent, observations), rows: rows)
      let said = workspace.critic.output(rows: rows)
      for row in 0..<rows {
        let value =
          settings.scaling == .none ? said[row] : Float(scale.restored(Double(said[row])))
        values[row * agents + agent] = value
        if settings.sight == .shared {
          for other in 1..<agents { values[row * agents + other] = value }
        }
      }
    }
    return values
  }

  /// Computes the logarithms of the probabilities of an agent's actions, for all environments.
  func look(_ agent: Int, _ observations: [Float], _ workspace: inout Workspace) {
    let rows = rows(of: observations)
    policies[settings.sharesPolicy ? 0 : agent].forward(
      &workspace.policy, told(agent, observations), rows: rows)
    CategoricalChoice.normalize(
      workspace.policy.output(rows: rows), rows: rows, &workspace.logs,
      &workspace.places.probabilities, &workspace.sums)
  }
}
