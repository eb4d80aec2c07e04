import Determinism
import Learners
import TestSupport
import Testing

@testable import Training

@Suite(.serialized) struct MatrixGameTests {
  private func settings(_ optimism: Float) -> MultiAgentPolicyOptimization.Settings {
    var settings = MultiAgentPolicyOptimization.Settings()
    (settings.hidden, settings.environments, settings.epochs) = ([16], 128, 8)
    (settings.rate, settings.entropyWeight, settings.updates) = (3e-3, 0.1, 300)
    (settings.optimism, settings.expectile) = (optimism, optimism > 0 ? 0.95 : 0.5)
    return settings
  }

  private func play(
    _ game: MatrixGame, _ settings: MultiAgentPolicyOptimization.Settings, seed: UInt64
  ) -> Float {
    var training = MatrixGameTraining(game, settings: settings, seed: seed)
    var workspace = MultiAgentPolicyOptimization.Workspace(training.learner)
    for _ in 0..<settings.updates { _ = training.update(&workspace) }
    return training.reward(&workspace)
  }

  @Test(
    .enabled(if: Effort.isFull, "debug builds learn too slowly"),
    arguments: [MatrixGame.climbing, .penalty(50), .penalty(100)])
  func `optimists find the best choice in nine of ten seeds`(game: MatrixGame) {
    let found = (1...10 as ClosedRange<UInt64>).map { play(game, settings(1), seed: $0) }
    print("MAPPO: best \(game.best), found \(found)")
    #expect(found.count { $0 == game.best } >= 9, "\(found)")
  }

  /// The control: without optimism they settle for what is safe.
  @Test(.enabled(if: Effort.isFull, "debug builds learn too slowly"))
  func `others do not climb`() {
    let found = (1...10 as ClosedRange<UInt64>).map { play(.climbing, settings(0), seed: $0) }
    #expect(found.count { $0 == 11 } <= 3, "\(found)")
  }

  private func train(
    _ updates: Int, _ settings: MultiAgentPolicyOptimization.Settings
  ) -> MatrixGameTraining {
    var training = MatrixGameTraining(.climbing, settings: settings, seed: 4)
    var workspace = MultiAgentPolicyOptimization.Workspace(training.learner)
    for _ in 0..<updates {
      let metrics = training.update(&workspace)
      #expect(metrics.firstUnmoved == 1)
    }
    return training
  }

  /// Accepted once; they must never change without a reason that the commit names.
  private static let known: [UInt64] = [
    2_733_985_388_880_467_225, 17_707_347_080_787_236_522, 16_116_562_057_469_699_899,
    1_593_101_898_857_291_621,
  ]

  @Test(arguments: [false, true], [MultiAgentPolicyOptimization.Sight.shared, .own])
  func `weights are the same bits at every level, and it goes on from any update`(
    sharesPolicy: Bool, sight: MultiAgentPolicyOptimization.Sight
  ) {
    var settings = settings(0.5)
    (settings.sharesPolicy, settings.sight, settings.steps) = (sharesPolicy, sight, 3)
    (settings.environments, settings.epochs) = (9, 2)
    let expected = train(4, settings)
    for level in Kernels.Level.allCases {
      Kernels.select(level)
      #expect(train(4, settings) == expected, "\(level)")
    }
    Kernels.select(.automatic)
    #expect(
      expected.learner.parameterHash == Self.known[(sharesPolicy ? 2 : 0) + Int(sight.rawValue)])
    for stop in 0..<4 {
      let first = train(stop, settings)
      let before = first.learner.parameterHash
      var copy = first
      var workspace = MultiAgentPolicyOptimization.Workspace(copy.learner)
      for _ in stop..<4 { _ = copy.update(&workspace) }
      #expect(copy == expected)
      #expect(first.learner.parameterHash == before)
    }
  }
}
