public import Networks

/// Generalised advantage estimation.
public enum AdvantageEstimation {
  /// Advantages of steps that several environments took side by side.
  ///
  /// `rewards`, `values` and `ends` have a row for each step and a column for each environment;
  /// `ends` says that the episode ended with that step. `lastValues` are those of what is seen
  /// after the last step. With d the end of a step as 0 or 1:
  /// delta_t = r_t + gamma (1 - d_t) v_(t+1) - v_t and a_t = delta_t + gamma lambda (1 - d_t) a_(t+1).
  /// - Source: J. Schulman and others, High-dimensional continuous control using generalized
  ///   advantage estimation, <https://arxiv.org/abs/1506.02438>, section 3.
  /// - Complexity: O(steps * environments).
  public static func advantages<Scalar: BinaryFloatingPoint>(
    rewards: [Scalar], values: [Scalar], ends: [Bool], lastValues: [Scalar], discount: Scalar,
    lambda: Scalar
  ) -> [Scalar] {
    let width = lastValues.count
    var advantages = [Scalar](repeating: 0, count: rewards.count)
    for environment in 0..<width {
      var (next, advantage) = (lastValues[environment], 0 as Scalar)
      var index = rewards.count - width + environment
      while index >= 0 {
        let goesOn: Scalar = ends[index] ? 0 : 1
        let delta = rewards[index] + discount * goesOn * next - values[index]
        advantage = delta + discount * lambda * goesOn * advantage
        advantages[index] = advantage
        next = values[index]
        index -= width
      }
    }
    return advantages
  }

  /// Advantages brought to mean 0 and deviation 1, that of what they are drawn from.
  ///
  /// - Complexity: O(n).
  public static func normalized<Scalar: NetworkScalar>(_ advantages: [Scalar]) -> [Scalar] {
    let moments = SampleMoments(advantages.map { Double($0) })
    let (mean, deviation) = (Scalar(moments.mean), Scalar(moments.deviation))
    return advantages.map { ($0 - mean) / (deviation + 1e-8) }
  }
}
