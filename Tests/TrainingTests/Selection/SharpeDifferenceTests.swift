import Determinism
import Testing
import Training

@Suite struct SharpeDifferenceTests {
  /// Two trials of 12 tests of 50 returns, around a mean.
  private func returns(_ mean: Double, seed: UInt64) -> [[[Double]]] {
    let key = NoiseKey(seed: seed, entity: "returns", purpose: "test")
    return (0..<2).map { trial in
      (0..<12).map { test in
        (0..<50).map { mean + key.normal(tick: Int64(test), slot: UInt32(trial), draw: UInt32($0)) }
      }
    }
  }

  @Test func `one that is clearly higher is, and the other way round lower`() {
    let (high, low) = (returns(0.5, seed: 1), returns(0, seed: 2))
    let up = SharpeDifference(high, above: low)
    let down = SharpeDifference(low, above: high)
    #expect(up.verdict == .higher && down.verdict == .lower)
    #expect(up.value == -down.value && (up.value - 0.5).magnitude < 0.1)
    #expect(up.interval?.contains(up.value) == true)
    let whole =
      SharpeRatio(high.flatMap { $0.flatMap { $0 } }).value
      - SharpeRatio(low.flatMap { $0.flatMap { $0 } }).value
    #expect((up.value - whole).magnitude < 1e-12)
  }

  @Test func `the same is neither`() {
    let one = returns(0.1, seed: 3)
    let none = SharpeDifference(one, above: one)
    #expect(none.value == 0 && none.interval == 0...0 && none.verdict == .open)
    #expect(SharpeDifference(one, above: returns(0.1, seed: 4)).verdict == .open)
  }

  @Test func `one test has no interval, and returns that do not vary have no ratio`() {
    let one = SharpeDifference([[[1, 2]]], above: [[[1, 1]]])
    #expect(one.interval == nil && one.verdict == .open)
    #expect(one.value == SharpeRatio([1, 2]).value)
  }
}
