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
  private var ends: [Bool]

  /// Keeps nothing yet.
  public init(capacity: Int, observationWidth: Int, actionWidth: Int) {
    self.capacity = capacity
    width = observationWidth
    self.actionWidth = actionWidth
    observations = [Float](repeating: 0, count: capacity * observationWidth)
    nextObservations = observations
    actions = [Float](repeating: 0, count: capacity * actionWidth)
    rewards = [Float](repeating: 0, count: capacity)
    ends = [Bool](repeating: false, count: capacity)
  }

  /// How many are kept.
  public var count: Int { Int(min(noted, Int64(capacity))) }

  /// Notes a step; `isOver` says that nothing comes after it.
  public mutating func note(
    _ observation: [Float], _ action: [Float], reward: Float, next: [Float], isOver: Bool
  ) {
    let place = Int(noted % Int64(capacity))
    for column in 0..<width {
      observations[place * width + column] = observation[column]
      nextObservations[place * width + column] = next[column]
    }
    for column in 0..<actionWidth { actions[place * actionWidth + column] = action[column] }
    rewards[place] = reward
    ends[place] = isOver
    noted += 1
  }

  /// Draws as many steps as a batch has rows, with repetition: a function of the key and the tick.
  ///
  /// - Precondition: something is kept.
  public func draw(_ batch: inout ReplayBatch, key: NoiseKey, tick: Int64) {
    for row in batch.rewards.indices {
      let place = Int(key.integer(below: UInt64(count), tick: tick, slot: UInt32(row), draw: 0))
      for column in 0..<width {
        batch.observations[row * width + column] = observations[place * width + column]
        batch.nextObservations[row * width + column] = nextObservations[place * width + column]
      }
      for column in 0..<actionWidth {
        batch.actions[row * actionWidth + column] = actions[place * actionWidth + column]
      }
      batch.rewards[row] = rewards[place]
      batch.ends[row] = ends[place]
    }
  }
}

/// Steps that were drawn, row by row.
public struct ReplayBatch: Sendable, Equatable {
  /// What was seen.
  public internal(set) var observations: [Float]
  /// What was seen after it.
  public internal(set) var nextObservations: [Float]
  /// What was done.
  public internal(set) var actions: [Float]
  /// What came of it.
  public internal(set) var rewards: [Float]
  /// Whether nothing came after it.
  public internal(set) var ends: [Bool]

  /// Makes room.
  public init(rows: Int, observationWidth: Int, actionWidth: Int) {
    observations = [Float](repeating: 0, count: rows * observationWidth)
    nextObservations = observations
    actions = [Float](repeating: 0, count: rows * actionWidth)
    rewards = [Float](repeating: 0, count: rows)
    ends = [Bool](repeating: false, count: rows)
  }
}
