/// The objective of proximal policy optimisation for one choice among some actions, and its slopes.
///
/// - Source: J. Schulman and others, Proximal policy optimization algorithms,
///   <https://arxiv.org/abs/1707.06347>, equation 7, with the entropy of equation 9.
struct ClippedObjective {
  /// How far the probability of an action may move, as a part of it, before it earns no more.
  var clip: Float
  /// The weight of the entropy.
  var entropyWeight: Float
  /// What one choice counts: 1 over how many there are.
  var part: Float

  /// Sums over choices.
  struct Sums {
    var (policyLoss, valueLoss, entropy, divergence): (Float, Float, Float, Float) = (0, 0, 0, 0)
    var (clipped, unmoved): (Float, Float) = (0, 0)
  }

  /// Sets the slopes of the loss with the scores of one choice, and adds to the sums.
  ///
  /// `range` are the places of its actions, `chosen` that of the one that was taken, `ratio` how its
  /// probability changed, as a part of it, and `logRatio` the logarithm of that.
  func add(
    _ range: Range<Int>, chosen: Int, logs: [Float], probabilities: [Float], ratio: Float,
    logRatio: Float, advantage: Float, slopes: inout [Float], _ sums: inout Sums
  ) {
    let kept = min(max(ratio, 1 - clip), 1 + clip)
    let (loss, clippedLoss) = (-advantage * ratio, -advantage * kept)
    sums.policyLoss += max(loss, clippedLoss)
    sums.divergence += (ratio - 1) - logRatio
    if ratio == 1 { sums.unmoved += 1 }
    if (ratio - 1).magnitude > clip { sums.clipped += 1 }
    // Where the clipped loss is the larger one it is a constant.
    let slope = loss >= clippedLoss ? -advantage * ratio * part : 0
    var entropy: Float = 0
    for index in range { entropy -= probabilities[index] * logs[index] }
    sums.entropy += entropy
    for index in range {
      let probability = probabilities[index]
      slopes[index] =
        slope * ((index == chosen ? 1 : 0) - probability)
        + entropyWeight * part * probability * (logs[index] + entropy)
    }
  }
}
