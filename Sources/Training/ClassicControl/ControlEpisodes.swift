import Determinism

/// Control tasks that are played side by side, episode after episode.
struct ControlEpisodes<Problem: ControlTask>: Sendable, Equatable {
  /// The tasks as they are.
  private(set) var tasks: [Problem]
  /// The sums of rewards of the episodes that ended, in order; of those at one step, by task.
  private(set) var returns: [Double] = []

  private var lengths: [Int]
  private var sums: [Double]
  /// Episodes that each task began.
  private var counts: [Int64]
  private let key: NoiseKey

  init(_ count: Int, seed: UInt64) {
    let key = NoiseKey(seed: seed, entity: "task", purpose: "reset")
    self.key = key
    tasks = (0..<count).map { Problem(key: key, tick: 0, slot: UInt32($0)) }
    lengths = [Int](repeating: 0, count: count)
    sums = [Double](repeating: 0, count: count)
    counts = [Int64](repeating: 1, count: count)
  }

  /// What is seen of all tasks.
  var observations: [Float] {
    var seen: [Float] = []
    seen.reserveCapacity(tasks.count * Problem.observationWidth)
    for task in tasks {
      for number in task.observation { seen.append(Float(number)) }
    }
    return seen
  }

  /// What came of a step.
  struct Outcome {
    var reward: Double
    /// Whether the episode was over by itself.
    var isOver: Bool
    /// Whether it ended, by itself or cut off; the task is at the beginning of its next one then.
    var hasEnded: Bool
    /// What was seen after the step, of the episode that the step was in; nothing where nobody looked.
    var seen: [Float]
  }

  mutating func step(_ index: Int, _ action: Problem.Action, looks: Bool = false) -> Outcome {
    let (reward, isOver) = tasks[index].step(action)
    let seen = looks ? tasks[index].observation.map { Float($0) } : []
    lengths[index] += 1
    sums[index] += reward
    let hasEnded = isOver || lengths[index] >= Problem.timeLimit
    if hasEnded {
      returns.append(sums[index])
      (lengths[index], sums[index]) = (0, 0)
      tasks[index] = Problem(key: key, tick: counts[index], slot: UInt32(index))
      counts[index] += 1
    }
    return Outcome(reward: reward, isOver: isOver, hasEnded: hasEnded, seen: seen)
  }
}
