import Agents
import Determinism
import MarketModel
import Networks
import TestSupport
import Testing

/// A policy with parameters that are drawn at random.
func randomPolicy(
  seed: UInt64, hidden: [Int] = [8], width: Int = TradingFeature.ofOneInstrument.count
) -> TradingPolicy {
  let network = Perceptron(
    [width] + hidden + [DiscreteAction.allCases.count], hidden: .tanh)
  return TradingPolicy(
    network: network, parameters: network.uniformParameters(seed: seed, name: "policy"),
    shifts: (0..<width).map { Float($0) / 8 }, scales: (0..<width).map { 1 / Float(1 + $0) })
}

/// One with a memory of so many numbers.
func rememberingPolicy(seed: UInt64, memory: Int = 5, trading: Parameters? = nil) -> TradingPolicy {
  let width = TradingFeature.ofOneInstrument.count
  let unit = GatedRecurrence(inputs: width, width: memory)
  let network = Perceptron([memory, 7], hidden: .tanh)
  return TradingPolicy(
    memory: unit, network: network,
    parameters: unit.orthogonalParameters(seed: seed, name: "memory")
      + network.uniformParameters(seed: seed, name: "policy"),
    shifts: (0..<width).map { Float($0) / 8 }, scales: (0..<width).map { 1 / Float(1 + $0) },
    trading: trading)
}

@Suite struct TradingPolicyTests {
  @Test(arguments: 0..<5 as Range<UInt64>)
  func `bytes give the policy again`(seed: UInt64) throws {
    let policy = randomPolicy(seed: seed, hidden: seed == 0 ? [] : [Int(seed), 7])
    let again = try TradingPolicy(bytes: policy.bytes)
    #expect(policy.bytes.count == TradingPolicy.size(of: policy.network))
    #expect(again == policy)
    #expect(again.hash == policy.hash)
  }

  @Test func `every truncation and every altered bit is refused`() throws {
    let bytes = randomPolicy(seed: 1).bytes
    for count in 0..<bytes.count {
      #expect(throws: ByteError.self) { try TradingPolicy(bytes: Array(bytes[..<count])) }
    }
    #expect(throws: ByteError.self) { try TradingPolicy(bytes: bytes + [0]) }
    for index in bytes.indices {
      for bit in 0..<8 {
        var altered = bytes
        altered[index] ^= 1 << UInt8(bit)
        #expect(throws: ByteError.self) { try TradingPolicy(bytes: altered) }
      }
    }
  }

  @Test func `how it trades comes back, and nothing else passes for it`() throws {
    var policy = randomPolicy(seed: 1)
    var trading = Parameters()
    trading.set("quantity", .integer(7))
    trading.set("value", .text("fair"))
    trading.set("heed_signals", .flag(true))
    policy.trading = trading
    let bytes = policy.bytes
    #expect(try TradingPolicy(bytes: bytes) == policy && bytes[8] == 4)
    for count in 0..<bytes.count {
      #expect(throws: ByteError.self) { try TradingPolicy(bytes: Array(bytes[..<count])) }
    }
    for (name, value) in [
      ("quanity", .integer(7)), ("quantity", .text("7")), ("quantity", .number(7)),
    ] as [(String, ParameterValue)] {
      var odd = Parameters()
      odd.set(name, value)
      policy.trading = odd
      #expect(throws: ByteError.self) { try TradingPolicy(bytes: policy.bytes) }
    }
    policy.trading = nil
    #expect(policy.bytes[8] == 3)
  }

