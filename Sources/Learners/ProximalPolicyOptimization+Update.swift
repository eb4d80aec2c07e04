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
      rollout.actions.count == batch && rollout.observations.count == batch * policy.inputs,
      "Invariant: a rollout is of the settings' shape")
    let advantages = AdvantageEstimation.advantages(
      rewards: rollout.rewards, values: rollout.values, ends: rollout.ends,
      lastValues: rollout.lastValues, discount: settings.discount, lambda: settings.lambda)
    let progress = Float(updateCount) / Float(settings.updates)
    let rate = settings.annealsRate ? settings.rate * (1 - progress) : settings.rate
    let clip = settings.annealsClip ? settings.clip * (1 - progress) : settings.clip
    var metrics = Metrics()
    metrics.explained = Self.explained(advantages, rollout.values)
    var order = Array(0..<batch)
    for epoch in 0..<settings.epochs {
      shuffle(&order, epoch)
      for part in 0..<settings.minibatches {
        let rows = order[part * size..<(part + 1) * size]
        let isFirst = epoch == 0 && part == 0
        learn(rows, rollout, advantages, clip, isFirst, &workspace, &metrics)
        let norm = descend(workspace.gradient, rate)
        metrics.gradientNorm = max(metrics.gradientNorm, norm)
        if workspace.keepsHashes { metrics.hashes.append(parameterHash) }
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

  /// 1 less the variance of what the critic missed, as a part of that of the returns.
  private static func explained(_ advantages: [Float], _ values: [Float]) -> Float {
    let returns = SampleMoments(zip(advantages, values).map { Double($0) + Double($1) })
    return returns.squares > 0
      ? Float(1 - SampleMoments(advantages).squares / returns.squares) : 0
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
    _ rows: ArraySlice<Int>, _ rollout: Rollout, _ advantages: [Float], _ clip: Float,
    _ isFirst: Bool, _ workspace: inout Workspace, _ metrics: inout Metrics
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
    let moments = SampleMoments(rows.map { advantages[$0] })
    let (mean, deviation) = (Float(moments.mean), Float(moments.deviation))
    let part = 1 / Float(size)
    var sums = ClippedObjective.Sums()
    let objective = ClippedObjective(
      clip: clip, entropyWeight: settings.entropyWeight, part: part)
    setRatios(rows, rollout, &workspace)
    let values = workspace.critic.output(rows: size)
    // Taken out and put back, so that each place is written without asking who else has the array.
    var (scoreGradient, valueGradient): ([Float], [Float]) = ([], [])
    swap(&scoreGradient, &workspace.scoreGradient)
    swap(&valueGradient, &workspace.valueGradient)
    let (logs, ratios, probabilities) = (
      workspace.logs, workspace.ratios, workspace.probabilities
    )
    for (place, row) in rows.enumerated() {
      let chosen = place * actions + Int(rollout.actions[row])
      let range = place * actions..<(place + 1) * actions
      let ratio = ratios[place]
      let advantage =
        settings.normalizesAdvantages
        ? (advantages[row] - mean) / (deviation + 1e-8) : advantages[row]
      objective.add(
        range, chosen: chosen, logs: logs, probabilities: probabilities, ratio: ratio,
        logRatio: logs[chosen] - rollout.logProbabilities[row], advantage: advantage,
        slopes: &scoreGradient, &sums)
      valueGradient[place] =
        settings.valueWeight * part
        * valueSlope(
          values[place], rollout.values[row], advantages[row] + rollout.values[row], clip, &sums)
    }
    swap(&scoreGradient, &workspace.scoreGradient)
    swap(&valueGradient, &workspace.valueGradient)
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

  /// Computes the probabilities of all actions, and how that of the chosen one changed.
  private func setRatios(
    _ rows: ArraySlice<Int>, _ rollout: Rollout, _ workspace: inout Workspace
  ) {
    let actions = policy.outputs
    for index in 0..<rows.count * actions { workspace.probabilities[index] = workspace.logs[index] }
    for (place, row) in rows.enumerated() {
      workspace.ratios[place] =
        workspace.logs[place * actions + Int(rollout.actions[row])]
        - rollout.logProbabilities[row]
    }
    CategoricalChoice.exponentials(&workspace.probabilities, rows.count * actions)
    CategoricalChoice.exponentials(&workspace.ratios, rows.count)
  }

  /// The slope of half the squared error of a value.
  private func valueSlope(
    _ value: Float, _ before: Float, _ target: Float, _ clip: Float,
    _ sums: inout ClippedObjective.Sums
  ) -> Float {
    let error = value - target
    let loss = error * error
    if !settings.clipsValues {
      sums.valueLoss += loss
      return error
    }
    let moved = min(max(value - before, -clip), clip)
    let clippedError = before + moved - target
    let clippedLoss = clippedError * clippedError
    sums.valueLoss += max(loss, clippedLoss)
    return loss >= clippedLoss ? error : 0
  }

  /// Takes the gradients of scores and values back to those of all parameters.
  private func goBack(_ size: Int, _ observations: [Float], _ workspace: inout Workspace) {
    let count = policy.parameterCount
    let parameters = parameters.span
    let input = observations.span.extracting(first: size * policy.inputs)
    var gradient: [Float] = []
    swap(&gradient, &workspace.gradient)
    do {
      var place = gradient.mutableSpan
      place.update(repeating: 0)
    }
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
