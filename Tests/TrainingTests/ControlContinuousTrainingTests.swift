import Determinism
import Learners
import TestSupport
import Testing

@testable import Training

/// Proximal policy optimisation of actions that are numbers.
@Suite(.serialized) struct ControlContinuousTrainingTests {
  private func begin() -> ControlTraining<Pendulum> {
    var settings = ProximalPolicyOptimization.Settings()
    (settings.environments, settings.steps, settings.updates) = (4, 64, 4)
    (settings.hidden, settings.entropyWeight) = ([9, 8], 0.01)
    return ControlTraining(settings: settings, seed: 2, scales: true)
  }

  private func train(
    _ training: inout ControlTraining<Pendulum>, updates: Int
  ) -> [ProximalPolicyOptimization.Metrics] {
    var workspace = training.workspace
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
    #expect(expected.learner.parameterHash == 0x05FC_E76A_7D6F_F090)
    #expect(expected.learner.logDeviations.allSatisfy { $0 != 0 && $0.isFinite })
  }

  @Test func `the first minibatch has not moved, bit for bit`() {
    var training = begin()
    for metrics in train(&training, updates: 4) {
      #expect(metrics.firstUnmoved == 1 && metrics.firstDivergence == 0)
      #expect(metrics.lastDivergence != 0 && metrics.entropy > 1)
    }
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
  func `a pendulum hangs less`() {
    var settings = ProximalPolicyOptimization.Settings()
    (settings.environments, settings.steps, settings.minibatches) = (4, 1024, 64)
    (settings.epochs, settings.discount, settings.updates) = (10, 0.9, 20)
    (settings.rate, settings.annealsRate, settings.entropyWeight) = (1e-3, false, 0)
    var training = ControlTraining<Pendulum>(settings: settings, seed: 1, scales: true)
    _ = train(&training, updates: 20)
    let first = training.returns.prefix(20).reduce(0, +) / 20
    let last = training.returns.suffix(20).reduce(0, +) / 20
    #expect(last > first + 400)
  }
}
