public import Determinism
public import Networks

/// Proximal policy optimisation for agents that remember: a gated recurrent unit sees what is seen, and a policy
/// and a critic see what it remembers.
///
/// The parameters of the unit, of the policy and of the critic stand in one array. The value as a whole is
/// the state of the learner; what is remembered of episodes belongs to who plays them.
/// - Source: as for `ProximalPolicyOptimization`, with the details of recurrent networks in S. Huang and
///   others, The 37 implementation details of proximal policy optimization (2022): minibatches are of whole
///   sequences, and what was remembered at the beginning of a rollout is remembered when it is learned from.
public struct RecurrentPolicyOptimization: Sendable, Equatable {
  /// How it learns.
  public struct Settings: Sendable, Equatable {
    /// As without a memory; `hidden` are the layers between what is remembered and what comes out, and
    /// `minibatches` parts of the environments.
    public var base = ProximalPolicyOptimization.Settings()
    /// How many numbers are remembered.
    public var memory = 64

    /// The defaults, for eight environments.
    public init() {
      (base.environments, base.hidden) = (8, [64])
    }
  }

  /// What was played, and what was remembered before it.
  public struct Sequences: Sendable, Equatable {
    /// What was played.
    public var rollout = Rollout()
    /// What each environment remembered before the first step.
    public var memory: [Float]
    /// Whether an episode begins with that row.
    public var starts: [Bool] = []

    /// Nothing yet.
    public init(memory: [Float]) { self.memory = memory }
  }

  /// How it learns.
  public let settings: Settings
  /// What remembers.
  public let unit: GatedRecurrence
  /// Scores of actions.
  public let policy: Perceptron
  /// The value of what is remembered.
  public let critic: Perceptron
  /// The parameters of the unit, of the policy and of the critic.
  public private(set) var parameters: [Float]
  /// Updates so far.
  public private(set) var updateCount = 0

  private var adam: Adam<Float>
  private let seed: UInt64

  /// Begins: orthogonal matrices, with gains 1 for the unit, sqrt 2 for hidden layers, 0.01 for scores and 1
  /// for values, and biases of 0.
  ///
  /// - Precondition: minibatches are of whole environments, and as many.
  public init(observationWidth: Int, actions: Int, settings: Settings, seed: UInt64) {
    precondition(
      settings.base.environments % settings.base.minibatches == 0,
      "Invariant: minibatches are of one size")
    self.settings = settings
    self.seed = seed
    unit = GatedRecurrence(inputs: observationWidth, width: settings.memory)
    policy = Perceptron([settings.memory] + settings.base.hidden + [actions], hidden: .tanh)
    critic = Perceptron([settings.memory] + settings.base.hidden + [1], hidden: .tanh)
    let gain = 2.0.squareRoot()
    parameters =
      unit.orthogonalParameters(seed: seed, name: "memory")
      + policy.orthogonalParameters(hiddenGain: gain, outputGain: 0.01, seed: seed, name: "policy")
      + critic.orthogonalParameters(hiddenGain: gain, outputGain: 1, seed: seed, name: "critic")
    adam = Adam(
      parameterCount: parameters.count, settings: .init(epsilon: settings.base.epsilon))
  }

  /// Takes parameters of the unit and of the policy for its own, before anything was learned.
  ///
  /// - Precondition: they are as many as both have.
  public mutating func begin(from parameters: [Float]) {
    precondition(
      parameters.count == criticRange.lowerBound, "Invariant: sizes are the network's")
    self.parameters.replaceSubrange(..<parameters.count, with: parameters)
  }

  /// The whole state, given settings and seed.
  public var state: LearnerState { LearnerState(count: updateCount, parameters, adam) }

  /// Goes on from a state; returns whether it fits.
  public mutating func resume(_ state: LearnerState) -> Bool {
    guard let parts = state.parts(upTo: Int64(settings.base.updates), parameters, adam) else {
      return false
    }
    (updateCount, parameters, adam) = parts
    return true
  }

  /// The hash of all parameters, bit by bit.
  public var parameterHash: UInt64 { BitHash.of(parameters) }

  /// The parameters of the unit and then of the policy, as who acts has them.
  public var policyParameters: ArraySlice<Float> { parameters[..<criticRange.lowerBound] }
  /// Those of the critic.
  public var criticParameters: ArraySlice<Float> { parameters[criticRange] }

  private var unitRange: Range<Int> { 0..<unit.parameterCount }
  private var policyRange: Range<Int> {
    unitRange.upperBound..<unitRange.upperBound + policy.parameterCount
  }
  private var criticRange: Range<Int> {
    policyRange.upperBound..<policyRange.upperBound + critic.parameterCount
  }

