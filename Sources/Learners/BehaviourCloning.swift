import Determinism
public import Networks

/// Learning to do what somebody was seen to do: the logarithm of the probability of what was done is raised.
///
/// The value as a whole is the state of the learner.
/// - Source: D. Pomerleau, Efficient training of artificial neural networks for autonomous navigation,
///   Neural Computation 3 (1991).
public struct BehaviourCloning: Sendable, Equatable {
  /// How it learns.
  public struct Settings: Sendable, Equatable {
    /// How often all that was seen is gone through.
    public var epochs = 30
    /// Rows between two gradient steps; the last part of an epoch may have fewer.
    public var batch = 64
    /// The learning rate.
    public var rate: Float = 1e-3
    /// The part of each parameter that a step takes away, by the learning rate.
    public var weightDecay: Float = 1e-2
    /// The numbers that each hidden layer has.
    public var hidden = [64, 64]

    /// The defaults.
    public init() {}
  }

  /// How well a policy does what was done.
  public struct Metrics: Sendable, Equatable {
    /// The mean of the logarithm of the probability of what was done, negative.
    public internal(set) var loss = 0.0
    /// The part of rows in which what was done was likeliest.
    public internal(set) var agreement = 0.0
  }

  /// How it learns.
  public let settings: Settings
  /// The policy: scores of actions.
  public let policy: Perceptron
  /// Its parameters.
  public private(set) var parameters: [Float]
  /// Epochs so far.
  public private(set) var epochCount = 0

  private var adam: Adam<Float>
  private let seed: UInt64

  /// Begins: orthogonal matrices with gains sqrt 2 and 0.01 for the last layer, and biases of 0.
  public init(observationWidth: Int, actions: Int, settings: Settings, seed: UInt64) {
    self.settings = settings
    self.seed = seed
    policy = Perceptron([observationWidth] + settings.hidden + [actions], hidden: .tanh)
    parameters = policy.orthogonalParameters(
      hiddenGain: 2.0.squareRoot(), outputGain: 0.01, seed: seed, name: "policy")
    var optimizer = Adam<Float>.Settings()
    optimizer.weightDecay = settings.weightDecay
    adam = Adam(parameterCount: parameters.count, settings: optimizer)
  }

  /// The whole state, given settings and seed.
  public var state: LearnerState { LearnerState(count: epochCount, parameters, adam) }

  /// Goes on from a state; returns whether it fits.
  public mutating func resume(_ state: LearnerState) -> Bool {
    guard let parts = state.parts(parameters, adam) else { return false }
    (epochCount, parameters, adam) = parts
    return true
  }

  // MARK: Learning

  /// Where the network works.
  public struct Workspace: Sendable {
    var policy: PerceptronArena<Float>
    var logs: [Float]
    var probabilities: [Float]
    var sums: [Float]
    var observations: [Float]
    var gradient: [Float]

    /// Makes room.
    public init(_ learner: BehaviourCloning) {
      let rows = learner.settings.batch
      policy = PerceptronArena(learner.policy, capacity: rows)
      logs = [Float](repeating: 0, count: rows * learner.policy.outputs)
      probabilities = logs
      sums = [Float](repeating: 0, count: rows)
      observations = [Float](repeating: 0, count: rows * learner.policy.inputs)
      gradient = [Float](repeating: 0, count: learner.parameters.count)
    }
  }

  /// Goes once through all that was seen, row by row, and what was done; returns how well it did that on the
  /// way.
  ///
  /// - Precondition: there is a row for each action.
  /// - Complexity: O(rows * parameters).
  public mutating func learn(
    _ observations: [Float], _ actions: [Int32], _ workspace: inout Workspace
  ) -> Metrics {
    precondition(
      observations.count == actions.count * policy.inputs, "Invariant: a row for each action")
    var metrics = Metrics()
    var order = Array(actions.indices)
    Minibatches.reorder(&order, seed: seed, update: epochCount, epoch: 0)
    for first in stride(from: 0, to: order.count, by: settings.batch) {
      let rows = order[first..<min(first + settings.batch, order.count)]
      look(observations, actions, rows, &workspace, &metrics)
      descend(actions, rows, &workspace)
    }
    metrics.divide(by: actions.count)
    epochCount += 1
    return metrics
  }

  /// How well it does what was done, and learns nothing.
  public func judge(
    _ observations: [Float], _ actions: [Int32], _ workspace: inout Workspace
  ) -> Metrics {
    var metrics = Metrics()
    let order = Array(actions.indices)
    for first in stride(from: 0, to: order.count, by: settings.batch) {
      let rows = order[first..<min(first + settings.batch, order.count)]
      look(observations, actions, rows, &workspace, &metrics)
    }
    metrics.divide(by: actions.count)
    return metrics
  }

  private func look(
    _ observations: [Float], _ actions: [Int32], _ rows: ArraySlice<Int>,
    _ workspace: inout Workspace, _ metrics: inout Metrics
  ) {
    let (width, count) = (policy.inputs, policy.outputs)
    for (place, row) in rows.enumerated() {
      for column in 0..<width {
        workspace.observations[place * width + column] = observations[row * width + column]
      }
    }
    let seen = workspace.observations
    workspace.policy.forward(
      parameters.span, seen.span.extracting(first: rows.count * width), rows: rows.count)
    CategoricalChoice.normalize(
      workspace.policy.output(rows: rows.count), rows: rows.count, &workspace.logs,
      &workspace.probabilities, &workspace.sums)
    for (place, row) in rows.enumerated() {
      let logs = workspace.logs[place * count..<(place + 1) * count]
      let done = Int(actions[row])
      metrics.loss -= Double(logs[logs.startIndex + done])
      if GumbelChoice.likeliest(logs) == done { metrics.agreement += 1 }
    }
  }

  private mutating func descend(
    _ actions: [Int32], _ rows: ArraySlice<Int>, _ workspace: inout Workspace
  ) {
    let count = policy.outputs
    for index in 0..<rows.count * count { workspace.probabilities[index] = workspace.logs[index] }
    CategoricalChoice.exponentials(&workspace.probabilities, rows.count * count)
    // The slope of the mean of -log probability with each score.
    for (place, row) in rows.enumerated() {
      for action in 0..<count {
        let index = place * count + action
        let target: Float = action == Int(actions[row]) ? 1 : 0
        workspace.probabilities[index] =
          (workspace.probabilities[index] - target) / Float(rows.count)
      }
    }
    let (seen, slopes) = (workspace.observations, workspace.probabilities)
    var gradient: [Float] = []
    swap(&gradient, &workspace.gradient)
    do {
      var place = gradient.mutableSpan
      place.update(repeating: 0)
      workspace.policy.backward(
        parameters.span, seen.span.extracting(first: rows.count * policy.inputs),
        rows: rows.count, outputGradient: slopes.span.extracting(first: rows.count * count),
        into: &place)
    }
    _ = adam.descend(&parameters, &gradient, rate: settings.rate, maximum: .infinity)
    swap(&gradient, &workspace.gradient)
  }
}

extension BehaviourCloning.Metrics {
  fileprivate mutating func divide(by count: Int) {
    loss /= Double(max(1, count))
    agreement /= Double(max(1, count))
  }
}
