import Determinism
import Learners
import TestSupport
import Testing

@testable import Training

@Suite(.serialized) struct ControlTrainingTests {
  private func settings(updates: Int) -> ProximalPolicyOptimization.Settings {
    var settings = ProximalPolicyOptimization.Settings()
    settings.updates = updates
    return settings
  }

  /// Trains on CartPole and returns the training and the metrics of each update.
  private func train(
    updates: Int, seed: UInt64 = 1
  ) -> (ControlTraining<CartPole>, [ProximalPolicyOptimization.Metrics]) {
    var training = ControlTraining<CartPole>(settings: settings(updates: updates), seed: seed)
    var workspace = training.workspace
    let metrics = (0..<updates).map { _ in training.update(&workspace) }
    return (training, metrics)
  }

  @Test func `weights are the same bits at every level, and known`() {
    for level in Kernels.Level.allCases {
      Kernels.select(level)
      #expect(train(updates: 3).0.learner.parameterHash == Self.known, "\(level)")
    }
    Kernels.select(.automatic)
  }

  /// Accepted once; it must never change without a reason that the commit names.
  private static let known: UInt64 = 0x9B18_D59D_3CDB_A33A

  @Test func `the first minibatch has not moved, bit for bit`() {
    for metrics in train(updates: 3).1 {
      #expect(metrics.firstUnmoved == 1 && metrics.firstDivergence == 0)
      #expect(metrics.lastDivergence != 0 && metrics.gradientNorm > 0)
    }
  }

  @Test func `a rate of 0 leaves every bit of the weights`() {
    var settings = settings(updates: 2)
    settings.rate = 0
    var training = ControlTraining<CartPole>(settings: settings, seed: 3)
    let before = training.learner.parameterHash
    var workspace = training.workspace
    _ = training.update(&workspace)
    #expect(training.learner.parameterHash == before)
  }

  @Test func `it goes on from any update as if it had not stopped`() {
    let whole = train(updates: 4).0
    for stop in 0..<4 {
      var training = ControlTraining<CartPole>(settings: settings(updates: 4), seed: 1)
      var workspace = training.workspace
      for _ in 0..<stop { _ = training.update(&workspace) }
      var copy = training
      var fresh = copy.workspace
      for _ in stop..<4 { _ = copy.update(&fresh) }
      #expect(copy == whole)
    }
  }

  @Test(.enabled(if: Effort.isFull, "debug builds learn too slowly"))
  func `CartPole is learned, as published`() {
    let (training, metrics) = train(updates: 200)
    let last = training.returns.suffix(20)
    #expect(last.reduce(0, +) / Double(last.count) > 150)
    #expect((metrics.last?.entropy ?? 1) < metrics[0].entropy)
  }
}
