public import Determinism

/// Steps that were played, kept in a ring and drawn again.
public struct ReplayMemory: Sendable, Equatable {
  /// How many are kept at most.
  public let capacity: Int
  /// Steps that were noted so far, those that are kept no more included.
  public private(set) var noted: Int64 = 0

  private let width: Int
  private let actionWidth: Int
  private var observations: [Float]
  private var nextObservations: [Float]
  private var actions: [Float]
  private var rewards: [Float]
  private var factors: [Float]

  /// Keeps nothing yet.
  public init(capacity: Int, observationWidth: Int, actionWidth: Int) {
    self.capacity = capacity
    width = observationWidth
    self.actionWidth = actionWidth
    observations = [Float](repeating: 0, count: capacity * observationWidth)
    nextObservations = observations
    actions = [Float](repeating: 0, count: capacity * actionWidth)
    rewards = [Float](repeating: 0, count: capacity)
    factors = rewards
  }

  /// How many are kept.
  public var count: Int { Int(min(noted, Int64(capacity))) }

  /// Where the next step will stand.
  public var place: Int { Int(noted % Int64(capacity)) }

  /// Notes a step; `factor` is what the worth of what is seen next counts, 0 where nothing comes after it.
  public mutating func note(
    _ observation: [Float], _ action: [Float], reward: Float, next: [Float], factor: Float
  ) {
    let place = place
    for column in 0..<width {
      observations[place * width + column] = observation[column]
      nextObservations[place * width + column] = next[column]
    }
    for column in 0..<actionWidth { actions[place * actionWidth + column] = action[column] }
    rewards[place] = reward
    factors[place] = factor
    noted += 1
  }

  /// Draws as many steps as a batch has rows, with repetition: a function of the key and the tick.
  ///
  /// - Precondition: something is kept.
  public func draw(_ batch: inout ReplayBatch, key: NoiseKey, tick: Int64) {
    for row in batch.places.indices {
      let place = key.integer(below: UInt64(count), tick: tick, slot: UInt32(row), draw: 0)
      batch.places[row] = Int(place)
    }
    fill(&batch)
  }

  /// Fills the rows of a batch whose places are known.
  func fill(_ batch: inout ReplayBatch) {
    for (row, place) in batch.places.enumerated() {
      for column in 0..<width {
        batch.observations[row * width + column] = observations[place * width + column]
        batch.nextObservations[row * width + column] = nextObservations[place * width + column]
      }
      for column in 0..<actionWidth {
        batch.actions[row * actionWidth + column] = actions[place * actionWidth + column]
      }
      batch.rewards[row] = rewards[place]
      batch.factors[row] = factors[place]
    }
  }
}

/// Steps that were drawn, row by row.
public struct ReplayBatch: Sendable, Equatable {
  /// Where each of them stands in the memory.
  public internal(set) var places: [Int]
  /// What was seen.
  public internal(set) var observations: [Float]
  /// What was seen after it.
  public internal(set) var nextObservations: [Float]
  /// What was done.
  public internal(set) var actions: [Float]
  /// What came of it.
  public internal(set) var rewards: [Float]
  /// What the worth of what is seen next counts; 0 where nothing comes after it.
  public internal(set) var factors: [Float]

  /// Makes room.
  public init(rows: Int, observationWidth: Int, actionWidth: Int) {
    places = [Int](repeating: 0, count: rows)
    observations = [Float](repeating: 0, count: rows * observationWidth)
    nextObservations = observations
    actions = [Float](repeating: 0, count: rows * actionWidth)
    rewards = [Float](repeating: 0, count: rows)
    factors = rewards
  }
}

extension ReplayMemory {
  /// Adds what is kept to a state; of what was seen next only what is not what the step after it saw.
  func add(to state: inout LearnerState) {
    let rows = count
    var marks = [Int64](repeating: 0, count: (rows + 63) / 64)
    var others: [Float] = []
    for row in 0..<rows where !isFollowed(row) {
      marks[row / 64] |= 1 << Int64(row % 64)
      others += nextObservations[row * width..<(row + 1) * width]
    }
    state.counts += [noted] + marks
    state.numbers += [
      Array(observations[..<(rows * width)]), others, Array(actions[..<(rows * actionWidth)]),
      Array(rewards[..<rows]), Array(factors[..<rows]),
    ]
  }

  /// Whether something holds for every number of every action that is kept.
  func allActions(_ isTrue: (Float) -> Bool) -> Bool {
    actions[..<(count * actionWidth)].allSatisfy(isTrue)
  }

  /// Whether the step in the place after this one saw, bit for bit, what is seen next.
  private func isFollowed(_ row: Int) -> Bool {
    row + 1 < count
      && (0..<width).allSatisfy {
        nextObservations[row * width + $0].bitPattern
          == observations[(row + 1) * width + $0].bitPattern
      }
  }

  /// A memory of the same sizes with what a state says; nil where that is of others.
  func read(from reader: inout LearnerStateReader) -> ReplayMemory? {
    guard let noted = reader.count() else { return nil }
    var memory = self
    memory.noted = noted
    let rows = memory.count
    var marks: [Int64] = []
    for _ in 0..<(rows + 63) / 64 {
      guard let mark = reader.count(.min ... .max) else { return nil }
      marks.append(mark)
    }
    let isMarked = { (row: Int) in marks[row / 64] >> Int64(row % 64) & 1 == 1 }
    guard let observations = reader.numbers(rows * width),
      let others = reader.numbers((0..<rows).count { isMarked($0) } * width),
      let actions = reader.numbers(rows * actionWidth), let rewards = reader.numbers(rows),
      let factors = reader.numbers(rows), rows == 0 || isMarked(rows - 1)
    else { return nil }
    var next: [Float] = []
    var place = 0
    for row in 0..<rows {
      if isMarked(row) {
        next += others[place..<place + width]
        place += width
      } else {
        next += observations[(row + 1) * width..<(row + 2) * width]
      }
    }
    // Beyond them stands what nothing was noted of yet: 0, as in a memory that is new.
    let whole = { (numbers: [Float], width: Int) in
      numbers + [Float](repeating: 0, count: (capacity - rows) * width)
    }
    memory.observations = whole(observations, width)
    memory.nextObservations = whole(next, width)
    memory.actions = whole(actions, actionWidth)
    memory.rewards = whole(rewards, 1)
    memory.factors = whole(factors, 1)
    return memory
  }
}
