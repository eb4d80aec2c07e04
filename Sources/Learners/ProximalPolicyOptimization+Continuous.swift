public import Determinism
import Networks

/// Actions that are numbers: each is drawn about a mean, with a deviation that does not depend on what is seen.
extension ProximalPolicyOptimization {
  /// The logarithms of the deviations; none where actions are counted.
  public var logDeviations: ArraySlice<Float> {
    parameters[(policy.parameterCount + critic.parameterCount)...]
  }

  /// Draws the numbers of an action of what was looked at last: functions of the step, the environment and
  /// the place of the number.
  public func draw(
    _ row: Int, step: Int64, environment: Int, key: NoiseKey, _ workspace: Workspace
  ) -> [Float] {
    zip(means(row, workspace), logDeviations).enumerated().map { place, number in
      let noise = key.normal(tick: step, slot: UInt32(environment), draw: UInt32(place))
      return number.0 + Float.exp(number.1) * Float(noise)
    }
  }

  /// What was looked at last: the means of the numbers, which are their likeliest values too.
  public func means(_ row: Int, _ workspace: Workspace) -> ArraySlice<Float> {
    workspace.policy.output(rows: row + 1).suffix(policy.outputs)
  }

  /// What was looked at last: the logarithm of the density of an action.
  public func logDensity(
    _ row: Int, _ action: ArraySlice<Float>, _ workspace: Workspace
  ) -> Float {
    var sum: Float = 0
    for ((number, mean), logDeviation) in zip(zip(action, means(row, workspace)), logDeviations) {
      sum += DiagonalGaussian.logDensity(number, mean: mean, logDeviation: logDeviation)
    }
    return sum
  }

  /// Sets the slopes of the loss with the means of all actions, and with the logarithms of the deviations.
  func setMeanSlopes(
    _ rows: ArraySlice<Int>, _ rollout: Rollout, _ gains: [Float],
    _ objective: ClippedObjective<Float>, _ workspace: inout Workspace,
    _ sums: inout ClippedObjective<Float>.Sums
  ) {
    let (width, logDeviations) = (policy.outputs, Array(logDeviations))
    var entropy: Float = 0
    for (place, logDeviation) in logDeviations.enumerated() {
      entropy += DiagonalGaussian.entropy(logDeviation: logDeviation)
      workspace.deviationGradient[place] = -objective.entropyWeight
    }
    for (place, row) in rows.enumerated() {
      let action = rollout.continuousActions[row * width..<(row + 1) * width]
      let logRatio = logDensity(place, action, workspace) - rollout.logProbabilities[row]
      let slope = objective.slope(
        ratio: Float.exp(logRatio), logRatio: logRatio, advantage: gains[place], &sums)
      sums.entropy += entropy
      for (column, mean) in means(place, workspace).enumerated() {
        let slopes = DiagonalGaussian.slopes(
          action[action.startIndex + column], mean: mean, logDeviation: logDeviations[column])
        workspace.places.slopes[place * width + column] = slope * slopes.mean
        workspace.deviationGradient[column] += slope * slopes.logDeviation
      }
    }
  }
}
