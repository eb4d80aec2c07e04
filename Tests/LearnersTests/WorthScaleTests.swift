import Determinism
import Networks
import TestSupport
import Testing

@testable import Learners

@Suite struct WorthScaleTests {
  private func numbers(_ name: String) -> [Double] { NetworkFixtures.numbers("scale\(name)") }

  @Test func `it follows what comes and keeps what is said, as PyTorch does`() {
    var scale = WorthScale(kept: 0.9)
    var layer = numbers(".parameters")
    let seen = numbers(".input")
    for step in 0..<3 {
      let before = scale
      let said = outputs(layer, seen).map { before.restored($0) }
      let came = numbers(".\(step).numbers")
      scale.note(came)
      #expect(difference([scale.mean, scale.deviation], numbers(".\(step).moments")) < 1e-12)
      #expect(difference(came.map { scale.normal($0) }, numbers(".\(step).normal")) < 1e-12)
      scale.keep(&layer[...], as: before)
      #expect(difference(layer, numbers(".\(step).parameters")) < 1e-12)
      #expect(difference(outputs(layer, seen).map { scale.restored($0) }, said) < 1e-9)
    }
  }

  private func outputs(_ layer: [Double], _ seen: [Double]) -> [Double] {
    stride(from: 0, to: seen.count, by: 4).map { row in
      (0..<4).reduce(layer[4]) { $0 + seen[row + $1] * layer[$1] }
    }
  }

  @Test func `what was scaled comes back, and nothing is divided by 0`() {
    var scale = WorthScale(kept: 0.5)
    #expect(scale.mean == 0 && scale.deviation == 0.1)
    for _ in 0..<4 { scale.note([7, 7, 7] as [Float]) }
    #expect(scale.mean == 7 && scale.deviation == 0.1)
    #expect(scale.restored(scale.normal(12.5)) == 12.5)
  }

  /// Rewards of thousands are out of reach of a critic that begins near 0 and moves by 5e-4 at most.
  @Test(arguments: [
    (MultiAgentPolicyOptimization.Scaling.none, false), (.moving, true), (.preserving, true),
  ])
  func `a critic learns rewards of any size where they are scaled`(
    scaling: MultiAgentPolicyOptimization.Scaling, isNear: Bool
  ) {
    var settings = MultiAgentPolicyOptimization.Settings()
    (settings.environments, settings.updates, settings.hidden) = (16, 60, [16])
    settings.scaling = scaling
    var learner = MultiAgentPolicyOptimization(
      agents: 2, observationWidth: 1, actions: 2, settings: settings, seed: 3)
    var workspace = MultiAgentPolicyOptimization.Workspace(learner)
    let key = NoiseKey(seed: 3, entity: "rewards", purpose: "test")
    let seen = [Float](repeating: 1, count: 32)
    for update in 0..<Int64(settings.updates) {
      var rollout = Rollout()
      learner.choose(seen, step: update, key: key, &workspace, into: &rollout)
      for row in 0..<16 {
        let reward = 3000 + 50 * Float(key.normal(tick: update, slot: UInt32(row), draw: 9))
        rollout.rewards += [reward, reward]
        rollout.ends += [true, true]
      }
      rollout.lastValues = [Float](repeating: 0, count: 32)
      _ = learner.update(rollout, &workspace)
    }
    let said = learner.values(seen, &workspace)[0]
    #expect((abs(said - 3000) < 100) == isNear, "\(said)")
  }
}
