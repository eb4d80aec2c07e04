import TestSupport
import Testing

@testable import Training

@Suite struct SharpeRatioTests {
  /// The figures of the source's example: a track record of 24 months.
  ///
  /// - Source: Bailey and López de Prado (2012), exhibits 1 and 2: SR 0.458, skewness -2.448,
  ///   kurtosis 10.164; the probability that the true ratio is above 0 is 0.913 then, and above it were
  ///   returns normal 0.982.
  @Test func `a ratio of skewed returns is less sure, as published`() {
    #expect((SharpeRatio.normalProbability(below: 1.959963984540054) - 0.975).magnitude < 1e-14)
    let published = SharpeRatio(count: 24, value: 0.458, skewness: -2.448, kurtosis: 10.164)
    #expect((published.probability(above: 0) - 0.913).magnitude < 1e-3)
    let normal = SharpeRatio(count: 24, value: 0.458, skewness: 0, kurtosis: 3)
    #expect((normal.probability(above: 0) - 0.982).magnitude < 1e-3)
  }

  /// - Source: Bailey and López de Prado (2014), the numerical example: 100 trials whose yearly ratios have
  ///   variance 1/2, a best one of 2.5 a year over 1250 days, skewness -3, kurtosis 10: SR0 is 0.1132 a day,
  ///   and the deflated ratio 0.9004.
  @Test func `the best of many trials is deflated, as published`() {
    let expected = SharpeRatio.expectedHighest(trials: 100, variance: 0.5 / 250)
    #expect((expected - 0.1132).magnitude < 1e-4)
    let best = SharpeRatio(
      count: 1250, value: 2.5 / 250.0.squareRoot(), skewness: -3, kurtosis: 10)
    #expect((best.probability(above: expected) - 0.9004).magnitude < 5e-4)
  }

  /// Two trials that lie close together by chance: what luck makes of as many returns counts, and so do the trials
  /// that are not shown.
  @Test func `few trials that are close to each other are not thought to be all there is`() {
    let returns = [[1.0, -1, 2, -2, 0.5, -0.4], [1, -2, 1, 2, -1.5, 0.1]]
    let trials = [1, 2].map { SelectionResult.Trial(candidate: 0, seed: $0, returns: returns) }
    let two = SelectionResult(trials)
    #expect(two.count == 2 && two.best.seed == 1)
    #expect(two.expectedHighest == SharpeRatio.expectedHighest(trials: 2, variance: 1.0 / 12))
    let more = SelectionResult(trials, of: 50)
    #expect(more.expectedHighest == SharpeRatio.expectedHighest(trials: 50, variance: 1.0 / 12))
    #expect(more.deflated < two.deflated && SelectionResult(trials, of: 1).count == 2)
  }

  @Test func `moments are those of the returns`() {
    let ratio = SharpeRatio([1, 2, 3, 4, 10])
    // The distances from the mean are -3, -2, -1, 0 and 6.
    #expect((ratio.value - 4 / 12.5.squareRoot()).magnitude < 1e-15)
    let cubes = (-27.0 - 8 - 1 + 216) / 5
    let fourths = (81.0 + 16 + 1 + 1296) / 5
    #expect((ratio.skewness - cubes / (10 * 10.0.squareRoot())).magnitude < 1e-14)
    #expect((ratio.kurtosis - fourths / 100).magnitude < 1e-14)
    #expect(SharpeRatio([5, 5, 5]).value == 0 && SharpeRatio([]).probability(above: 0) == 0.5)
  }
}
