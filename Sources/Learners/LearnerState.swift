import Networks

/// The whole state of a learner as plain numbers, to be kept and gone on with, bit for bit.
///
/// What settings and seed say is not in it.
public struct LearnerState: Equatable, Sendable {
  /// Counts, and the bits of numbers of 64 bits.
  public var counts: [Int64] = []
  /// Numbers, in groups.
  public var numbers: [[Float]] = []

  /// Nothing.
  public init() {}

  /// That of a learner that counts how often it learned, and whose parameters stand in one array.
  init(count: Int, _ parameters: [Float], _ adam: Adam<Float>) {
    counts.append(Int64(count))
    numbers.append(parameters)
    add(adam)
  }

  /// The count, parameters and optimiser of such a learner; nil where there is something else.
  func parts(
    upTo limit: Int64 = 1 << 53, _ parameters: [Float], _ adam: Adam<Float>
  ) -> (count: Int, parameters: [Float], adam: Adam<Float>)? {
    var reader = LearnerStateReader(self)
    guard let count = reader.count(0...limit), let own = reader.numbers(parameters.count),
      let adam = reader.adam(adam), reader.isAtEnd
    else { return nil }
    return (Int(count), own, adam)
  }

  mutating func add(_ network: LearningNetwork) {
    numbers.append(network.parameters)
    add(network.adam)
  }

  mutating func add(_ adam: Adam<Float>) {
    counts.append(adam.stepCount)
    numbers += [adam.mean, adam.square, [adam.power1, adam.power2]]
  }
}

/// Reads a state from its beginning; once something does not fit, nothing does.
struct LearnerStateReader {
  private var counts: ArraySlice<Int64>
  private var numbers: ArraySlice<[Float]>

  init(_ state: LearnerState) {
    counts = state.counts[...]
    numbers = state.numbers[...]
  }

  /// Whether nothing is left.
  var isAtEnd: Bool { counts.isEmpty && numbers.isEmpty }

  mutating func count(_ range: ClosedRange<Int64> = 0...(1 << 53)) -> Int64? {
    guard let count = counts.popFirst(), range.contains(count) else { return nil }
    return count
  }

  mutating func number() -> Double? {
    counts.popFirst().map { Double(bitPattern: UInt64(bitPattern: $0)) }
  }

  mutating func numbers(_ count: Int) -> [Float]? {
    guard let group = numbers.popFirst(), group.count == count else { return nil }
    return group
  }

  mutating func adam(_ adam: Adam<Float>) -> Adam<Float>? {
    let count = adam.mean.count
    guard let steps = self.count(), let mean = numbers(count), let square = numbers(count),
      let powers = numbers(2)
    else { return nil }
    return Adam(
      stepCount: steps, mean: mean, square: square, powers: (powers[0], powers[1]),
      settings: adam.settings)
  }

  mutating func network(_ network: LearningNetwork) -> LearningNetwork? {
    guard let parameters = numbers(network.parameters.count), let adam = adam(network.adam) else {
      return nil
    }
    var network = network
    (network.parameters, network.adam) = (parameters, adam)
    return network
  }
}
