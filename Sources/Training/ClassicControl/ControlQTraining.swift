import Determinism
public import Learners

/// A learner of worths and the task that it plays: as a value it is the whole of a training.
///
/// A copy goes on as the original does, bit for bit.
public struct ControlQTraining<Problem: DiscreteControlTask>: Sendable, Equatable {
  /// What is learned.
  public private(set) var learner: DeepQLearning
  /// The sums of rewards of the episodes that ended, in order.
  public var returns: [Double] { episodes.returns }

  private var episodes: ControlEpisodes<Problem>

  /// Begins.
  public init(settings: DeepQLearning.Settings, seed: UInt64) {
    learner = DeepQLearning(
      observationWidth: Problem.observationWidth, actions: Problem.actionCount, settings: settings,
      seed: seed)
    episodes = ControlEpisodes(1, seed: seed)
  }

  /// Plays some steps, and learns where it is time.
  public mutating func play(steps: Int, _ workspace: inout DeepQLearning.Workspace) {
    for _ in 0..<steps {
      let seen = episodes.observations
      let action = learner.choose(seen, &workspace)
      let outcome = episodes.step(0, action, looks: true)
      learner.note(
        seen, action, reward: Float(outcome.reward), next: outcome.seen, isOver: outcome.isOver,
        hasEnded: outcome.hasEnded, &workspace)
    }
  }
}
