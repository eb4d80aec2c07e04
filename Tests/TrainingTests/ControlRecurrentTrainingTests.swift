import Determinism
import Learners
import TestSupport
import Testing

@testable import Training

@Suite(.serialized) struct ControlRecurrentTrainingTests {
  private typealias Training = ControlRecurrentTraining<BlindCartPole>

  private func begin(seed: UInt64 = 2) -> Training {
    var settings = RecurrentPolicyOptimization.Settings()
    (settings.memory, settings.base.hidden, settings.base.steps) = (9, [8], 32)
    (settings.base.environments, settings.base.minibatches) = (4, 2)
    settings.base.updates = 4
    return Training(settings: settings, seed: seed)
  }

  private func train(
    _ training: inout Training, updates: Int
  ) -> [ProximalPolicyOptimization.Metrics] {
    var workspace = RecurrentPolicyOptimization.Workspace(training.learner)
    return (0..<updates).map { _ in training.update(&workspace) }
  }

  @Test func `weights are the same bits at every level, and known`() {
    var expected = begin()
    _ = train(&expected, updates: 3)
    for level in Kernels.Level.allCases {
      Kernels.select(level)
      var training = begin()
      _ = train(&training, updates: 3)
      #expect(training == expected, "\(level)")
    }
    Kernels.select(.automatic)
    #expect(expected.learner.parameterHash == 0xD359_7EE7_2CC5_9209)
  }

  /// Whole sequences give the bits that steps one by one gave, although episodes ended within them.
  @Test func `the first minibatch has not moved, bit for bit`() {
    var training = begin()
    for metrics in train(&training, updates: 4) {
      #expect(metrics.firstUnmoved == 1 && metrics.firstDivergence == 0)
      #expect(metrics.lastDivergence != 0 && metrics.gradientNorm > 0)
    }
    #expect(training.returns.count > 5)
  }

  @Test func `it goes on from any update as if it had not stopped`() {
    var whole = begin()
    _ = train(&whole, updates: 4)
    for stop in 0..<4 {
      var training = begin()
      _ = train(&training, updates: stop)
      _ = train(&training, updates: 4 - stop)
      #expect(training == whole)
    }
  }

  @Test(.enabled(if: Effort.isFull, "debug builds learn too slowly"))
  func `a pole whose speed is not seen is balanced better`() {
    var settings = RecurrentPolicyOptimization.Settings()
    (settings.memory, settings.base.rate, settings.base.updates) = (32, 1e-3, 60)
    var training = Training(settings: settings, seed: 1)
    _ = train(&training, updates: 60)
    let first = training.returns.prefix(100).reduce(0, +) / 100
    let last = training.returns.suffix(20).reduce(0, +) / 20
    #expect(last > 3 * first)
  }
}
