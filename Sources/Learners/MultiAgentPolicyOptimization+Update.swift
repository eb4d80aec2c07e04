import Networks

/// One update: a pure function of the learner and of what was played.
extension MultiAgentPolicyOptimization {
  /// What an update came to.
  public struct Metrics: Sendable, Equatable {
    /// The mean loss of the policies.
    public internal(set) var policyLoss: Float = 0
    /// The mean entropy of the policies.
    public internal(set) var entropy: Float = 0
    /// The part of the choices whose ratio is exactly 1 in the first epoch.
    public internal(set) var firstUnmoved: Float = 0
    /// The divergence from the policies that played, in the last epoch.
    public internal(set) var lastDivergence: Float = 0
  }

  /// Learns from what was played.
  ///
  /// - Precondition: the rollout is of the settings' shape.
  public mutating func update(_ rollout: Rollout, _ workspace: inout Workspace) -> Metrics {
    let rows = settings.environments * settings.steps
    precondition(
      rollout.actions.count == rows * agents
        && rollout.observations.count == rows * agents * observationWidth,
      "Invariant: a rollout is of the settings' shape")
    let advantages = rollout.advantages(discount: settings.discount, lambda: settings.lambda)
    if settings.scaling != .none { noteWorths(advantages, rollout.values) }
    let left = 1 - Float(updateCount) / Float(settings.updates)
    var metrics = Metrics()
    for epoch in 0..<settings.epochs {
      for policy in policies.indices {
        learn(policy, rollout, advantages, left, isFirst: epoch == 0, &workspace, &metrics)
      }
      for agent in 0..<agents where agent == 0 || settings.sight == .own {
        learnCritic(agent, rollout, advantages, &workspace)
      }
    }
    let count = Float(settings.epochs * agents * rows)
    metrics.policyLoss /= count
    metrics.entropy /= count
    metrics.firstUnmoved /= Float(agents * rows)
    metrics.lastDivergence /= Float(agents * rows)
    updateCount += 1
    return metrics
  }

  /// Moves one policy by what all agents did that have it.
  private mutating func learn(
    _ policy: Int, _ rollout: Rollout, _ advantages: [Float], _ left: Float, isFirst: Bool,
    _ workspace: inout Workspace, _ metrics: inout Metrics
  ) {
    let actions = policies[0].network.outputs
    let group = settings.sharesPolicy ? Array(0..<agents) : [policy]
    let inputs = group.flatMap { told($0, rollout.observations) }
    let places = group.flatMap { agent in
      (0..<settings.environments * settings.steps).map { $0 * agents + agent }
    }
    let rows = places.count
    policies[policy].forward(&workspace.policy, inputs, rows: rows)
    CategoricalChoice.normalize(
      workspace.policy.output(rows: rows), rows: rows, &workspace.logs,
      &workspace.places.probabilities, &workspace.sums)
    let objective = ClippedObjective<Float>(
      clip: settings.clip, entropyWeight: settings.entropyWeight * left, part: 1 / Float(rows))
    let moments = SampleMoments(places.map { advantages[$0] })
    let (mean, deviation) = (Float(moments.mean), Float(moments.deviation))
    let gains = places.map { place in
      let middle = settings.optimism > 0 ? 0 : mean
      let gain = (advantages[place] - middle) / (deviation + 1e-8)
      return gain < 0 ? gain * (1 - settings.optimism * left) : gain
    }
    var sums = ClippedObjective<Float>.Sums()
    let logs = workspace.logs
    objective.add(
      places, of: rollout, logs: logs, count: actions, gains: gains, &workspace.places, &sums)
    metrics.policyLoss += sums.policyLoss
    metrics.entropy += sums.entropy
    if isFirst { metrics.firstUnmoved += sums.unmoved }
    if policy == 0 { metrics.lastDivergence = 0 }
    metrics.lastDivergence += sums.divergence
    let given = Array(workspace.places.slopes[..<(rows * actions)])
    policies[policy].learn(
      &workspace.policy, inputs, rows: rows, outputGradient: given, rate: settings.rate,
      maximum: settings.maximumGradient, &workspace.policyGradient)
  }

  /// Moves the scale of the critic by what came out.
  mutating func noteWorths(_ advantages: [Float], _ values: [Float]) {
    let before = scale
    scale.note(zip(advantages, values).map { $0 + $1 })
    // A critic that has learned nothing yet says nothing worth preserving: it would have to unlearn
    // it, in the small steps of the new scale.
    if settings.scaling == .preserving, before.weight > 0, let last = critic.network.layers.last {
      scale.preserve(
        &critic.parameters[last.matrix.lowerBound..<last.biases.upperBound], from: before)
    }
  }

  private mutating func learnCritic(
    _ agent: Int, _ rollout: Rollout, _ advantages: [Float], _ workspace: inout Workspace
  ) {
    let rows = settings.environments * settings.steps
    let inputs = seen(agent, rollout.observations)
    critic.forward(&workspace.critic, inputs, rows: rows)
    let said = workspace.critic.output(rows: rows)
    for row in 0..<rows {
      let place = row * agents + agent
      let worth = advantages[place] + rollout.values[place]
      let error =
        said[row] - (settings.scaling == .none ? worth : Float(scale.normal(Double(worth))))
      // Errors either way weigh 2 together.
      let weight = 2 * (error < 0 ? settings.expectile : 1 - settings.expectile)
      workspace.valueSlopes[row] = weight * settings.loss.slope(error) / Float(rows)
    }
    let given = Array(workspace.valueSlopes[..<rows])
    critic.learn(
      &workspace.critic, inputs, rows: rows, outputGradient: given, rate: settings.rate,
      maximum: settings.maximumGradient, &workspace.criticGradient)
  }
}