  /// Where the networks work.
  public struct Workspace: Sendable {
    var unit: GatedRecurrenceArena<Float>
    var policy: PerceptronArena<Float>
    var critic: PerceptronArena<Float>
    /// Logarithms of probabilities, and what is left of numbers on their way.
    var logs: [Float]
    var sums: [Float]
    var places: ClippedObjective<Float>.Places
    /// Gradients: of values, of what is remembered by each of both, of observations, of all parameters.
    var valueGradient: [Float]
    var policyMemoryGradient: [Float]
    var criticMemoryGradient: [Float]
    var observationGradient: [Float]
    var gradient: [Float]
    /// Whether updates tell the hash of all parameters after each gradient step.
    public var keepsHashes = false

    /// Makes room for a learner's minibatches, and for a step of all environments.
    public init(_ learner: RecurrentPolicyOptimization) {
      let settings = learner.settings.base
      self.init(
        learner, rows: max(settings.environments, settings.batch / settings.minibatches))
    }

    /// Makes room for so many rows: steps times environments.
    public init(_ learner: RecurrentPolicyOptimization, rows: Int) {
      unit = GatedRecurrenceArena(learner.unit, capacity: rows)
      policy = PerceptronArena(learner.policy, capacity: rows)
      critic = PerceptronArena(learner.critic, capacity: rows)
      logs = [Float](repeating: 0, count: rows * learner.policy.outputs)
      sums = [Float](repeating: 0, count: rows)
      places = .init(rows: rows, actions: learner.policy.outputs)
      valueGradient = sums
      policyMemoryGradient = [Float](repeating: 0, count: rows * learner.unit.width)
      criticMemoryGradient = policyMemoryGradient
      observationGradient = [Float](repeating: 0, count: rows * learner.unit.inputs)
      gradient = [Float](repeating: 0, count: learner.parameters.count)
    }
  }

  // MARK: Playing

  /// Sees some steps of some environments: computes the logarithms of the probabilities of all actions and
  /// values, and what is remembered after each step.
  ///
  /// `memory` is what was remembered before the first step; `starts` says at which rows an episode begins. A
  /// row's results do not depend on other environments.
  public func look(
    _ observations: Span<Float>, memory: Span<Float>, starts: [Bool],
    _ workspace: inout Workspace
  ) {
    let (rows, all) = (starts.count, parameters.span)
    workspace.unit.forward(
      all.extracting(unitRange), observations, memory: memory, starts: starts)
    let remembered = workspace.unit.output(rows: rows)
    workspace.policy.forward(all.extracting(policyRange), remembered.span, rows: rows)
    workspace.critic.forward(all.extracting(criticRange), remembered.span, rows: rows)
    CategoricalChoice.normalize(
      workspace.policy.output(rows: rows), rows: rows, &workspace.logs,
      &workspace.places.probabilities, &workspace.sums)
  }

  /// What all rows that were looked at last remember now.
  public func memory(rows: Int, _ workspace: Workspace) -> [Float] {
    Array(workspace.unit.output(rows: rows))
  }

  /// The value of a row that was looked at last.
  public func value(_ row: Int, _ workspace: Workspace) -> Float {
    workspace.critic.output(rows: row + 1).last ?? 0
  }

  /// What was looked at last: the logarithm of an action's probability.
  public func logProbability(_ row: Int, _ action: Int, _ workspace: Workspace) -> Float {
    workspace.logs[row * policy.outputs + action]
  }

  /// Draws an action for a row that was looked at last, and notes it; see
  /// `ProximalPolicyOptimization.choose`.
  public func act(
    _ row: Int, step: Int64, key: NoiseKey, _ workspace: Workspace, into rollout: inout Rollout
  ) -> Int {
    let width = policy.outputs
    let chosen = GumbelChoice.choose(scores: workspace.logs[row * width..<(row + 1) * width]) {
      key.gumbel(tick: step, slot: UInt32(row), draw: UInt32($0))
    }
    rollout.actions.append(Int32(chosen))
    rollout.logProbabilities.append(logProbability(row, chosen, workspace))
    rollout.values.append(value(row, workspace))
    return chosen
  }

  // MARK: Learning

