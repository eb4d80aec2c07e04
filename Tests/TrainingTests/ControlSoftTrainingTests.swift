import Determinism
import Learners
import TestSupport
import Testing

@testable import Training

@Suite(.serialized) struct ControlSoftTrainingTests {
  private func train(steps: Int, seed: UInt64 = 2) -> ControlSoftTraining<Pendulum> {
    var settings = SoftActorCritic.Settings()
    (settings.capacity, settings.start, settings.batch, settings.hidden) = (60, 20, 16, [17, 16])
    var training = ControlSoftTraining<Pendulum>(settings: settings, seed: seed)
    var workspace = SoftActorCritic.Workspace(training.learner)
    training.play(steps: steps, &workspace)
    return training
  }

  @Test func `weights are the same bits at every level, and known`() {
    let expected = train(steps: 90).learner
    #expect(expected.updateCount == 70)
    for level in Kernels.Level.allCases {
      Kernels.select(level)
      #expect(train(steps: 90).learner == expected, "\(level)")
    }
    Kernels.select(.automatic)
    #expect(expected.parameterHash == 0x622C_ABEE_3C08_587E)
    #expect(train(steps: 90, seed: 3).learner.parameterHash != expected.parameterHash)
  }

  @Test func `it goes on from any step as if it had not stopped`() {
    let whole = train(steps: 70)
    for stop in [0, 19, 21, 50, 69] {
      var copy = train(steps: stop)
      var fresh = SoftActorCritic.Workspace(copy.learner)
      copy.play(steps: 70 - stop, &fresh)
      #expect(copy == whole)
    }
  }

  /// The temperature rises where actions vary less than they should, and falls where more.
  @Test(arguments: [(-40 as Float, false), (40 as Float, true)])
  func `the temperature goes where the entropy asks`(entropy: Float, rises: Bool) {
    var settings = SoftActorCritic.Settings()
    (settings.capacity, settings.start, settings.batch, settings.hidden) = (60, 20, 16, [8])
    settings.entropy = entropy
    var training = ControlSoftTraining<Pendulum>(settings: settings, seed: 1)
    var workspace = SoftActorCritic.Workspace(training.learner)
    training.play(steps: 60, &workspace)
    #expect((training.learner.logTemperature[0] > 0) == rises)
  }
}
