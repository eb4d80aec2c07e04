import Networks

/// The objective of proximal policy optimisation, and its slopes.
///
/// - Source: J. Schulman and others, Proximal policy optimization algorithms,
///   <https://arxiv.org/abs/1707.06347>, equation 7, with the entropy of equation 9.
struct ClippedObjective<Scalar: NetworkScalar> {
  /// How far the probability of an action may move, as a part of it, before it earns no more.
  var clip: Scalar
  /// The weight of the entropy.
  var entropyWeight: Scalar
  /// What one choice counts: 1 over how many there are.
  var part: Scalar

  /// Sums over choices.
  struct Sums {
    var (policyLoss, valueLoss, entropy, divergence): (Scalar, Scalar, Scalar, Scalar) = (
      0, 0, 0, 0
    )
    var (clipped, unmoved): (Scalar, Scalar) = (0, 0)
  }

  /// The slope of the loss with the logarithm of the probability of what was done, without that of the
  /// entropy; adds to the sums.
  ///
  /// `ratio` is how that probability changed, as a part of it, and `logRatio` the logarithm of that. The
  /// divergence is estimated as (ratio - 1) - log ratio.
  /// - Source of the estimate: J. Schulman, Approximating KL divergence (2020), k3.
  func slope(
    ratio: Scalar, logRatio: Scalar, advantage: Scalar, _ sums: inout Sums
  ) -> Scalar {
    let kept = min(max(ratio, 1 - clip), 1 + clip)
    let (loss, clippedLoss) = (-advantage * ratio, -advantage * kept)
    sums.policyLoss += max(loss, clippedLoss)
    sums.divergence += (ratio - 1) - logRatio
    if ratio == 1 { sums.unmoved += 1 }
    if (ratio - 1).magnitude > clip { sums.clipped += 1 }
    // Where the clipped loss is the larger one it is a constant.
    return loss >= clippedLoss ? -advantage * ratio * part : 0
  }

  /// Sets the slopes of the loss with the scores of one choice among some actions, and adds to the sums.
  ///
  /// `range` are the places of its actions, and `chosen` that of the one that was taken.
  func add(
    _ range: Range<Int>, chosen: Int, logs: [Scalar], probabilities: [Scalar], ratio: Scalar,
    logRatio: Scalar, advantage: Scalar, slopes: inout [Scalar], _ sums: inout Sums
  ) {
    let slope = slope(ratio: ratio, logRatio: logRatio, advantage: advantage, &sums)
    var entropy: Scalar = 0
    for index in range { entropy -= probabilities[index] * logs[index] }
    sums.entropy += entropy
    for index in range {
      let probability = probabilities[index]
      slopes[index] =
        slope * ((index == chosen ? 1 : 0) - probability)
        + entropyWeight * part * probability * (logs[index] + entropy)
    }
  }

  /// The slope of half the squared error of a value, which `before` was when it was played; adds to the
  /// sums.
  ///
  /// Where values are clipped, one that moved further than the clip counts as if it had moved so far, if
  /// that makes it worse.
  func valueSlope(
    _ value: Scalar, before: Scalar, target: Scalar, clips: Bool, _ sums: inout Sums
  ) -> Scalar {
    let error = value - target
    let loss = error * error
    if !clips {
      sums.valueLoss += loss
      return error
    }
    let moved = min(max(value - before, -clip), clip)
    let clippedError = before + moved - target
    let clippedLoss = clippedError * clippedError
    sums.valueLoss += max(loss, clippedLoss)
    if loss >= clippedLoss { return error }
    // What did not move as far as the clip is the same but for rounding, and still has a slope.
    return (value - before).magnitude < clip ? clippedError : 0
  }
}

extension ClippedObjective where Scalar == Float {
  /// That of so many rows after so many updates.
  init(_ settings: ProximalPolicyOptimization.Settings, after updates: Int, rows: Int) {
    self.init(
      clip: settings.clip(after: updates), entropyWeight: settings.entropyWeight,
      part: 1 / Float(rows))
  }

  /// Sets the slopes of the loss with the values of some rows of a rollout, whose targets are how much better
  /// each was than the critic said then; adds to the sums.
  func setValueSlopes(
    _ rows: some Collection<Int>, of rollout: Rollout, values: ArraySlice<Float>,
    _ advantages: [Float], _ settings: ProximalPolicyOptimization.Settings,
    _ slopes: inout [Float], _ sums: inout Sums
  ) {
    // Taken out and put back, so that each place is written without asking who else has the array.
    var places: [Float] = []
    swap(&places, &slopes)
    for (place, row) in rows.enumerated() {
      places[place] =
        settings.valueWeight * part
        * valueSlope(
          values[place], before: rollout.values[row],
          target: advantages[row] + rollout.values[row], clips: settings.clipsValues, &sums)
    }
    swap(&places, &slopes)
  }

  /// Where slopes are computed: by row and action but for `ratios`, which are by row.
  struct Places {
    /// The probabilities of all actions.
    var probabilities: [Float]
    /// How that of the chosen one changed, as a part of it.
    var ratios: [Float]
    /// How the loss changes with each score.
    var slopes: [Float]

    /// Makes room.
    init(rows: Int, actions: Int) {
      probabilities = [Float](repeating: 0, count: rows * actions)
      slopes = probabilities
      ratios = [Float](repeating: 0, count: rows)
    }
  }

  /// Sets the slopes of the loss with the scores of all actions, for some rows of a rollout, and adds to the
  /// sums.
  ///
  /// `logs` are the logarithms of probabilities, `count` of them for each row, and `gains` what each row's
  /// action was worth.
  func add(
    _ rows: some Collection<Int>, of rollout: Rollout, logs: [Float], count: Int, gains: [Float],
    _ places: inout Places, _ sums: inout Sums
  ) {
    CategoricalChoice.compare(rows, logs, count, rollout, &places.probabilities, &places.ratios)
    // Taken out and put back, so that each place is written without asking who else has the array.
    var slopes: [Float] = []
    swap(&slopes, &places.slopes)
    let (ratios, probabilities) = (places.ratios, places.probabilities)
    for (place, row) in rows.enumerated() {
      let chosen = place * count + Int(rollout.actions[row])
      add(
        place * count..<(place + 1) * count, chosen: chosen, logs: logs,
        probabilities: probabilities, ratio: ratios[place],
        logRatio: logs[chosen] - rollout.logProbabilities[row], advantage: gains[place],
        slopes: &slopes, &sums)
    }
    swap(&slopes, &places.slopes)
  }
}
