import Determinism
import Networks
import TestSupport
import Testing

@testable import Learners

@Suite struct WorthScaleTests {
  private func numbers(_ name: String) -> [Double] { NetworkFixtures.numbers("scale\(name)") }

  @Test func `it follows what comes and keeps what is said, as PyTorch does`() {
    var scale = WorthScale(decay: 0.9)
    var layer = numbers(".parameters")
    let seen = numbers(".input")
    for step in 0..<3 {
      let before = scale
      let said = outputs(layer, seen).map { before.restored($0) }
      let came = numbers(".\(step).numbers")
      scale.note(came)
      #expect(difference([scale.mean, scale.deviation], numbers(".\(step).moments")) < 1e-12)
      #expect(difference(came.map { scale.normal($0) }, numbers(".\(step).normal")) < 1e-12)
      scale.preserve(&layer[...], from: before)
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
    var scale = WorthScale(decay: 0.5)
    #expect(scale.mean == 0 && scale.deviation == 0.1)
    for _ in 0..<4 { scale.note([7, 7, 7] as [Float]) }
    #expect(scale.mean == 7 && scale.deviation == 0.1)
    #expect(scale.restored(scale.normal(12.5)) == 12.5)
  }

  private func learner(_ scaling: MultiAgentPolicyOptimization.Scaling)
    -> MultiAgentPolicyOptimization
  {
    var settings = MultiAgentPolicyOptimization.Settings()
    (settings.environments, settings.updates, settings.hidden) = (16, 60, [16])
    (settings.scaling, settings.scaleDecay) = (scaling, 0.9)
    return MultiAgentPolicyOptimization(
      agents: 2, observationWidth: 1, actions: 2, settings: settings, seed: 3)
  }

  private let seen = [Float](repeating: 1, count: 32)
  private let key = NoiseKey(seed: 3, entity: "rewards", purpose: "test")

  private func learn(_ learner: inout MultiAgentPolicyOptimization, updates: Int64) -> Float {
    var workspace = MultiAgentPolicyOptimization.Workspace(learner)
    for update in 0..<updates {
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
    return learner.values(seen, &workspace)[0]
  }

  /// Rewards of thousands are out of reach of a critic that begins near 0 and moves by 5e-4 at most.
  ///
  /// The hashes are known: the same bits at every kernel level, in debug and in release.
  @Test(arguments: [
    (MultiAgentPolicyOptimization.Scaling.none, false, 0xde93_9a40_d1a4_c1a3 as UInt64),
    (.moving, true, 0xc180_159d_e309_e539),
    (.preserving, true, 0x33ba_c4f4_8a9f_9a9a),
  ])
  func `a critic learns rewards of any size where they are scaled`(
    scaling: MultiAgentPolicyOptimization.Scaling, isNear: Bool, hash: UInt64
  ) {
    var learner = learner(scaling)
    let said = learn(&learner, updates: 60)
    #expect((abs(said - 3000) < 100) == isNear, "\(said)")
    let found = BitHash.of(learner.critic.parameters) ^ learner.scale.deviation.bitPattern
    #expect(found == hash, "\(String(found, radix: 16))")
  }

  @Test func `the critic says the same by the next scale only where that is preserved`() {
    for scaling in [MultiAgentPolicyOptimization.Scaling.moving, .preserving] {
      var learner = learner(scaling)
      let before = learn(&learner, updates: 10)
      learner.noteWorths([Float](repeating: 500, count: 32), [Float](repeating: 4000, count: 32))
      var workspace = MultiAgentPolicyOptimization.Workspace(learner)
      let after = learner.values(seen, &workspace)[0]
      #expect((abs(after - before) < 0.5) == (scaling == .preserving), "\(before) \(after)")
    }
  }
}
