import Counterfactual
import Determinism
import TestSupport
import Testing

@Suite struct EffectEstimateTests {
  @Test func `quantiles of Student's t are those of the tables`() {
    // R 4.3: qt(0.975, n)
    for (degrees, expected) in [
      (1, 12.706204736174707), (2, 4.302652729749464), (3, 3.182446305284264),
      (5, 2.570581835636314), (10, 2.228138851986274), (30, 2.042272456301238),
      (100, 1.983971518523552), (1000, 1.962339080792049),
    ] {
      let quantile = StudentT(degrees: degrees).quantile975
      #expect(abs(quantile / expected - 1) < 1e-7, "\(degrees): \(quantile)")
    }
    #expect(abs(StudentT(degrees: 1_000_000).quantile975 - 1.959966) < 1e-5)
  }

  @Test func `probabilities beyond a value are those of the tables`() {
    // R 4.3: 2 * pt(-t, n)
    for (value, degrees, expected) in [
      (0.0, 5, 1.0), (1.0, 1, 0.5), (2.0, 10, 0.07338803), (3.5, 19, 0.002394),
      (1.96, 1000, 0.05027),
    ] {
      let found = StudentT(degrees: degrees).probability(beyond: value)
      #expect(abs(found - expected) < 1e-5 * max(1, expected), "\(value), \(degrees): \(found)")
    }
    for degrees in [1, 4, 30] {
      let quantile = StudentT(degrees: degrees).quantile975
      #expect(abs(StudentT(degrees: degrees).probability(beyond: quantile) - 0.05) < 1e-8)
    }
  }

  @Test func `a constant difference is exact`() {
    let pairs = (0..<10).map { (treated: Double($0) + 0.1, control: Double($0) - 0.2) }
    let estimate = EffectEstimate(pairs, seed: 1)
    #expect(abs(estimate.mean - 0.3) < 1e-12)
    #expect(estimate.deviation == 0 && estimate.varianceFactor == nil)
    #expect(estimate.correlation == 1)
    #expect(abs(estimate.signProbability - 2.0 / 1024) < 1e-12)
  }

  @Test func `Student's t that is handed in counts where it is for as many pairs`() {
    let pairs = (0..<6).map { (treated: Double($0 * $0), control: Double($0)) }
    let own = EffectEstimate(pairs, seed: 1)
    for degrees in [1, 5, 9] {
      #expect(EffectEstimate(pairs, seed: 1, by: StudentT(degrees: degrees)) == own)
    }
  }

  @Test func `signs of both kinds are as likely as a coin's`() {
    // 3 of 10 heads or fewer, twice: 2 (1 + 10 + 45 + 120) / 1024.
    let pairs = (0..<10).map { (treated: $0 < 3 ? 1.0 : -1.0, control: 0.0) }
    let estimate = EffectEstimate(pairs, seed: 1)
    #expect(abs(estimate.signProbability - 352.0 / 1024) < 1e-12)
    #expect(EffectEstimate([(1, 1), (2, 2)], seed: 1).signProbability == 1)
    #expect(EffectEstimate([(5, 3)], seed: 1).interval == nil)
    #expect(EffectEstimate([], seed: 1).mean == 0)
  }

  /// An impact of known size, linear in the size of the order, with noise that both runs share and
  /// noise of their own.
  private func pairs(_ repetition: Int64, count: Int, impact: Double) -> [(Double, Double)] {
    let key = NoiseKey(seed: 20_261_121, entity: "impact", purpose: "test")
    return (0..<count).map { pair in
      func noise(_ draw: UInt32) -> Double {
        key.normal(tick: repetition, slot: UInt32(pair), draw: draw)
      }
      let shared = 10 * noise(0)
      return (impact * 7 + shared + noise(1), shared + noise(2))
    }
  }

  @Test(.enabled(if: Effort.isFull, "statistics are for release builds"))
  func `intervals cover a known effect as often as they say`() {
    var covered = 0
    var resampled = 0
    var factor = 0.0
    for repetition in 0..<2000 as Range<Int64> {
      let estimate = EffectEstimate(
        pairs(repetition, count: 20, impact: 0.3).map { (treated: $0.0, control: $0.1) }, seed: 1,
        resamples: repetition < 200 ? 400 : 0)
      if estimate.interval?.contains(2.1) == true { covered += 1 }
      if estimate.bootstrap?.contains(2.1) == true { resampled += 1 }
      factor += (estimate.varianceFactor ?? 0) / 2000
    }
    // 95 % of 2,000 within the binomial's 99.9 %: 1,900 -+ 3.29 x 9.75.
    #expect((1868...1932).contains(covered), "\(covered)")
    // Percentile intervals of 20 pairs are known to be a little short: some 93 % of 200.
    #expect((172...198).contains(resampled), "\(resampled)")
    // (101 + 101) / 2
    #expect((90...125).contains(factor), "\(factor)")
  }
}
