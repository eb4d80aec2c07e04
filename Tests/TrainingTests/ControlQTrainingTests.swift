import Determinism
import Learners
import Networks
import TestSupport
import Testing

@testable import Training

@Suite(.serialized) struct ControlQTrainingTests {
  private var settings: DeepQLearning.Settings {
    var settings = DeepQLearning.Settings()
    (settings.steps, settings.capacity, settings.start) = (2000, 300, 100)
    (settings.batch, settings.targetEvery) = (32, 50)
    return settings
  }

  private func train(
    steps: Int, isDouble: Bool = false
  ) -> ControlQTraining<CartPole> {
    var settings = settings
    settings.isDouble = isDouble
    var training = ControlQTraining<CartPole>(settings: settings, seed: 2)
    var workspace = DeepQLearning.Workspace(training.learner)
    training.play(steps: steps, &workspace)
    return training
  }

  @Test(arguments: [false, true])
  func `weights are the same bits at every level, and known`(isDouble: Bool) {
    let expected = train(steps: 600, isDouble: isDouble).learner
    #expect(expected.updateCount == 49)
    for level in Kernels.Level.allCases {
      Kernels.select(level)
      #expect(train(steps: 600, isDouble: isDouble).learner == expected, "\(level)")
    }
    Kernels.select(.automatic)
    #expect(expected.parameterHash == (isDouble ? 0x95CA_8B9D_DAB8_CF3A : 0x3666_0C60_9637_06FA))
    #expect(train(steps: 600, isDouble: !isDouble).learner.parameterHash != expected.parameterHash)
  }

  @Test func `it goes on from any step as if it had not stopped`() {
    let whole = train(steps: 500)
    for stop in [0, 99, 101, 250, 499] {
      var copy = train(steps: stop)
      var fresh = DeepQLearning.Workspace(copy.learner)
      copy.play(steps: 500 - stop, &fresh)
      #expect(copy == whole)
    }
  }

  /// Every option at once: as deterministic, resumable and different from plain as it should be.
  @Test func `dueling, chained and prioritised, weights are the same bits, and known`() {
    var settings = settings
    (settings.isDouble, settings.isDueling, settings.chain) = (true, true, 3)
    (settings.priority, settings.loss) = (0.6, .huber(delta: 1))
    let whole = ControlQTraining<CartPole>(settings: settings, seed: 2)
    let train = { (stops: [Int]) in
      var training = whole
      for (from, to) in zip([0] + stops, stops) {
        var workspace = DeepQLearning.Workspace(training.learner)
        training.play(steps: to - from, &workspace)
      }
      return training
    }
    let expected = train([600])
    for level in Kernels.Level.allCases {
      Kernels.select(level)
      #expect(train([99, 300, 600]) == expected, "\(level)")
    }
    Kernels.select(.automatic)
    #expect(expected.learner.parameterHash == 0xE61C_0C1B_1D64_164B)
  }

  @Test func `exploration falls in a straight line`() {
    #expect(train(steps: 0).learner.exploration == 1)
    #expect((train(steps: 500).learner.exploration - 0.525).magnitude < 1e-12)
    #expect(train(steps: 1500).learner.exploration == 0.05)
  }
}
