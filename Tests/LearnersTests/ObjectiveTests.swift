import Networks
import TestSupport
import Testing

@testable import Learners

/// Losses and distributions: what PyTorch says of them.
@Suite struct ObjectiveTests {
  private func numbers(_ name: String) -> [Double] { NetworkFixtures.numbers(name) }

  @Test func `logarithms of probabilities and entropies are PyTorch's, for large scores too`() {
    let scores = numbers("categorical.scores")
    var (logs, work) = (scores, scores)
    var sums = [Double](repeating: 0, count: 9)
    CategoricalChoice.normalize(scores[...], rows: 9, &logs, &work, &sums)
    #expect(difference(logs, numbers("categorical.logs")) < 1e-13)
    let objective = ClippedObjective<Double>(clip: 0.2, entropyWeight: 0, part: 1)
    var probabilities = logs
    CategoricalChoice.exponentials(&probabilities, logs.count)
    let entropies = (0..<9).map { row in
      var sums = ClippedObjective<Double>.Sums()
      var slopes = logs
      objective.add(
        row * 4..<row * 4 + 4, chosen: row * 4, logs: logs, probabilities: probabilities, ratio: 1,
        logRatio: 0, advantage: 0, slopes: &slopes, &sums)
      return sums.entropy
    }
    #expect(difference(entropies, numbers("categorical.entropy")) < 1e-13)
  }

  @Test func `densities, entropies, divergences and slopes of Gaussians are PyTorch's`() {
    let (means, spreads) = (numbers("gaussian.mean"), numbers("gaussian.logDeviation"))
    let (others, widths) = (numbers("gaussian.otherMean"), numbers("gaussian.otherLogDeviation"))
    let values = numbers("gaussian.value")
    let all = values.indices
    let density = all.map {
      DiagonalGaussian.logDensity(values[$0], mean: means[$0], logDeviation: spreads[$0])
    }
    #expect(difference(density, numbers("gaussian.density")) < 1e-13)
    let entropy = all.map { DiagonalGaussian.entropy(logDeviation: spreads[$0]) }
    #expect(difference(entropy, numbers("gaussian.entropy")) < 1e-13)
    let divergence = all.map {
      DiagonalGaussian.divergence(
        mean: means[$0], logDeviation: spreads[$0], from: (others[$0], widths[$0]))
    }
    #expect(difference(divergence, numbers("gaussian.divergence")) < 1e-13)
    let slopes = all.map {
      DiagonalGaussian.slopes(values[$0], mean: means[$0], logDeviation: spreads[$0])
    }
    #expect(difference(slopes.map { $0.mean }, numbers("gaussian.meanGradient")) < 1e-13)
    #expect(
      difference(slopes.map { $0.logDeviation }, numbers("gaussian.logDeviationGradient")) < 1e-13)
  }

  @Test func `the clipped objective, its estimates and its slopes are PyTorch's`() {
    let (scores, before) = (numbers("clipped.scores"), numbers("clipped.before"))
    let gains = AdvantageEstimation.normalized(numbers("clipped.gains"))
    #expect(difference(gains, numbers("clipped.normal")) < 1e-13)
    var (logs, work) = (scores, scores)
    var scratch = [Double](repeating: 0, count: 12)
    CategoricalChoice.normalize(scores[...], rows: 12, &logs, &work, &scratch)
    var probabilities = logs
    CategoricalChoice.exponentials(&probabilities, logs.count)
    let objective = ClippedObjective<Double>(clip: 0.2, entropyWeight: 0.01, part: 1 / 12)
    var sums = ClippedObjective<Double>.Sums()
    var slopes = logs
    var valueSlopes: [Double] = []
    for row in 0..<12 {
      let chosen = row * 3 + Int(numbers("clipped.chosen")[row])
      let logRatio = logs[chosen] - before[row]
      objective.add(
        row * 3..<row * 3 + 3, chosen: chosen, logs: logs, probabilities: probabilities,
        ratio: Double.exp(logRatio), logRatio: logRatio, advantage: gains[row], slopes: &slopes,
        &sums)
      let old = numbers("clipped.oldValues")[row]
      valueSlopes.append(
        0.5 / 12
          * objective.valueSlope(
            numbers("clipped.values")[row], before: old,
            target: numbers("clipped.gains")[row] + old,
            clips: true, &sums))
    }
    #expect(sums.clipped > 2 && sums.clipped < 10)
    #expect(difference([sums.policyLoss / 12], numbers("clipped.policyLoss")) < 1e-12)
    #expect(difference([sums.valueLoss / 24], numbers("clipped.valueLoss")) < 1e-12)
    #expect(difference([sums.entropy / 12], numbers("clipped.entropy")) < 1e-12)
    #expect(difference([sums.divergence / 12], numbers("clipped.divergence")) < 1e-12)
    #expect(difference(slopes, numbers("clipped.scoreGradient")) < 1e-12)
    #expect(difference(valueSlopes, numbers("clipped.valueGradient")) < 1e-12)
  }

  @Test func `advantages are those of Stable-Baselines3`() {
    let advantages = AdvantageEstimation.advantages(
      rewards: numbers("advantages.rewards"), values: numbers("advantages.values"),
      ends: numbers("advantages.ends").map { $0 != 0 }, lastValues: numbers("advantages.last"),
      discount: 0.99, lambda: 0.95)
    #expect(difference(advantages, numbers("advantages.expected")) < 1e-13)
  }

  @Test func `running moments are Gymnasium's`() {
    var moments = RunningMoments(columns: 3)
    for batch in 0..<3 {
      let rows = numbers("moments.\(batch)").map { Float($0) }
      moments.add(rows.span)
    }
    #expect(difference(moments.means, numbers("moments.mean")) < 1e-12)
    #expect(
      difference((0..<3).map { moments.variance($0) }, numbers("moments.variance")) < 1e-12)
  }

  /// Rounding makes one of two equal losses the larger: its slope was once taken for that of a constant.
  @Test func `a value that moved less than the clip always has its slope`() {
    var numbers = KeyedNumbers(seed: 2)
    let objective = ClippedObjective<Float>(clip: 0.2, entropyWeight: 0, part: 1)
    var uneven = 0
    for _ in 0..<2000 {
      // Nothing is left of a value that is small beside the one before but for what was rounded.
      let value = Float(numbers.number(-9999...9999)) / 777_777
      let before = value + Float(numbers.number(-180_000...180_000)) / 999_999
      let target = value + Float(numbers.number(-9999...9999)) / 777_777
      var sums = ClippedObjective<Float>.Sums()
      let slope = objective.valueSlope(
        value, before: before, target: target, clips: true, &sums)
      #expect((slope - (value - target)).magnitude <= 1e-5)
      if slope != value - target { uneven += 1 }
    }
    #expect(uneven > 100)
    var sums = ClippedObjective<Float>.Sums()
    let beyond = objective.valueSlope(1, before: 0, target: 2, clips: true, &sums)
    #expect(beyond == 0, "where moving so far made it better, the clip counts")
  }
}