  /// Learns from what was played: a pure function of the learner and of that.
  ///
  /// - Precondition: it is of the settings' shape.
  public mutating func update(
    _ played: Sequences, _ workspace: inout Workspace
  ) -> ProximalPolicyOptimization.Metrics {
    let (rollout, base) = (played.rollout, settings.base)
    precondition(
      rollout.actions.count == base.batch && played.starts.count == base.batch
        && played.memory.count == base.environments * unit.width,
      "Invariant: a rollout is of the settings' shape")
    let advantages = rollout.advantages(discount: base.discount, lambda: base.lambda)
    var metrics = ProximalPolicyOptimization.Metrics()
    metrics.explained = SampleMoments.explained(advantages, rollout.values)
    var order = Array(0..<base.environments)
    let size = base.environments / base.minibatches
    for epoch in 0..<base.epochs {
      Minibatches.reorder(&order, seed: seed, update: updateCount, epoch: epoch)
      for part in 0..<base.minibatches {
        let environments = order[part * size..<(part + 1) * size]
        learn(
          environments, played, advantages, isFirst: epoch == 0 && part == 0, &workspace,
          &metrics)
        let norm = adam.descend(
          &parameters, &workspace.gradient, rate: base.rate(after: updateCount),
          maximum: base.maximumGradient)
        metrics.gradientNorm = max(metrics.gradientNorm, norm)
        if workspace.keepsHashes { metrics.hashes.append(parameterHash) }
      }
    }
    metrics.divide(by: base.epochs * base.minibatches)
    updateCount += 1
    return metrics
  }

  /// Computes the gradient of the sequences of some environments.
  private func learn(
    _ environments: ArraySlice<Int>, _ played: Sequences, _ advantages: [Float], isFirst: Bool,
    _ workspace: inout Workspace, _ metrics: inout ProximalPolicyOptimization.Metrics
  ) {
    let (base, rollout) = (settings.base, played.rollout)
    let rows = (0..<base.steps).flatMap { step in
      environments.map { step * base.environments + $0 }
    }
    let observations = rows.flatMap {
      rollout.observations[$0 * unit.inputs..<($0 + 1) * unit.inputs]
    }
    let memory = environments.flatMap { played.memory[$0 * unit.width..<($0 + 1) * unit.width] }
    look(observations.span, memory: memory.span, starts: rows.map { played.starts[$0] }, &workspace)
    let own = rows.map { advantages[$0] }
    let gains = base.normalizesAdvantages ? AdvantageEstimation.normalized(own) : own
    let objective = ClippedObjective(base, after: updateCount, rows: rows.count)
    var sums = ClippedObjective<Float>.Sums()
    let logs = workspace.logs
    objective.add(
      rows, of: rollout, logs: logs, count: policy.outputs, gains: gains, &workspace.places, &sums)
    objective.setValueSlopes(
      rows, of: rollout, values: workspace.critic.output(rows: rows.count), advantages, base,
      &workspace.valueGradient, &sums)
    metrics.add(sums, part: objective.part, isFirst: isFirst)
    goBack(rows.count, environments.count, observations, &workspace)
  }

  /// Takes the gradients of scores and values back to those of all parameters, through all steps.
  private func goBack(
    _ rows: Int, _ sequences: Int, _ observations: [Float], _ workspace: inout Workspace
  ) {
    let (all, width) = (parameters.span, unit.width)
    let remembered = workspace.unit.output(rows: rows)
    var gradient: [Float] = []
    swap(&gradient, &workspace.gradient)
    var whole = gradient.mutableSpan
    whole.update(repeating: 0)
    do {
      let given = workspace.places.slopes
      var place = whole._mutatingExtracting(policyRange)
      workspace.policy.backward(
        all.extracting(policyRange), remembered.span, rows: rows,
        outputGradient: given.span.extracting(first: rows * policy.outputs), into: &place)
      workspace.policy.inputGradient(
        all.extracting(policyRange), rows: rows, into: &workspace.policyMemoryGradient)
    }
    do {
      let given = workspace.valueGradient
      var place = whole._mutatingExtracting(criticRange)
      workspace.critic.backward(
        all.extracting(criticRange), remembered.span, rows: rows,
        outputGradient: given.span.extracting(first: rows), into: &place)
      workspace.critic.inputGradient(
        all.extracting(criticRange), rows: rows, into: &workspace.criticMemoryGradient)
    }
    for index in 0..<rows * width {
      workspace.policyMemoryGradient[index] += workspace.criticMemoryGradient[index]
    }
    do {
      let given = workspace.policyMemoryGradient
      var place = whole._mutatingExtracting(unitRange)
      workspace.unit.backward(
        all.extracting(unitRange), observations.span, rows: rows, sequences: sequences,
        outputGradient: given.span.extracting(first: rows * width), into: &place,
        inputGradient: &workspace.observationGradient)
    }
    swap(&gradient, &workspace.gradient)
  }
}
