import Determinism
public import Learners

/// A game of two players who choose a row and a column at once, and both get the number that stands
/// there.
public struct MatrixGame: Sendable, Equatable {
  /// The numbers, row by row; there are as many columns as rows.
  public let rewards: [[Float]]

  /// Two agents must climb to the best choice past worse ones that are safer: 11, between two that
  /// cost 30.
  ///
  /// - Source: C. Claus, C. Boutilier, The dynamics of reinforcement learning in cooperative
  ///   multiagent systems, AAAI 1998, table 2.
  public static let climbing = MatrixGame(rewards: [[11, -30, 0], [-30, 7, 0], [0, 6, 5]])

  /// Two best choices, and a penalty for meeting in between.
  ///
  /// - Source: the same, table 1.
  public static func penalty(_ penalty: Float) -> MatrixGame {
    MatrixGame(rewards: [[10, 0, -penalty], [0, 2, 0], [-penalty, 0, 10]])
  }

  /// The greatest number.
  public var best: Float { rewards.flatMap { $0 }.max() ?? 0 }
}

/// Two learners and the game that they play, again and again: as a value it is the whole of a training.
///
/// A copy goes on as the original does, bit for bit.
public struct MatrixGameTraining: Sendable, Equatable {
  /// What is learned.
  public private(set) var learner: MultiAgentPolicyOptimization

  private let game: MatrixGame
  private let key: NoiseKey

  /// Begins.
  public init(
    _ game: MatrixGame, settings: MultiAgentPolicyOptimization.Settings, seed: UInt64
  ) {
    self.game = game
    key = NoiseKey(seed: seed, entity: "policy", purpose: "action")
    learner = MultiAgentPolicyOptimization(
      agents: 2, observationWidth: 1, actions: game.rewards.count, settings: settings, seed: seed)
  }

  /// Plays each environment's game once, and learns.
  public mutating func update(
    _ workspace: inout MultiAgentPolicyOptimization.Workspace
  ) -> MultiAgentPolicyOptimization.Metrics {
    let count = learner.settings.environments
    var rollout = Rollout()
    let seen = [Float](repeating: 1, count: 2 * count)
    for step in 0..<learner.settings.steps {
      let tick = Int64(learner.updateCount * learner.settings.steps + step)
      let first = rollout.actions.count
      learner.choose(seen, step: tick, key: key, &workspace, into: &rollout)
      for environment in 0..<count {
        let place = first + 2 * environment
        let reward = game.rewards[Int(rollout.actions[place])][Int(rollout.actions[place + 1])]
        rollout.rewards += [reward, reward]
        rollout.ends += [true, true]
      }
    }
    rollout.lastValues = [Float](repeating: 0, count: 2 * count)
    return learner.update(rollout, &workspace)
  }

  /// What both get when each does what is likeliest.
  public func reward(_ workspace: inout MultiAgentPolicyOptimization.Workspace) -> Float {
    let chosen = learner.best([1, 1], &workspace)
    return game.rewards[chosen[0]][chosen[1]]
  }
}
