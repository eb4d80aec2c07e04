public import Determinism
public import Networks

/// Proximal policy optimisation: settings, parameters, and one update as a pure function of them and of what
/// was played.
///
/// Policy and critic are two networks whose parameters stand in one array, the policy's first, so that
/// gradients are clipped and moments kept over both; where actions are continuous the logarithms of their
/// deviations come last. The value as a whole is the state of the
/// learner: kept and gone on with, it gives the same bits.
/// - Source: J. Schulman and others, Proximal policy optimization algorithms,
///   <https://arxiv.org/abs/1707.06347>; the details are those of S. Huang and others, The 37
///   implementation details of proximal policy optimization (2022), the 13 of its core and those of
///   continuous actions; brought to a scale are observations and rewards by who plays.
public struct ProximalPolicyOptimization: Sendable, Equatable {
  /// How it learns; the defaults are those of CleanRL's `ppo.py` for CartPole.
  public struct Settings: Sendable, Equatable {
    /// Environments that are played side by side.
    public var environments = 4
    /// Steps of each between two updates.
    public var steps = 128
    /// Parts that a batch is cut into, of one size.
    public var minibatches = 4
    /// How often a batch is gone through.
    public var epochs = 4
    /// What a reward a step later is worth.
    public var discount: Float = 0.99
    /// The lambda of advantage estimation.
    public var lambda: Float = 0.95
    /// How far the probability of an action may move, as a part of it, before it earns no more.
    public var clip: Float = 0.2
    /// Whether values are clipped in the same way.
    public var clipsValues = true
    /// Whether advantages of a minibatch are brought to mean 0 and deviation 1.
    public var normalizesAdvantages = true
    /// The weight of the entropy.
    public var entropyWeight: Float = 0.01
    /// The weight of the critic's loss.
    public var valueWeight: Float = 0.5
    /// The longest gradient.
    public var maximumGradient: Float = 0.5
    /// The learning rate at the beginning.
    public var rate: Float = 2.5e-4
    /// Whether the rate falls to 0 in a straight line until the last update.
    public var annealsRate = true
    /// Whether the clip does.
    public var annealsClip = false
    /// The epsilon of Adam.
    public var epsilon: Float = 1e-5
    /// The numbers that each hidden layer has.
    public var hidden = [64, 64]
    /// How many updates there will be.
    public var updates = 976
    /// Whether the critic sees what all who learn together see, where several do.
    ///
    /// - Source: C. Yu and others, The surprising effectiveness of PPO in cooperative multi-agent games,
    ///   <https://arxiv.org/abs/2103.01955>.
    public var hasCentralCritic = false

    /// The defaults.
    public init() {}

    /// How many steps an update has.
    public var batch: Int { environments * steps }

    /// The learning rate after so many updates.
    public func rate(after updates: Int) -> Float { annealsRate ? rate * left(updates) : rate }

    /// The clip after so many updates.
    public func clip(after updates: Int) -> Float { annealsClip ? clip * left(updates) : clip }

    private func left(_ updates: Int) -> Float { 1 - Float(updates) / Float(self.updates) }
  }

  /// What an update came to.
  public struct Metrics: Sendable, Equatable {
    /// Means over all minibatches of the update.
    public internal(set) var policyLoss: Float = 0
    /// The mean of half the squared error of the critic.
    public internal(set) var valueLoss: Float = 0
    /// The mean entropy of the policy.
    public internal(set) var entropy: Float = 0
    /// The estimate (ratio - 1) - log ratio of the divergence from the policy that played, of the
    /// first minibatch and of the last.
    public internal(set) var firstDivergence: Float = 0
    /// That of the last minibatch.
    public internal(set) var lastDivergence: Float = 0
    /// The part of the steps of the first minibatch whose ratio is exactly 1.
    public internal(set) var firstUnmoved: Float = 0
    /// The part of all ratios beyond the clip.
    public internal(set) var clipped: Float = 0
    /// The longest gradient before clipping.
    public internal(set) var gradientNorm: Float = 0
    /// How much of the variance of returns the critic explained before the update; 1 for all.
    public internal(set) var explained: Float = 0
    /// The hash of all parameters after each gradient step, where the workspace asks for it.
    public internal(set) var hashes: [UInt64] = []

    /// Nothing yet.
    init() {}

