import Learners
import TestSupport
import Testing

@Suite struct AdvantageEstimationTests {
  /// The sum of discounted errors up to the end of the episode, straight from the definition.
  private func naive(
    _ rewards: [Double], _ values: [Double], _ ends: [Bool], _ lastValues: [Double],
    _ discount: Double, _ lambda: Double
  ) -> [Double] {
    let width = lastValues.count
    return rewards.indices.map { start in
      var (sum, weight, index) = (0.0, 1.0, start)
      while index < rewards.count {
        let next = index + width < rewards.count ? values[index + width] : lastValues[index % width]
        sum += weight * (rewards[index] + (ends[index] ? 0 : discount * next) - values[index])
        if ends[index] { break }
        weight *= discount * lambda
        index += width
      }
      return sum
    }
  }

  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func `advantages are the sums of their definition`(seed: UInt64) {
    var numbers = KeyedNumbers(seed: seed)
    let width = Int(numbers.number(1...4))
    let count = width * Int(numbers.number(1...30))
    let draw = { (count: Int) in (0..<count).map { _ in Double(numbers.number(-900...900)) / 100 } }
    let (rewards, values, last) = (draw(count), draw(count), draw(width))
    let ends = draw(count).map { $0 > 7 }
    let found = AdvantageEstimation.advantages(
      rewards: rewards, values: values, ends: ends, lastValues: last, discount: 0.97,
      lambda: 0.9)
    for (one, other) in zip(found, naive(rewards, values, ends, last, 0.97, 0.9)) {
      #expect((one - other).magnitude < 1e-11)
    }
    #expect(found.count == count)
  }

  @Test func `with lambda 0 it is one error, with an end nothing comes after`() {
    let found = AdvantageEstimation.advantages(
      rewards: [1, 2, 3], values: [10, 20, 30], ends: [false, true, false], lastValues: [40],
      discount: 0.5, lambda: 0)
    #expect(found == [1, -18, -7])
  }
}
