import Determinism
public import Learners

/// A learner of continuous actions and the task that it plays: as a value it is the whole of a
/// training.
///
/// A copy goes on as the original does, bit for bit.
public struct ControlSoftTraining<Problem: ControlTask>: Sendable, Equatable
where Problem.Action == Double {
  /// What is learned.
  public private(set) var learner: SoftActorCritic
  /// The sums of rewards of the episodes that ended, in order.
  public var returns: [Double] { episodes.returns }

  private var episodes: ControlEpisodes<Problem>
  private let seed: UInt64

  /// Begins.
  public init(settings: SoftActorCritic.Settings, seed: UInt64) {
    self.seed = seed
    learner = SoftActorCritic(
      observationWidth: Problem.observationWidth, actionWidth: 1, settings: settings, seed: seed)
    episodes = ControlEpisodes(1, seed: seed)
  }

  /// Plays some steps, and learns where it is time.
  public mutating func play(steps: Int, _ workspace: inout SoftActorCritic.Workspace) {
    for _ in 0..<steps {
      let seen = episodes.observations
      let action = learner.choose(seen, &workspace)
      let outcome = episodes.step(0, Double(action[0]), looks: true)
      learner.note(
        seen, action, reward: Float(outcome.reward), next: outcome.seen, isOver: outcome.isOver,
        &workspace)
    }
  }

  /// The sums of rewards of some episodes in which the middle action is always taken.
  ///
  /// They begin where no episode of the training did.
  public func evaluate(
    episodes: Int, _ workspace: inout SoftActorCritic.Workspace
  ) -> [Double] {
    let key = NoiseKey(seed: seed, entity: "task", purpose: "evaluation")
    return (0..<episodes).map { episode in
      var task = Problem(key: key, tick: Int64(episode), slot: 0)
      var sum = 0.0
      for _ in 0..<Problem.timeLimit {
        let seen = task.observation.map { Float($0) }
        let (reward, isOver) = task.step(Double(learner.best(seen, &workspace)[0]))
        sum += reward
        if isOver { break }
      }
      return sum
    }
  }
}