    /// Adds what a minibatch came to, of whose rows each counts `part`.
    mutating func add(_ sums: ClippedObjective<Float>.Sums, part: Float, isFirst: Bool) {
      policyLoss += sums.policyLoss * part
      valueLoss += sums.valueLoss * part / 2
      entropy += sums.entropy * part
      clipped += sums.clipped * part
      lastDivergence = sums.divergence * part
      if isFirst {
        firstDivergence = sums.divergence * part
        firstUnmoved = sums.unmoved * part
      }
    }

    /// Makes sums means over so many minibatches.
    mutating func divide(by minibatches: Int) {
      let count = Float(minibatches)
      policyLoss /= count
      valueLoss /= count
      entropy /= count
      clipped /= count
    }
  }

  /// How it learns.
  public let settings: Settings
  /// What the policy chooses among.
  public let actions: ActionSpace
  /// The policy: scores of actions, or means of their numbers.
  public let policy: Perceptron
  /// The critic: the value of what is seen.
  public let critic: Perceptron
  /// The parameters of the policy, those of the critic, and the logarithms of deviations.
  public internal(set) var parameters: [Float]
  /// Updates so far.
  public internal(set) var updateCount = 0

  /// The optimiser.
  public internal(set) var adam: Adam<Float>
  /// What initial parameters and the order of minibatches are drawn from.
  public let seed: UInt64

  /// Begins: orthogonal matrices with gains sqrt 2, 0.01 for the policy's last layer and 1 for the
  /// critic's, biases of 0 and deviations of 1.
  ///
  /// With a `criticWidth` the critic sees so many numbers, more than the policy does: what only learning needs.
  public init(
    observationWidth: Int, criticWidth: Int? = nil, actions: ActionSpace, settings: Settings,
    seed: UInt64
  ) {
    precondition(
      settings.batch % settings.minibatches == 0, "Invariant: minibatches are of one size")
    self.settings = settings
    self.seed = seed
    self.actions = actions
    let (outputs, deviations) =
      switch actions {
      case .discrete(let count): (count, 0)
      case .continuous(let width): (width, width)
      }
    policy = Perceptron([observationWidth] + settings.hidden + [outputs], hidden: .tanh)
    critic = Perceptron(
      [criticWidth ?? observationWidth] + settings.hidden + [1], hidden: .tanh)
    let gain = 2.0.squareRoot()
    parameters =
      policy.orthogonalParameters(hiddenGain: gain, outputGain: 0.01, seed: seed, name: "policy")
      + critic.orthogonalParameters(hiddenGain: gain, outputGain: 1, seed: seed, name: "critic")
      + [Float](repeating: 0, count: deviations)
    adam = Adam(
      parameterCount: parameters.count, settings: .init(epsilon: settings.epsilon))
  }

  /// Takes a policy's parameters for its own, before anything was learned.
  ///
  /// - Precondition: they are as many as the policy has.
  public mutating func begin(from parameters: [Float]) {
    precondition(parameters.count == policy.parameterCount, "Invariant: sizes are the network's")
    self.parameters.replaceSubrange(..<parameters.count, with: parameters)
  }

  /// Takes logarithms of deviations for its own, before anything was learned.
  ///
  /// - Precondition: they are as many as an action has numbers.
  public mutating func begin(fromLogDeviations logarithms: ArraySlice<Float>) {
    precondition(
      logarithms.count == logDeviations.count, "Invariant: each number has a deviation")
    parameters.replaceSubrange((parameters.count - logarithms.count)..., with: logarithms)
  }

  /// The whole state, given settings and seed.
  public var state: LearnerState { LearnerState(count: updateCount, parameters, adam) }

  /// Goes on from a state; returns whether it fits.
  public mutating func resume(_ state: LearnerState) -> Bool {
    guard let parts = state.parts(upTo: Int64(settings.updates), parameters, adam) else {
      return false
    }
    (updateCount, parameters, adam) = parts
    return true
  }

  /// The hash of all parameters, bit by bit.
  public var parameterHash: UInt64 { BitHash.of(parameters) }

  // MARK: Playing

  /// Where the networks work, for up to so many rows.
  public struct Workspace: Sendable {
    var policy: PerceptronArena<Float>
    var critic: PerceptronArena<Float>
    /// Logarithms of probabilities.
    var logs: [Float]
    /// By row, what is left of numbers on their way.
    var sums: [Float]
    /// Probabilities, and the gradients of scores or means.
    var places: ClippedObjective<Float>.Places
    /// Gradients of values, of the logarithms of deviations and of all parameters.
    var valueGradient: [Float]
    var deviationGradient: [Float]
    var gradient: [Float]
    /// A minibatch: what the policy saw, and what the critic did where it saw more.
    var observations: [Float]
    var criticObservations: [Float]
    /// Whether updates tell the hash of all parameters after each gradient step.
    public var keepsHashes = false

