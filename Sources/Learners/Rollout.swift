/// What was played between two updates: a row for each step, environment and, where several learn, agent,
/// in this order.
public struct Rollout: Sendable, Equatable {
  /// What was seen, as many numbers as a learner sees.
  public var observations: [Float] = []
  /// What the critic saw, where it sees more than the policy does: as many numbers as it sees.
  public var criticObservations: [Float] = []
  /// What was done, where actions are counted.
  public var actions: [Int32] = []
  /// What was done, where actions are numbers: as many as each action has.
  public var continuousActions: [Float] = []
  /// The logarithm of its probability then.
  public var logProbabilities: [Float] = []
  /// What the critic said then.
  public var values: [Float] = []
  /// What came of it.
  public var rewards: [Float] = []
  /// Whether the episode ended with it.
  public var ends: [Bool] = []
  /// What the critic says of what is seen after the last step.
  public var lastValues: [Float] = []

  /// Nothing.
  public init() {}

  /// How much better each step was than the critic said; see `AdvantageEstimation`.
  func advantages(discount: Float, lambda: Float) -> [Float] {
    AdvantageEstimation.advantages(
      rewards: rewards, values: values, ends: ends, lastValues: lastValues, discount: discount,
      lambda: lambda)
  }
}
