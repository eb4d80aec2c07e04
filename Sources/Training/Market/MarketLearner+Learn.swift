import Agents
import Determinism
import Learners
import Networks

/// What learners make of episodes.
extension MarketLearner {
  /// Room to learn in.
  var workspace: Workspace {
    switch self {
    case .ppo(let learner):
      var workspace = ProximalPolicyOptimization.Workspace(
        learner, capacity: learner.settings.batch / learner.settings.minibatches)
      workspace.keepsHashes = true
      return .ppo(workspace)
    case .recurrentPPO(let learner):
      var workspace = RecurrentPolicyOptimization.Workspace(learner)
      workspace.keepsHashes = true
      return .recurrentPPO(workspace)
    case .dqn(let learner): return .dqn(DeepQLearning.Workspace(learner))
    case .sac(let learner): return .sac(SoftActorCritic.Workspace(learner))
    }
  }

  /// Notes what critic and policy said at each decision of an episode, the same numbers that the agent drew
  /// from, where the algorithm learns from them.
  func look(_ episode: inout MarketEpisode) {
    switch self {
    case .ppo(let learner): Self.look(learner, &episode)
    case .recurrentPPO(let learner): Self.look(learner, &episode)
    case .dqn, .sac: break
    }
  }

  /// Goes through an episode in parts, each with what was remembered before it.
  private static func look(_ learner: RecurrentPolicyOptimization, _ episode: inout MarketEpisode) {
    let (width, capacity) = (learner.unit.inputs, 256)
    var workspace = RecurrentPolicyOptimization.Workspace(learner, rows: capacity)
    var memory = episode.memory
    for first in stride(from: 0, to: episode.actions.count, by: capacity) {
      let rows = min(capacity, episode.actions.count - first)
      learner.look(
        episode.observations.span.extracting(first * width..<(first + rows) * width),
        memory: memory.span, starts: [Bool](repeating: false, count: rows), &workspace)
      for row in 0..<rows {
        episode.logProbabilities.append(
          learner.logProbability(row, Int(episode.actions[first + row]), workspace))
        episode.values.append(learner.value(row, workspace))
      }
      memory = learner.memory(rows: rows, workspace).suffix(learner.unit.width)
    }
  }

  private static func look(_ learner: ProximalPolicyOptimization, _ episode: inout MarketEpisode) {
    let (width, capacity) = (learner.policy.inputs, 256)
    var workspace = ProximalPolicyOptimization.Workspace(learner, capacity: capacity)
    let (numbers, wide) = (learner.logDeviations.count, learner.critic.inputs)
    for first in stride(from: 0, to: episode.actions.count, by: capacity) {
      let rows = min(capacity, episode.actions.count - first)
      let seen = Array(episode.observations[first * width..<(first + rows) * width])
      let all =
        learner.criticSeesMore
        ? Array(episode.criticObservations[first * wide..<(first + rows) * wide]) : seen
      learner.look(seen.span, critic: all.span, rows: rows, &workspace)
      for row in 0..<rows {
        let step = first + row
        episode.logProbabilities.append(
          numbers == 0
            ? learner.logProbability(row, Int(episode.actions[step]), workspace)
            : learner.logDensity(
              row, episode.numbers[step * numbers..<(step + 1) * numbers], workspace))
        episode.values.append(learner.value(row, workspace))
      }
    }
  }

  /// Learns from episodes, in their order, whose rewards are multiplied with a number first and kept
  /// within the reach of what policies see.
  ///
  /// - Precondition: the workspace is that of this learner.
  mutating func learn(
    _ episodes: [MarketEpisode], scale: Float, _ workspace: inout Workspace
  ) -> Lesson {
    let reward = { (reward: Double) in
      min(max(Float(reward) * scale, -TradingPolicy.reach), TradingPolicy.reach)
    }
    // Moved out of both and back: only what somebody else has too is copied.
    switch (consume self, consume workspace) {
    case (.ppo(var learner), .ppo(var own)):
      let wide = learner.criticSeesMore ? learner.critic.inputs : 0
      let played = Self.rollout(
        episodes, steps: learner.settings.steps, width: learner.policy.inputs,
        numbers: learner.logDeviations.count, critic: wide, reward)
      let metrics = learner.update(played, &own)
      (self, workspace) = (.ppo(learner), .ppo(own))
      return Lesson(learner.logDeviations.isEmpty ? .ppo : .continuousPPO, metrics)
    case (.recurrentPPO(var learner), .recurrentPPO(var own)):
      var played = RecurrentPolicyOptimization.Sequences(memory: episodes.flatMap { $0.memory })
      played.rollout = Self.rollout(
        episodes, steps: learner.settings.base.steps, width: learner.unit.inputs, numbers: 0,
        critic: 0, reward)
      // An episode's first decision remembers what was given, not nothing.
      played.starts = [Bool](repeating: false, count: played.rollout.actions.count)
      let metrics = learner.update(played, &own)
      (self, workspace) = (.recurrentPPO(learner), .recurrentPPO(own))
      return Lesson(.recurrentPPO, metrics)
    case (.dqn(var learner), .dqn(var own)):
      let lesson = Self.learn(&learner, episodes, reward, &own)
      (self, workspace) = (.dqn(learner), .dqn(own))
      return lesson
    case (.sac(var learner), .sac(var own)):
      let lesson = Self.learn(&learner, episodes, reward, &own)
      (self, workspace) = (.sac(learner), .sac(own))
      return lesson
    default: preconditionFailure("Invariant: a workspace is its learner's")
    }
  }