    /// Makes room.
    public init(_ learner: ProximalPolicyOptimization, capacity: Int) {
      policy = PerceptronArena(learner.policy, capacity: capacity)
      critic = PerceptronArena(learner.critic, capacity: capacity)
      logs = [Float](repeating: 0, count: capacity * learner.policy.outputs)
      places = .init(rows: capacity, actions: learner.policy.outputs)
      valueGradient = [Float](repeating: 0, count: capacity)
      sums = valueGradient
      deviationGradient = learner.logDeviations.map { _ in 0 }
      gradient = [Float](repeating: 0, count: learner.parameters.count)
      observations = [Float](repeating: 0, count: capacity * learner.policy.inputs)
      criticObservations =
        learner.criticSeesMore
        ? [Float](repeating: 0, count: capacity * learner.critic.inputs) : []
    }
  }

  /// Whether the critic sees more than the policy does.
  public var criticSeesMore: Bool { critic.inputs != policy.inputs }

  /// Computes, for some rows of observations, the logarithms of the probabilities of all actions, or the means
  /// of their numbers, and values; both stand in the workspace then.
  ///
  /// A row's results do not depend on the other rows.
  public func look(_ observations: Span<Float>, rows: Int, _ workspace: inout Workspace) {
    look(observations, critic: observations, rows: rows, &workspace)
  }

  /// The same where the critic sees rows of its own.
  public func look(
    _ observations: Span<Float>, critic seen: Span<Float>, rows: Int, _ workspace: inout Workspace
  ) {
    let parameters = parameters.span
    let count = policy.parameterCount
    workspace.policy.forward(parameters.extracting(first: count), observations, rows: rows)
    workspace.critic.forward(
      parameters.extracting(count..<count + critic.parameterCount), seen, rows: rows)
    if case .continuous = actions { return }
    CategoricalChoice.normalize(
      workspace.policy.output(rows: rows), rows: rows, &workspace.logs,
      &workspace.places.probabilities, &workspace.sums)
  }

  /// What was looked at last: the logarithm of an action's probability.
  public func logProbability(_ row: Int, _ action: Int, _ workspace: Workspace) -> Float {
    workspace.logs[row * policy.outputs + action]
  }

  /// What was looked at last: the value.
  public func value(_ row: Int, _ workspace: Workspace) -> Float {
    workspace.critic.output(rows: row + 1).last ?? 0
  }

  /// Chooses an action of what was looked at last: the largest sum of the logarithm of a probability
  /// and a Gumbel number, which is a function of the step, the environment and the action.
  public func choose(
    _ row: Int, step: Int64, environment: Int, key: NoiseKey, _ workspace: Workspace
  ) -> Int {
    let width = policy.outputs
    return GumbelChoice.choose(scores: workspace.logs[row * width..<(row + 1) * width]) {
      key.gumbel(tick: step, slot: UInt32(environment), draw: UInt32($0))
    }
  }

  /// Draws an action of what was looked at last, and notes it with the logarithm of its probability and the
  /// value; see `choose` and `draw`.
  public func act(
    _ row: Int, step: Int64, environment: Int, key: NoiseKey, _ workspace: Workspace,
    into rollout: inout Rollout
  ) -> PolicyAction {
    rollout.values.append(value(row, workspace))
    switch actions {
    case .discrete:
      let chosen = choose(row, step: step, environment: environment, key: key, workspace)
      rollout.actions.append(Int32(chosen))
      rollout.logProbabilities.append(logProbability(row, chosen, workspace))
      return .chosen(chosen)
    case .continuous:
      let numbers = draw(row, step: step, environment: environment, key: key, workspace)
      rollout.continuousActions += numbers
      rollout.logProbabilities.append(logDensity(row, numbers[...], workspace))
      return .numbers(numbers)
    }
  }

  /// What the policy would do at its most likely, of what was looked at last.
  public func likeliest(_ row: Int, _ workspace: Workspace) -> PolicyAction {
    switch actions {
    case .discrete: .chosen(best(row, workspace))
    case .continuous: .numbers(Array(means(row, workspace)))
    }
  }

  /// The likeliest action of what was looked at last; the first of equal ones.
  public func best(_ row: Int, _ workspace: Workspace) -> Int {
    let width = policy.outputs
    return GumbelChoice.likeliest(workspace.logs[row * width..<(row + 1) * width])
  }
}
