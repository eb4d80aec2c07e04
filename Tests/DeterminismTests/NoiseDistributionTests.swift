import Determinism
import Foundation
import Testing

/// Compares samples at fixed keys with the distributions they are named for.
@Suite struct NoiseDistributionTests {
  static let count = 20_000
  static let key = NoiseKey(seed: 7, entity: "distribution", purpose: "test")

  private func sample(_ draw: (Int64, UInt32, UInt32) -> Double) -> [Double] {
    // All three parts of the counter move.
    var values: [Double] = []
    for index in 0..<UInt32(Self.count) {
      values.append(draw(Int64(index / 100), index / 10 % 10, index % 10))
    }
    return values
  }

  /// Returns sqrt(n) times the greatest distance of the empirical distribution (Kolmogorov).
  private func kolmogorov(_ values: [Double], _ distribution: (Double) -> Double) -> Double {
    let n = Double(values.count)
    var worst = 0.0
    for (index, value) in values.sorted().enumerated() {
      let below = distribution(value)
      worst = max(worst, (below - Double(index) / n).magnitude)
      worst = max(worst, (Double(index + 1) / n - below).magnitude)
    }
    return worst * n.squareRoot()
  }

  private func moment(_ values: [Double], _ power: Int) -> Double {
    values.reduce(0) { sum, value in
      sum + (0..<power).reduce(1.0) { product, _ in product * value }
    } / Double(values.count)
  }

  @Test func `uniform numbers are uniform, inside the open interval`() {
    let values = sample(Self.key.uniform)
    #expect(values.allSatisfy { $0 > 0 && $0 < 1 })
    #expect((moment(values, 1) - 0.5).magnitude < 0.01)
    #expect((moment(values, 2) - 1.0 / 3).magnitude < 0.01)
    #expect(kolmogorov(values) { $0 } < 1.95)
  }

  @Test func `normal numbers have the moments and the distribution of the normal`() {
    let values = sample(Self.key.normal)
    for (power, expected, bound) in [(1, 0.0, 0.03), (2, 1, 0.04), (3, 0, 0.12), (4, 3, 0.3)] {
      #expect((moment(values, power) - expected).magnitude < bound, "\(power)")
    }
    #expect(kolmogorov(values) { erfc(-$0 / 2.0.squareRoot()) / 2 } < 1.95)
  }

  @Test func `exponential numbers have mean 1 and the right distribution`() {
    let values = sample(Self.key.exponential)
    #expect(values.allSatisfy { $0 > 0 })
    for (power, expected, bound) in [(1, 1.0, 0.03), (2, 2, 0.15), (3, 6, 1.2)] {
      #expect((moment(values, power) - expected).magnitude < bound, "\(power)")
    }
    #expect(kolmogorov(values) { 1 - exp(-$0) } < 1.95)
  }

  @Test func `Gumbel numbers have the right distribution and pick in proportion to weight`() {
    let values = sample(Self.key.gumbel)
    #expect((moment(values, 1) - 0.577_215_664_9).magnitude < 0.03)
    #expect(kolmogorov(values) { exp(-exp(-$0)) } < 1.95)
    let weights = [0.1, 0.2, 0.7]
    var picks = [0, 0, 0]
    for tick in 0..<Int64(Self.count) {
      let scores = weights.indices.map {
        Elementary.log(weights[$0]) + Self.key.gumbel(tick: tick, slot: 99, draw: UInt32($0))
      }
      picks[scores.indices.max { scores[$0] < scores[$1] } ?? 0] += 1
    }
    for (weight, pick) in zip(weights, picks) {
      #expect((Double(pick) / Double(Self.count) - weight).magnitude < 0.012)
    }
  }

  @Test func `integers hit every value about equally often`() {
    var hits = [Int](repeating: 0, count: 10)
    for tick in 0..<Int64(Self.count) {
      hits[Int(Self.key.integer(below: 10, tick: tick, slot: 0, draw: 0))] += 1
    }
    let chiSquare = hits.reduce(0.0) { sum, hit in
      let excess = Double(hit) - Double(Self.count) / 10
      return sum + excess * excess / (Double(Self.count) / 10)
    }
    // Nine degrees of freedom, probability 0.001.
    #expect(chiSquare < 27.88)
  }

  @Test func `neighbouring keys, ticks, slots and draws are uncorrelated`() {
    let other = NoiseKey(seed: 8, entity: "distribution", purpose: "test")
    let base = sample(Self.key.normal)
    let shifted = [
      sample { other.normal(tick: $0, slot: $1, draw: $2) },
      sample { Self.key.normal(tick: $0 + 1, slot: $1, draw: $2) },
      sample { Self.key.normal(tick: $0, slot: $1 + 1, draw: $2) },
      sample { Self.key.normal(tick: $0, slot: $1, draw: $2 + 1) },
    ]
    for values in shifted {
      let covariance = zip(base, values).reduce(0) { $0 + $1.0 * $1.1 } / Double(Self.count)
      #expect(covariance.magnitude < 0.03)
    }
  }
}
