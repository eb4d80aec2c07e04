import Determinism
public import Learners

/// A learner that remembers and the tasks that it plays, side by side: as a value it is the whole of a
/// training.
///
/// A copy goes on as the original does, bit for bit.
public struct ControlRecurrentTraining<Problem: DiscreteControlTask>: Sendable, Equatable {
  /// What is learned.
  public private(set) var learner: RecurrentPolicyOptimization
  /// The sums of rewards of the episodes that ended, in order; of those at one step, by environment.
  public var returns: [Double] { episodes.returns }

  private var episodes: ControlEpisodes<Problem>
  /// What is remembered of each task, and whether its episode is yet to begin.
  private var memory: [Float]
  private var starts: [Bool]
  /// What is seen and got, brought to one scale.
  private var scaling: ControlScaling
  private var step: Int64 = 0
  private let seed: UInt64

  /// Begins.
  public init(settings: RecurrentPolicyOptimization.Settings, seed: UInt64) {
    self.seed = seed
    learner = RecurrentPolicyOptimization(
      observationWidth: Problem.observationWidth, actions: Problem.actionCount, settings: settings,
      seed: seed)
    let count = settings.base.environments
    episodes = ControlEpisodes(count, seed: seed)
    memory = [Float](repeating: 0, count: count * settings.memory)
    starts = [Bool](repeating: true, count: count)
    scaling = ControlScaling(
      width: Problem.observationWidth, tasks: count, discount: settings.base.discount)
  }

  /// Plays and learns once.
  public mutating func update(
    _ workspace: inout RecurrentPolicyOptimization.Workspace
  ) -> ProximalPolicyOptimization.Metrics {
    let key = NoiseKey(seed: seed, entity: "policy", purpose: "action")
    var played = RecurrentPolicyOptimization.Sequences(memory: memory)
    let count = learner.settings.base.environments
    for _ in 0..<learner.settings.base.steps {
      var seen = episodes.observations
      scaling.see(&seen)
      learner.look(seen.span, memory: memory.span, starts: starts, &workspace)
      memory = learner.memory(rows: count, workspace)
      played.rollout.observations += seen
      played.starts += starts
      for index in 0..<count {
        let action = learner.act(index, step: step, key: key, workspace, into: &played.rollout)
        let outcome = episodes.step(index, action)
        played.rollout.rewards.append(Float(outcome.reward))
        played.rollout.ends.append(outcome.hasEnded)
        starts[index] = outcome.hasEnded
      }
      scaling.get(&played.rollout.rewards, played.rollout.ends)
      step += 1
    }
    var last = episodes.observations
    scaling.scale(&last)
    learner.look(last.span, memory: memory.span, starts: starts, &workspace)
    played.rollout.lastValues = (0..<count).map { learner.value($0, workspace) }
    return learner.update(played, &workspace)
  }
}
