public import Determinism
public import Networks

/// Proximal policy optimisation for discrete actions: settings, parameters, and one update as a pure
/// function of them and of what was played.
///
/// Policy and critic are two networks whose parameters stand in one array, the policy's first, so that
/// gradients are clipped and moments kept over both. The value as a whole is the state of the
/// learner: kept and gone on with, it gives the same bits.
/// - Source: J. Schulman and others, Proximal policy optimization algorithms,
///   <https://arxiv.org/abs/1707.06347>; the details are those of S. Huang and others, The 37
///   implementation details of proximal policy optimization (2022), the 13 of its core.
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
    /// The epsilon of Adam.
    public var epsilon: Float = 1e-5
    /// The numbers that each hidden layer has.
    public var hidden = [64, 64]
    /// How many updates there will be.
    public var updates = 976

    /// The defaults.
    public init() {}

    /// How many steps an update has.
    public var batch: Int { environments * steps }
  }

  /// What was played between two updates: a row for each step, a column for each environment.
  public struct Rollout: Sendable, Equatable {
    /// What was seen, `observationWidth` numbers each.
    public var observations: [Float] = []
    /// What was done.
    public var actions: [Int32] = []
    /// The logarithm of its probability then.
    public var logProbabilities: [Float] = []
    /// What the critic said then.
    public var values: [Float] = []
    /// What came of it.
    public var rewards: [Float] = []
    /// Whether the episode ended with it.
    public var ends: [Bool] = []
    /// What the critic says of what is seen after the last step.
    public var lastValues: [Float] = []

    /// Nothing.
    public init() {}
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
  }

  /// How it learns.
  public let settings: Settings
  /// The policy: scores of actions.
  public let policy: Perceptron
  /// The critic: the value of what is seen.
  public let critic: Perceptron
  /// The parameters of the policy, then those of the critic.
  public private(set) var parameters: [Float]
  /// Updates so far.
  public private(set) var updateCount = 0

  private var adam: Adam<Float>
  private let seed: UInt64

  /// Begins: orthogonal matrices with gains sqrt 2, 0.01 for the policy's last layer and 1 for the
  /// critic's, and biases of 0.
  public init(observationWidth: Int, actions: Int, settings: Settings, seed: UInt64) {
    precondition(
      settings.batch % settings.minibatches == 0, "Invariant: minibatches are of one size")
    self.settings = settings
    self.seed = seed
    policy = Perceptron([observationWidth] + settings.hidden + [actions], hidden: .tanh)
    critic = Perceptron([observationWidth] + settings.hidden + [1], hidden: .tanh)
    let gain = 2.0.squareRoot()
    parameters =
      policy.orthogonalParameters(hiddenGain: gain, outputGain: 0.01, seed: seed, name: "policy")
      + critic.orthogonalParameters(hiddenGain: gain, outputGain: 1, seed: seed, name: "critic")
    var optimizer = Adam<Float>.Settings()
    optimizer.epsilon = settings.epsilon
    adam = Adam(parameterCount: parameters.count, settings: optimizer)
  }

  /// The hash of all parameters, bit by bit.
  public var parameterHash: UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for parameter in parameters {
      hash = (hash ^ UInt64(parameter.bitPattern)) &* 0x100_0000_01B3
    }
    return hash
  }

  // MARK: Playing

  /// Where the networks work, for up to so many rows.
  public struct Workspace: Sendable {
    var policy: PerceptronArena<Float>
    var critic: PerceptronArena<Float>
    /// Logarithms of probabilities.
    var logs: [Float]
    /// Gradients of scores, of values and of all parameters.
    var scoreGradient: [Float]
    var valueGradient: [Float]
    var gradient: [Float]
    /// A minibatch.
    var observations: [Float]

    /// Makes room.
    public init(_ learner: ProximalPolicyOptimization, capacity: Int) {
      policy = PerceptronArena(learner.policy, capacity: capacity)
      critic = PerceptronArena(learner.critic, capacity: capacity)
      logs = [Float](repeating: 0, count: capacity * learner.policy.outputs)
      scoreGradient = logs
      valueGradient = [Float](repeating: 0, count: capacity)
      gradient = [Float](repeating: 0, count: learner.parameters.count)
      observations = [Float](repeating: 0, count: capacity * learner.policy.inputs)
    }
  }

  /// Computes, for some rows of observations, the logarithms of the probabilities of all actions, and
  /// values; both stand in the workspace then.
  ///
  /// A row's results do not depend on the other rows.
  public func look(_ observations: Span<Float>, rows: Int, _ workspace: inout Workspace) {
    let parameters = parameters.span
    let count = policy.parameterCount
    workspace.policy.forward(parameters.extracting(first: count), observations, rows: rows)
    workspace.critic.forward(parameters.extracting(droppingFirst: count), observations, rows: rows)
    let width = policy.outputs
    let scores = workspace.policy.output(rows: rows)
    for (index, score) in scores.enumerated() { workspace.logs[index] = score }
    for row in 0..<rows {
      CategoricalChoice.normalize(&workspace.logs, row * width..<(row + 1) * width)
    }
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
    var (best, largest) = (0, -Double.infinity)
    for action in 0..<policy.outputs {
      let uniform = key.uniform(
        tick: step, slot: UInt32(environment), draw: UInt32(action))
      let gumbel = -Elementary.log(-Elementary.log(uniform))
      let sum = Double(workspace.logs[row * policy.outputs + action]) + gumbel
      if sum > largest { (best, largest) = (action, sum) }
    }
    return best
  }

  // MARK: Learning

  /// Learns from what was played.
  ///
  /// - Precondition: the rollout is of the settings' shape.
  public mutating func update(_ rollout: Rollout, _ workspace: inout Workspace) -> Metrics {
    let (batch, size) = (settings.batch, settings.batch / settings.minibatches)
    precondition(
      rollout.actions.count == batch && rollout.observations.count == batch * policy.inputs,
      "Invariant: a rollout is of the settings' shape")
    let advantages = AdvantageEstimation.advantages(
      rewards: rollout.rewards, values: rollout.values, ends: rollout.ends,
      lastValues: rollout.lastValues, discount: settings.discount, lambda: settings.lambda)
    let progress = Float(updateCount) / Float(settings.updates)
    let rate = settings.annealsRate ? settings.rate * (1 - progress) : settings.rate
    var metrics = Metrics()
    var order = Array(0..<batch)
    for epoch in 0..<settings.epochs {
      shuffle(&order, epoch)
      for part in 0..<settings.minibatches {
        let rows = order[part * size..<(part + 1) * size]
        let isFirst = epoch == 0 && part == 0
        learn(rows, rollout, advantages, isFirst, &workspace, &metrics)
        let norm = descend(workspace.gradient, rate)
        metrics.gradientNorm = max(metrics.gradientNorm, norm)
      }
    }
    let count = Float(settings.epochs * settings.minibatches)
    metrics.policyLoss /= count
    metrics.valueLoss /= count
    metrics.entropy /= count
    metrics.clipped /= count
    updateCount += 1
    return metrics
  }

  /// Moves the parameters against a gradient, which is clipped, and returns its length before.
  private mutating func descend(_ gradient: [Float], _ rate: Float) -> Float {
    var gradient = gradient
    var given = gradient.mutableSpan
    let norm = GradientClipping.clip(&given, to: settings.maximumGradient)
    var moved: [Float] = []
    swap(&moved, &parameters)
    var place = moved.mutableSpan
    adam.step(&place, given.span, rate: rate)
    swap(&moved, &parameters)
    return norm
  }

  /// Puts rows in an order that is a function of the update and the epoch.
  ///
  /// - Source: R. Durstenfeld, algorithm 235, Communications of the ACM 7 (1964).
  private func shuffle(_ order: inout [Int], _ epoch: Int) {
    let key = NoiseKey(seed: seed, entity: "minibatches", purpose: "order")
    for index in stride(from: order.count - 1, to: 0, by: -1) {
      let other = key.integer(
        below: UInt64(index + 1), tick: Int64(updateCount), slot: UInt32(epoch),
        draw: UInt32(index))
      order.swapAt(index, Int(other))
    }
  }

  /// Computes the gradient of one minibatch.
  private func learn(
    _ rows: ArraySlice<Int>, _ rollout: Rollout, _ advantages: [Float], _ isFirst: Bool,
    _ workspace: inout Workspace, _ metrics: inout Metrics
  ) {
    let (width, actions, size) = (policy.inputs, policy.outputs, rows.count)
    for (place, row) in rows.enumerated() {
      for column in 0..<width {
        workspace.observations[place * width + column] =
          rollout.observations[row * width + column]
      }
    }
    let observations = workspace.observations
    look(observations.span.extracting(first: size * width), rows: size, &workspace)
    let (mean, deviation) = moments(advantages, rows)
    let part = 1 / Float(size)
    var sums = Sums()
    let values = workspace.critic.output(rows: size)
    for (place, row) in rows.enumerated() {
      let action = Int(rollout.actions[row])
      let range = place * actions..<(place + 1) * actions
      let logRatio = workspace.logs[range.lowerBound + action] - rollout.logProbabilities[row]
      let ratio = Float.exp(logRatio)
      let advantage =
        settings.normalizesAdvantages
        ? (advantages[row] - mean) / (deviation + 1e-8) : advantages[row]
      let kept = min(max(ratio, 1 - settings.clip), 1 + settings.clip)
      let (loss, clippedLoss) = (-advantage * ratio, -advantage * kept)
      sums.policyLoss += max(loss, clippedLoss)
      sums.divergence += (ratio - 1) - logRatio
      if ratio == 1 { sums.unmoved += 1 }
      if (ratio - 1).magnitude > settings.clip { sums.clipped += 1 }
      // Where the clipped loss is the larger one it is a constant.
      let slope = loss >= clippedLoss ? -advantage * ratio * part : 0
      let entropy = CategoricalChoice.entropy(workspace.logs, range)
      sums.entropy += entropy
      for index in range {
        let log = workspace.logs[index]
        let probability = Float.exp(log)
        let chosen: Float = index == range.lowerBound + action ? 1 : 0
        workspace.scoreGradient[index] =
          slope * (chosen - probability)
          + settings.entropyWeight * part * probability * (log + entropy)
      }
      workspace.valueGradient[place] =
        settings.valueWeight * part
        * valueSlope(
          values[place], rollout.values[row], advantages[row] + rollout.values[row], &sums)
    }
    metrics.policyLoss += sums.policyLoss * part
    metrics.valueLoss += sums.valueLoss * part / 2
    metrics.entropy += sums.entropy * part
    metrics.clipped += sums.clipped * part
    metrics.lastDivergence = sums.divergence * part
    if isFirst {
      metrics.firstDivergence = sums.divergence * part
      metrics.firstUnmoved = sums.unmoved * part
    }
    goBack(size, observations, &workspace)
  }

  private struct Sums {
    var (policyLoss, valueLoss, entropy, divergence): (Float, Float, Float, Float) = (0, 0, 0, 0)
    var (clipped, unmoved): (Float, Float) = (0, 0)
  }

  /// The slope of half the squared error of a value.
  private func valueSlope(
    _ value: Float, _ before: Float, _ target: Float, _ sums: inout Sums
  ) -> Float {
    let error = value - target
    let loss = error * error
    if !settings.clipsValues {
      sums.valueLoss += loss
      return error
    }
    let moved = min(max(value - before, -settings.clip), settings.clip)
    let clippedError = before + moved - target
    let clippedLoss = clippedError * clippedError
    sums.valueLoss += max(loss, clippedLoss)
    return loss >= clippedLoss ? error : 0
  }

  /// Mean and deviation (of a sample) of some advantages.
  private func moments(_ advantages: [Float], _ rows: ArraySlice<Int>) -> (Float, Float) {
    let chosen = rows.map { Double(advantages[$0]) }
    let mean = OrderedReduction.sum(chosen.span) / Double(chosen.count)
    let squares = chosen.map { ($0 - mean) * ($0 - mean) }
    let variance = OrderedReduction.sum(squares.span) / Double(max(1, chosen.count - 1))
    return (Float(mean), Float(variance.squareRoot()))
  }

  /// Takes the gradients of scores and values back to those of all parameters.
  private func goBack(_ size: Int, _ observations: [Float], _ workspace: inout Workspace) {
    let count = policy.parameterCount
    let parameters = parameters.span
    let input = observations.span.extracting(first: size * policy.inputs)
    var gradient: [Float] = []
    swap(&gradient, &workspace.gradient)
    for index in gradient.indices { gradient[index] = 0 }
    let (scores, values) = (workspace.scoreGradient, workspace.valueGradient)
    do {
      var whole = gradient.mutableSpan
      var place = whole._mutatingExtracting(first: count)
      workspace.policy.backward(
        parameters.extracting(first: count), input, rows: size,
        outputGradient: scores.span.extracting(first: size * policy.outputs), into: &place)
    }
    do {
      var whole = gradient.mutableSpan
      var place = whole._mutatingExtracting(droppingFirst: count)
      workspace.critic.backward(
        parameters.extracting(droppingFirst: count), input, rows: size,
        outputGradient: values.span.extracting(first: size), into: &place)
    }
    swap(&gradient, &workspace.gradient)
  }
}
