import Determinism
import TestSupport
import Testing

@testable import Learners

@Suite struct ReplayPrioritiesTests {
  private let key = NoiseKey(seed: 3, entity: "memory", purpose: "draw")

  @Test func `steps are drawn in proportion to their priorities`() {
    let errors = [1.0, 3, 0.5, 5.5, 0, 2]
    var priorities = ReplayPriorities(capacity: 6, exponent: 1)
    for (place, error) in errors.enumerated() { priorities.note(place, error: error) }
    var counts = [Int](repeating: 0, count: 6)
    var places = [Int](repeating: 0, count: 8)
    for tick in 0..<2000 as Range<Int64> {
      priorities.draw(&places, count: 6, key: key, tick: tick)
      for place in places { counts[place] += 1 }
    }
    let total = errors.reduce(0, +)
    for (place, error) in errors.enumerated() {
      let share = Double(counts[place]) / 16_000
      #expect((share - error / total).magnitude < 0.01)
    }
    // What is drawn more often than others counts less, in proportion; the largest weight is 1.
    let weights = priorities.weights([1, 5, 2], count: 6, correction: 1)
    let ratio = weights[0] / weights[1]
    #expect(weights[2] == 1 && (ratio - 2 / 3).magnitude < 1e-5)
  }

  @Test
  func `the tree says the same whatever came before, and a step unknown is as one of the largest`()
  {
    var numbers = KeyedNumbers(seed: 1)
    var one = ReplayPriorities(capacity: 100, exponent: 0.6)
    for _ in 0..<500 {
      one.note(Int(numbers.number(0...99)), error: Double(numbers.number(0...50)) / 10)
    }
    var other = ReplayPriorities(capacity: 100, exponent: 0.6)
    for place in 0..<100 {
      let error = Double(numbers.number(0...40)) / 10
      one.note(place, error: error)
      other.note(place, error: error)
    }
    var (ones, others) = ([Int](repeating: 0, count: 32), [Int](repeating: 0, count: 32))
    one.draw(&ones, count: 100, key: key, tick: 5)
    other.draw(&others, count: 100, key: key, tick: 5)
    #expect(ones == others)

    var fresh = ReplayPriorities(capacity: 4, exponent: 1)
    fresh.note(0, error: 9)
    fresh.begin(1)
    #expect(fresh.weights([0, 1], count: 2, correction: 1) == [1, 1])
  }

  @Test func `a chain puts rewards together, and an end cuts it`() {
    var chain = StepChain(length: 3, discount: 0.5)
    let add = { (chain: inout StepChain, number: Float, isOver: Bool, hasEnded: Bool) in
      chain.add([number], [0], reward: number, isOver: isOver, hasEnded: hasEnded)
        .map { [$0.observation[0], $0.reward, $0.factor] }
    }
    #expect(add(&chain, 1, false, false).isEmpty && add(&chain, 2, false, false).isEmpty)
    #expect(add(&chain, 4, false, false) == [[1, 3, 0.125]])
    // Cut off: what comes after still counts, by as many steps as there are.
    #expect(
      add(&chain, 8, false, true) == [
        [2, 6, 0.125], [4, 8, 0.25], [8, 8, 0.5],
      ])
    #expect(add(&chain, 16, true, true) == [[16, 16, 0]])
  }
}
