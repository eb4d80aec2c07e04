import Determinism
import Testing

@Suite struct GumbelChoiceTests {
  private let key = NoiseKey(seed: 20_261_121, entity: "gumbel", purpose: "test")

  private func numbers(_ trial: Int, count: Int) -> [Double] {
    (0..<count).map { key.gumbel(tick: Int64(trial), slot: 0, draw: UInt32($0)) }
  }

  private func uniforms(_ trial: Int, count: Int, slot: UInt32 = 1) -> [Double] {
    (0..<count).map { key.uniform(tick: Int64(trial), slot: slot, draw: UInt32($0)) }
  }

  @Test func `options are chosen in proportion to their weights`() {
    let weights = [0.5, 3, 0, 1.5]
    var counts = [0, 0, 0, 0]
    for trial in 0..<20_000 {
      counts[GumbelChoice.choose(weights: weights, numbers: numbers(trial, count: 4))] += 1
    }
    #expect(counts[2] == 0)
    for (count, weight) in zip(counts, weights) {
      // Five standard deviations of a share are at most 0.018.
      #expect(abs(Double(count) / 20_000 - weight / 5) < 0.018)
    }
  }

  /// Options that cannot be chosen draw nothing, nor does one that is the only one.
  @Test func `numbers are drawn where they matter, and the largest sum is chosen`() {
    for trial in 0..<2_000 {
      let count = 1 + trial % 5
      var weights = uniforms(trial, count: count).map { $0 < 0.4 ? 0 : $0 }
      weights[trial % count] = 1
      let numbers = numbers(trial, count: count)
      var drawn: [Int] = []
      let chosen = GumbelChoice.choose(weights: weights) { option in
        drawn.append(option)
        return numbers[option]
      }
      let possible = weights.indices.filter { weights[$0] > 0 }
      #expect(drawn.sorted() == (possible.count > 1 ? possible : []))
      let sums = possible.map { Elementary.log(weights[$0]) + numbers[$0] }
      #expect(chosen == zip(possible, sums).first { $0.1 == sums.max() }?.0)
    }
  }

  @Test func `another option is chosen only if its relative weight rose`() {
    var changes = 0
    for trial in 0..<20_000 {
      let count = 2 + trial % 5
      let before = uniforms(trial, count: count)
      let after = uniforms(trial, count: count, slot: 2)
      let numbers = numbers(trial, count: count)
      let chosen = GumbelChoice.choose(weights: before, numbers: numbers)
      let other = GumbelChoice.choose(weights: after, numbers: numbers)
      if chosen == other { continue }
      changes += 1
      #expect(after[other] / before[other] > after[chosen] / before[chosen])
    }
    #expect(changes > 5_000)
  }

  @Test func `numbers drawn after the fact explain the choice, and are Gumbel numbers`() {
    let weights = [0.2, 1, 0.7, 0.1]
    let count = 20_000
    var sums = [0.0, 0, 0, 0]
    var squares = sums
    for trial in 0..<count {
      // Chosen with other noise, as somebody else may have done.
      let chosen = GumbelChoice.choose(weights: weights, numbers: numbers(trial, count: 4))
      let posterior = GumbelChoice.posterior(
        chosen: chosen, weights: weights, uniforms: uniforms(trial, count: 4))
      #expect(GumbelChoice.choose(weights: weights, numbers: posterior) == chosen)
      for option in 0..<4 {
        sums[option] += posterior[option]
        squares[option] += posterior[option] * posterior[option]
      }
    }
    for option in 0..<4 {
      let mean = sums[option] / Double(count)
      let variance = squares[option] / Double(count) - mean * mean
      // Euler's constant and pi^2 / 6, within five standard errors.
      #expect(abs(mean - 0.577_215_664_9) < 0.046)
      #expect(abs(variance - 1.644_934_066_8) < 0.12)
    }
  }

  @Test func `what is drawn after the fact is stable too`() {
    var changes = 0
    for trial in 0..<5_000 {
      let before = uniforms(trial, count: 4, slot: 3)
      let after = uniforms(trial, count: 4, slot: 4)
      let posterior = GumbelChoice.posterior(
        chosen: trial % 4, weights: before, uniforms: uniforms(trial, count: 4))
      let other = GumbelChoice.choose(weights: after, numbers: posterior)
      if other == trial % 4 { continue }
      changes += 1
      #expect(after[other] / before[other] > after[trial % 4] / before[trial % 4])
    }
    #expect(changes > 1_000)
  }
}