  @Test func `one with a memory comes back, and nothing else passes for it`() throws {
    var trading = Parameters()
    trading.set("quantity", .integer(7))
    for trading in [nil, trading] {
      let policy = rememberingPolicy(seed: 1, trading: trading)
      let bytes = policy.bytes
      #expect(try TradingPolicy(bytes: bytes) == policy && bytes[8] == 5)
      if trading == nil {
        #expect(bytes.count == TradingPolicy.size(of: policy.network, after: policy.memory))
      }
      #expect(policy.width == 19 && !policy.seesPair)
      for count in 0..<bytes.count {
        #expect(throws: ByteError.self) { try TradingPolicy(bytes: Array(bytes[..<count])) }
      }
      for index in stride(from: 0, to: bytes.count, by: Effort.stride) {
        for bit in 0..<8 {
          var altered = bytes
          altered[index] ^= 1 << UInt8(bit)
          #expect(throws: ByteError.self) { try TradingPolicy(bytes: altered) }
          // Also where the checksum is made right again, it is one form of one policy or none.
          var writer = ByteWriter()
          writer.write(CRC32C.checksum(altered.span.extracting(droppingLast: 4)))
          altered.replaceSubrange((altered.count - 4)..., with: writer.bytes)
          if let other = try? TradingPolicy(bytes: altered) { #expect(other.bytes == altered) }
        }
      }
    }
  }

  /// Step by step it remembers what the learner's unit, going through all steps at once, does.
  @Test func `what is remembered goes on from row to row`() {
    let policy = rememberingPolicy(seed: 2)
    guard let unit = policy.memory else { return }
    var source = KeyedNumbers(seed: 2)
    let rows = 20
    let features = (0..<rows * policy.width).map { _ in Float(source.number(-64...64)) / 16 }
    var arena = GatedRecurrenceArena<Float>(unit, capacity: rows)
    arena.forward(
      policy.parameters.span.extracting(first: unit.parameterCount),
      policy.normalized(rows: features).span,
      memory: [Float](repeating: 0, count: unit.width).span,
      starts: [Bool](repeating: false, count: rows))
    let expected = Array(arena.output(rows: rows))
    var remembered = [Float](repeating: 0, count: unit.width)
    for row in 0..<rows {
      let seen = Array(features[row * policy.width..<(row + 1) * policy.width])
      remembered = policy.remember(seen, after: remembered)
      #expect(remembered == Array(expected[row * unit.width..<(row + 1) * unit.width]))
    }
    #expect(Set(expected).count > rows)
  }

  @Test func `numbers that are none are refused`() throws {
    var policy = randomPolicy(seed: 1)
    policy.parameters[3] = .nan
    #expect(throws: ByteError.self) { try TradingPolicy(bytes: policy.bytes) }
    policy.parameters[3] = 0
    policy.scales[2] = .infinity
    #expect(throws: ByteError.self) { try TradingPolicy(bytes: policy.bytes) }
  }

  @Test func `features are brought to deviations within 10`() {
    let policy = randomPolicy(seed: 1)
    var features = [Float](repeating: 0, count: TradingFeature.ofOneInstrument.count)
    (features[0], features[1], features[2]) = (1000, 0.125 + 6, -1e30)
    policy.normalize(&features)
    #expect(features[0] == 10 && features[1] == 3 && features[2] == -10)
  }

  /// Worths: the best is taken but for a part of the times; a greedy agent takes it always.
  @Test(arguments: [0, 0.35, 1] as [Float], [false, true])
  func `the action of the greatest worth is taken`(exploration: Float, isDueling: Bool) throws {
    let head = PolicyHead.worths(isDueling: isDueling, exploration: exploration)
    let network = Perceptron([19, head.outputs], hidden: .relu)
    var parameters = [Float](repeating: 0, count: network.parameterCount)
    parameters[network.layers[0].biases.lowerBound + 4] = 2
    if isDueling { parameters[network.layers[0].biases.lowerBound + 7] = 9 }
    let policy = TradingPolicy(
      network: network, head: head, parameters: parameters,
      shifts: [Float](repeating: 0, count: 19), scales: [Float](repeating: 1, count: 19))
    #expect(try TradingPolicy(bytes: policy.bytes) == policy)
    let seen = [Float](repeating: 1, count: 19)
    var taken = 0
    for tick in 0..<2000 as Range<Int64> {
      #expect(policy.choice(seen, isGreedy: true, noise(tick: tick)).action == 4)
      let choice = policy.choice(seen, isGreedy: false, noise(tick: tick))
      if choice.action == 4 { taken += 1 }
      #expect(choice.scores.count == 7 && choice.numbers.isEmpty)
    }
    let part = Double(1 - exploration + exploration / 7)
    #expect((Double(taken) - 2000 * part).magnitude <= 5 * (2000 * part * (1 - part)).squareRoot())
  }

  @Test func `each head has a number of its own, and what speaks has more to choose from`() throws {
    let outputs: [PolicyHead.Output] = [
      .scores, .worths(isDueling: false, exploration: 0), .worths(isDueling: true, exploration: 0),
      .numbers, .plainNumbers,
    ]
    let heads = [false, true].flatMap { speaks in outputs.map { PolicyHead($0, speaks: speaks) } }
    #expect(heads.map { $0.outputs } == [7, 7, 8, 10, 10, 21, 21, 22, 12, 12])
    var codes: Set<UInt8> = []
    for head in heads {
      let network = Perceptron([19, head.outputs], hidden: .relu)
      let policy = TradingPolicy(
        network: network, head: head,
        parameters: [Float](repeating: 0.25, count: network.parameterCount),
        shifts: [Float](repeating: 0, count: 19), scales: [Float](repeating: 1, count: 19))
      #expect(try TradingPolicy(bytes: policy.bytes) == policy)
      codes.insert(policy.bytes[25])
      for isGreedy in [false, true] {
        let choice = policy.choice(
          [Float](repeating: 1, count: 19), isGreedy: isGreedy, noise(tick: 3))
        #expect(ActionChoice(action: choice.action, payload: choice.scoreBytes) == choice)
      }
    }
    #expect(codes == [0, 1, 2, 3, 4, 8, 9, 10, 11, 12])
    #expect(ActionChoice(action: 1, payload: [UInt8](repeating: 0, count: 4 * 12)) == nil)
    #expect(ActionChoice(action: ActionChoice.numbers, payload: [0, 0, 0, 0]) == nil)
    for number in 0..<21 { #expect(TradingAction(number: number)?.number == number) }
    #expect(TradingAction(number: 21) == nil && TradingAction(number: -1) == nil)
  }

  @Test func `plain numbers are what was drawn`() throws {
    let network = Perceptron([19, 10], hidden: .relu)
    var parameters = [Float](repeating: 0, count: network.parameterCount)
    let first = network.layers[0].biases.lowerBound
    (parameters[first], parameters[first + 5]) = (3, 1)
    let policy = TradingPolicy(
      network: network, head: PolicyHead(.plainNumbers), parameters: parameters,
      shifts: [Float](repeating: 0, count: 19), scales: [Float](repeating: 1, count: 19))
    let seen = [Float](repeating: 1, count: 19)
    #expect(Array(policy.choice(seen, isGreedy: true, noise(tick: 0)).numbers) == [3, 0, 0, 0, 0])
    for tick in 0..<20 as Range<Int64> {
      let drawn = Array(policy.choice(seen, isGreedy: false, noise(tick: tick)).numbers)
      #expect(
        drawn[0] == 3 + Elementary.exp(1 as Float) * Float(noise(tick: tick).normal(0))
          && drawn[4] == Float(noise(tick: tick).normal(4)))
    }
  }

  @Test func `continuous actions are numbers within 1, in the middle where greedy`() throws {
    let network = Perceptron([19, 10], hidden: .relu)
    var parameters = [Float](repeating: 0, count: network.parameterCount)
    let first = network.layers[0].biases.lowerBound
    parameters[first] = 0.5
    parameters[first + 1] = 1e38  // beyond what tanh tells from 1
    for place in 5..<10 { parameters[first + place] = -1 }
    let policy = TradingPolicy(
      network: network, head: .numbers, parameters: parameters,
      shifts: [Float](repeating: 0, count: 19), scales: [Float](repeating: 1, count: 19))
    #expect(try TradingPolicy(bytes: policy.bytes) == policy)
    let seen = [Float](repeating: 1, count: 19)
    let best = Array(policy.choice(seen, isGreedy: true, noise(tick: 0)).numbers)
    #expect(best == [Elementary.tanh(0.5 as Float), 1, 0, 0, 0])
    var sum = 0.0
    for tick in 0..<500 as Range<Int64> {
      let choice = policy.choice(seen, isGreedy: false, noise(tick: tick))
      #expect(choice.numbers.count == 5 && choice.numbers.allSatisfy { $0.magnitude <= 1 })
      sum += Double(Array(choice.numbers)[2])
      let again = ActionChoice(action: choice.action, payload: choice.scoreBytes)
      #expect(again == choice)
    }
    #expect((sum / 500).magnitude < 0.1)
    var odd = policy
    odd.parameters = parameters.map { _ in 3e38 }
    let choice = odd.choice([Float](repeating: 1, count: 19), isGreedy: false, noise(tick: 0))
    #expect(choice.numbers.allSatisfy { $0.magnitude <= 1 })
  }

  /// Over many draws each action comes as often as its score says.
  @Test func `actions are drawn in proportion`() {
    let scores: [Float] = [0, 1, -2, 0.5]
    let weights = scores.map { Elementary.exp(Double($0)) }
    let total = weights.reduce(0, +)
    var counts = [Int](repeating: 0, count: scores.count)
    let draws = Effort.of(40_000)
    for tick in 0..<Int64(draws) {
      counts[TradingPolicy.choose(scores[...], noise(tick: tick))] += 1
    }
    for (count, weight) in zip(counts, weights) {
      let part = weight / total
      let deviation = (Double(draws) * part * (1 - part)).squareRoot()
      #expect((Double(count) - Double(draws) * part).magnitude < 5 * deviation)
    }
    #expect(GumbelChoice.likeliest(scores[...]) == 1)
  }
}
