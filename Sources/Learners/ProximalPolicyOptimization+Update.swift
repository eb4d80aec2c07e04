import Determinism
import Networks

/// One update: a pure function of the learner and of what was played.
extension ProximalPolicyOptimization {
  /// Learns from what was played.
  ///
  /// - Precondition: the rollout is of the settings' shape.
  public mutating func update(_ rollout: Rollout, _ workspace: inout Workspace) -> Metrics {
    let (batch, size) = (settings.batch, settings.batch / settings.minibatches)
    precondition(
      rollout.logProbabilities.count == batch
        && rollout.observations.count == batch * policy.inputs
        && rollout.criticObservations.count == (criticSeesMore ? batch * critic.inputs : 0),
      "Invariant: a rollout is of the settings' shape")
    let advantages = rollout.advantages(discount: settings.discount, lambda: settings.lambda)
    let rate = settings.rate(after: updateCount)
    var metrics = Metrics()
    metrics.explained = SampleMoments.explained(advantages, rollout.values)
    var order = Array(0..<batch)
    for epoch in 0..<settings.epochs {
      Minibatches.reorder(&order, seed: seed, update: updateCount, epoch: epoch)
      for part in 0..<settings.minibatches {
        let rows = order[part * size..<(part + 1) * size]
        let isFirst = epoch == 0 && part == 0
        learn(rows, rollout, advantages, isFirst, &workspace, &metrics)
        let norm = adam.descend(
          &parameters, &workspace.gradient, rate: rate, maximum: settings.maximumGradient)
        metrics.gradientNorm = max(metrics.gradientNorm, norm)
        if workspace.keepsHashes { metrics.hashes.append(parameterHash) }
      }
    }
    metrics.divide(by: settings.epochs * settings.minibatches)
    updateCount += 1
    return metrics
  }

  /// Computes the gradient of one minibatch.
  private func learn(
    _ rows: ArraySlice<Int>, _ rollout: Rollout, _ advantages: [Float], _ isFirst: Bool,
    _ workspace: inout Workspace, _ metrics: inout Metrics
  ) {
    let size = rows.count
    Self.gather(rows, of: rollout.observations, policy.inputs, into: &workspace.observations)
    let observations = workspace.observations
    var seen = observations
    if criticSeesMore {
      Self.gather(
        rows, of: rollout.criticObservations, critic.inputs, into: &workspace.criticObservations)
      seen = workspace.criticObservations
    }
    look(
      observations.span.extracting(first: size * policy.inputs),
      critic: seen.span.extracting(first: size * critic.inputs), rows: size, &workspace)
    var sums = ClippedObjective<Float>.Sums()
    let objective = ClippedObjective(settings, after: updateCount, rows: size)
    let gains =
      settings.normalizesAdvantages
      ? AdvantageEstimation.normalized(rows.map { advantages[$0] }) : rows.map { advantages[$0] }
    switch actions {
    case .discrete(let count):
      let logs = workspace.logs
      objective.add(
        rows, of: rollout, logs: logs, count: count, gains: gains, &workspace.places, &sums)
    case .continuous: setMeanSlopes(rows, rollout, gains, objective, &workspace, &sums)
    }
    objective.setValueSlopes(
      rows, of: rollout, values: workspace.critic.output(rows: size), advantages, settings,
      &workspace.valueGradient, &sums)
    metrics.add(sums, part: objective.part, isFirst: isFirst)
    goBack(size, observations, seen, &workspace)
  }

  private static func gather(
    _ rows: ArraySlice<Int>, of all: [Float], _ width: Int, into place: inout [Float]
  ) {
    for (number, row) in rows.enumerated() {
      for column in 0..<width { place[number * width + column] = all[row * width + column] }
    }
  }

  /// Takes the gradients of scores and values back to those of all parameters.
  private func goBack(
    _ size: Int, _ observations: [Float], _ seen: [Float], _ workspace: inout Workspace
  ) {
    let count = policy.parameterCount
    let parameters = parameters.span
    let input = observations.span.extracting(first: size * policy.inputs)
    var gradient: [Float] = []
    swap(&gradient, &workspace.gradient)
    do {
      var place = gradient.mutableSpan
      place.update(repeating: 0)
    }
    let (scores, values) = (workspace.places.slopes, workspace.valueGradient)
    do {
      var whole = gradient.mutableSpan
      var place = whole._mutatingExtracting(first: count)
      workspace.policy.backward(
        parameters.extracting(first: count), input, rows: size,
        outputGradient: scores.span.extracting(first: size * policy.outputs), into: &place)
    }
    do {
      let range = count..<count + critic.parameterCount
      var whole = gradient.mutableSpan
      var place = whole._mutatingExtracting(range)
      workspace.critic.backward(
        parameters.extracting(range), seen.span.extracting(first: size * critic.inputs), rows: size,
        outputGradient: values.span.extracting(first: size), into: &place)
    }
    let deviations = workspace.deviationGradient
    for (index, slope) in deviations.enumerated() {
      gradient[count + critic.parameterCount + index] = slope
    }
    swap(&gradient, &workspace.gradient)
  }
}
