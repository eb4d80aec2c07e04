import Determinism
public import Learners

/// A learner and the tasks that it plays, side by side: as a value it is the whole of a training.
///
/// An update plays some steps and learns from them. A copy goes on as the original does, bit for bit.
public struct ControlTraining<Problem: ControlTask>: Sendable, Equatable {
  /// What is learned.
  public private(set) var learner: ProximalPolicyOptimization
  /// The sums of rewards of the episodes that ended, in order; of those at one step, by environment.
  public var returns: [Double] { episodes.returns }

  private var episodes: ControlEpisodes<Problem>
  /// What is seen and got, brought to one scale; nothing where it is left as it is.
  private var scaling: ControlScaling?
  private var step: Int64 = 0
  private let seed: UInt64

  /// Begins; `scales` says whether what is seen and got is brought to one scale.
  public init(
    settings: ProximalPolicyOptimization.Settings, seed: UInt64, scales: Bool = false
  ) {
    self.seed = seed
    learner = ProximalPolicyOptimization(
      observationWidth: Problem.observationWidth, actions: Problem.actions, settings: settings,
      seed: seed)
    episodes = ControlEpisodes(settings.environments, seed: seed)
    if scales {
      scaling = ControlScaling(
        width: Problem.observationWidth, tasks: settings.environments, discount: settings.discount)
    }
  }

  /// Plays and learns once.
  public mutating func update(
    _ workspace: inout ProximalPolicyOptimization.Workspace
  ) -> ProximalPolicyOptimization.Metrics {
    let rollout = play(&workspace)
    return learner.update(rollout, &workspace)
  }

  /// Room for its updates.
  public var workspace: ProximalPolicyOptimization.Workspace {
    let settings = learner.settings
    return ProximalPolicyOptimization.Workspace(
      learner, capacity: max(settings.environments, settings.batch / settings.minibatches))
  }

  private mutating func play(
    _ workspace: inout ProximalPolicyOptimization.Workspace
  ) -> Rollout {
    let actionKey = NoiseKey(seed: seed, entity: "policy", purpose: "action")
    var rollout = Rollout()
    let count = learner.settings.environments
    for _ in 0..<learner.settings.steps {
      var seen = episodes.observations
      scaling?.see(&seen)
      learner.look(seen.span, rows: count, &workspace)
      rollout.observations += seen
      for index in 0..<count {
        let action = learner.act(
          index, step: step, environment: index, key: actionKey, workspace, into: &rollout)
        let outcome = episodes.step(index, Problem.action(action))
        rollout.rewards.append(Float(outcome.reward))
        rollout.ends.append(outcome.hasEnded)
      }
      scaling?.get(&rollout.rewards, rollout.ends)
      step += 1
    }
    var last = episodes.observations
    scaling?.scale(&last)
    learner.look(last.span, rows: count, &workspace)
    rollout.lastValues = (0..<count).map { learner.value($0, workspace) }
    return rollout
  }

  /// The sums of rewards of some episodes in which the likeliest action is always taken.
  ///
  /// They begin where no episode of the training did.
  public func evaluate(
    episodes: Int, _ workspace: inout ProximalPolicyOptimization.Workspace
  ) -> [Double] {
    let key = NoiseKey(seed: seed, entity: "task", purpose: "evaluation")
    var returns: [Double] = []
    for episode in 0..<episodes {
      returns.append(play(Problem(key: key, tick: Int64(episode), slot: 0), &workspace))
    }
    return returns
  }

  /// The sum of rewards of an episode in which the likeliest action is always taken.
  private func play(
    _ start: Problem, _ workspace: inout ProximalPolicyOptimization.Workspace
  ) -> Double {
    var task = start
    var sum = 0.0
    for _ in 0..<Problem.timeLimit {
      var seen = task.observation.map { Float($0) }
      scaling?.scale(&seen)
      learner.look(seen.span, rows: 1, &workspace)
      let (reward, isOver) = task.step(Problem.action(learner.likeliest(0, workspace)))
      sum += reward
      if isOver { break }
    }
    return sum
  }
}
