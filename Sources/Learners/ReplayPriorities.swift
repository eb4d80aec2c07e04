public import Determinism

/// How much is to be learned of each kept step, so that those of which most is are drawn most often.
///
/// A step is drawn in proportion to its priority; what that does to means is undone by weights. Sums are kept
/// in a tree, each of two sums below it, so that they depend on the priorities alone and not on the way there.
/// - Source: T. Schaul, J. Quan, I. Antonoglou, D. Silver, Prioritized experience replay,
///   <https://arxiv.org/abs/1511.05952>, section 3.3, proportional.
public struct ReplayPriorities: Sendable, Equatable {
  /// How strongly errors count: 0 for all alike, 1 in proportion.
  public let exponent: Double
  /// The places below which the tree has leaves: a power of two.
  private let leaves: Int
  /// Sums: 1 has all, n those of 2n and 2n + 1.
  private var sums: [Double]
  /// The largest error so far, which steps begin with that nothing is known of.
  private var largest = 1.0

  /// None yet, of so many places.
  public init(capacity: Int, exponent: Double) {
    self.exponent = exponent
    var leaves = 1
    while leaves < capacity { leaves *= 2 }
    self.leaves = leaves
    sums = [Double](repeating: 0, count: 2 * leaves)
  }

  /// A step stands at that place of which nothing is known.
  public mutating func begin(_ place: Int) { set(place, largest) }

  /// The error of a step, either way, was that.
  ///
  /// - Complexity: O(log capacity).
  public mutating func note(_ place: Int, error: Double) {
    let size = error.magnitude + 1e-6
    largest = max(largest, size)
    set(place, size)
  }

  private mutating func set(_ place: Int, _ size: Double) {
    var index = leaves + place
    sums[index] = Elementary.pow(size, exponent)
    while index > 1 {
      index /= 2
      sums[index] = sums[2 * index] + sums[2 * index + 1]
    }
  }

  /// Draws a place for each row: one from each of as many parts of one size of the sum of priorities.
  ///
  /// - Precondition: `count` places, the first ones, have steps.
  /// - Complexity: O(rows * log capacity).
  public func draw(_ places: inout [Int], count: Int, key: NoiseKey, tick: Int64) {
    let part = sums[1] / Double(places.count)
    for row in places.indices {
      let uniform = key.uniform(tick: tick, slot: UInt32(row), draw: 0)
      places[row] = min(find((Double(row) + uniform) * part), count - 1)
    }
  }

  /// The first place at which the sum of priorities up to there is more than that.
  private func find(_ sum: Double) -> Int {
    var (index, left) = (1, sum)
    while index < leaves {
      index *= 2
      if left >= sums[index], sums[index + 1] > 0 {
        left -= sums[index]
        index += 1
      }
    }
    return index - leaves
  }

  /// By how much less the rows count that are drawn more often: (count x share)^-correction, as a part of the
  /// largest among them.
  public func weights(_ places: [Int], count: Int, correction: Double) -> [Float] {
    let raw = places.map { place in
      Elementary.pow(Double(count) * sums[leaves + place] / sums[1], -correction)
    }
    let most = raw.max() ?? 1
    return raw.map { Float($0 / most) }
  }
}

extension ReplayPriorities {
  /// Adds the priorities of the first places to a state; sums follow from them.
  func add(to state: inout LearnerState, count: Int) {
    for number in [largest] + sums[leaves..<leaves + count] {
      state.counts.append(Int64(bitPattern: number.bitPattern))
    }
  }

  /// Priorities of as many places as a state says; nil where it says others.
  func read(from reader: inout LearnerStateReader, count: Int) -> ReplayPriorities? {
    guard let largest = reader.number() else { return nil }
    var priorities = self
    priorities.largest = largest
    for index in priorities.sums.indices { priorities.sums[index] = 0 }
    for place in 0..<count {
      guard let priority = reader.number() else { return nil }
      priorities.sums[leaves + place] = priority
    }
    for index in stride(from: leaves - 1, through: 1, by: -1) {
      priorities.sums[index] = priorities.sums[2 * index] + priorities.sums[2 * index + 1]
    }
    return priorities
  }
}
