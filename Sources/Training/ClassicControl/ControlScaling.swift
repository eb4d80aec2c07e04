import Learners

/// What is seen of control tasks and got of them, brought to one scale.
///
/// Observations are brought to mean 0 and deviation 1 of all that was seen, rewards are divided by the
/// deviation of the discounted sums of rewards so far; both are kept within -10 to 10.
/// - Source: the fourth to eighth of the details of continuous actions in S. Huang and others, The 37
///   implementation details of proximal policy optimization (2022).
struct ControlScaling: Sendable, Equatable {
  private var observations: RunningMoments
  private var returns = RunningMoments(columns: 1)
  /// By task, the discounted sum of its rewards.
  private var sums: [Float]
  private let discount: Float

  /// Nothing seen yet.
  init(width: Int, tasks: Int, discount: Float) {
    observations = RunningMoments(columns: width)
    sums = [Float](repeating: 0, count: tasks)
    self.discount = discount
  }

  /// Takes in what is seen of all tasks, and scales it.
  mutating func see(_ seen: inout [Float]) {
    observations.add(seen.span)
    scale(&seen)
  }

  /// Scales rows of what is seen.
  func scale(_ seen: inout [Float]) {
    let width = observations.means.count
    for index in seen.indices {
      let (column, value) = (index % width, Double(seen[index]))
      let deviation = observations.deviation(column)
      seen[index] = Float(min(max((value - observations.means[column]) / deviation, -10), 10))
    }
  }

  /// Takes in the rewards of all tasks at one step, which stand last, and scales them.
  mutating func get(_ rewards: inout [Float], _ ends: [Bool]) {
    let first = rewards.count - sums.count
    for task in sums.indices { sums[task] = sums[task] * discount + rewards[first + task] }
    let now = sums
    returns.add(now.span)
    let deviation = Float(returns.deviation(0))
    for task in sums.indices {
      rewards[first + task] = min(max(rewards[first + task] / deviation, -10), 10)
      if ends[first + task] { sums[task] = 0 }
    }
  }
}