  /// The first decisions of episodes, side by side: so many numbers were seen in each, done beside an action,
  /// and seen by a critic of its own.
  private static func rollout(
    _ episodes: [MarketEpisode], steps: Int, width: Int, numbers: Int, critic wide: Int,
    _ reward: (Double) -> Float
  ) -> Rollout {
    var rollout = Rollout()
    for step in 0..<steps {
      for episode in episodes {
        rollout.observations += episode.observations[step * width..<(step + 1) * width]
        rollout.criticObservations +=
          episode.criticObservations[step * wide..<(step + 1) * wide]
        rollout.actions.append(episode.actions[step])
        rollout.continuousActions += episode.numbers[step * numbers..<(step + 1) * numbers]
        rollout.logProbabilities.append(episode.logProbabilities[step])
        rollout.values.append(episode.values[step])
        rollout.rewards.append(reward(episode.rewards[step]))
        rollout.ends.append(step == steps - 1)
      }
    }
    rollout.lastValues = [Float](repeating: 0, count: episodes.count)
    return rollout
  }

  private static func learn(
    _ learner: inout DeepQLearning, _ episodes: [MarketEpisode], _ reward: (Double) -> Float,
    _ workspace: inout DeepQLearning.Workspace
  ) -> Lesson {
    var lesson = Lesson(algorithm: .dqn, values: [0, 0, Float(learner.exploration)])
    for episode in episodes {
      episode.forEachStep { step in
        let metrics = learner.note(
          step.observation, Int(episode.actions[step.number]), reward: reward(step.reward),
          next: step.next, isOver: step.isLast, hasEnded: step.isLast, &workspace)
        guard let metrics else { return }
        lesson.values[0] += metrics.loss
        lesson.values[1] += metrics.worth
        lesson.hashes.append(learner.parameterHash)
      }
    }
    lesson.divide(upTo: 2)
    return lesson
  }

  private static func learn(
    _ learner: inout SoftActorCritic, _ episodes: [MarketEpisode], _ reward: (Double) -> Float,
    _ workspace: inout SoftActorCritic.Workspace
  ) -> Lesson {
    let temperature = Elementary.exp(learner.logTemperature[0])
    var lesson = Lesson(algorithm: .sac, values: [0, 0, 0, 0])
    let width = learner.actionWidth
    for episode in episodes {
      episode.forEachStep { step in
        let action = Array(episode.numbers[step.number * width..<(step.number + 1) * width])
        let metrics = learner.note(
          step.observation, action, reward: reward(step.reward), next: step.next,
          isOver: step.isLast, &workspace)
        guard let metrics else { return }
        lesson.values[0] += metrics.criticLoss
        lesson.values[1] += metrics.worth
        lesson.values[2] += metrics.entropy
        lesson.values[3] += metrics.temperature
        lesson.hashes.append(learner.parameterHash)
      }
    }
    lesson.divide(upTo: 4)
    if lesson.hashes.isEmpty { lesson.values[3] = temperature }
    return lesson
  }
}

extension Lesson {
  /// What an update of proximal policy optimisation came to.
  fileprivate init(
    _ algorithm: LearningAlgorithm, _ metrics: ProximalPolicyOptimization.Metrics
  ) {
    self.init(
      algorithm: algorithm,
      values: [
        metrics.policyLoss, metrics.valueLoss, metrics.entropy, metrics.lastDivergence,
        metrics.clipped, metrics.gradientNorm, metrics.explained, metrics.firstDivergence,
        metrics.firstUnmoved,
      ], hashes: metrics.hashes)
  }

  /// Makes sums over gradient steps means.
  fileprivate mutating func divide(upTo count: Int) {
    if hashes.isEmpty { return }
    for place in 0..<count { values[place] /= Float(hashes.count) }
  }
}
