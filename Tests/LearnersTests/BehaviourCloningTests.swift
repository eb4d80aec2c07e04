import Determinism
import Learners
import TestSupport
import Testing

@Suite(.serialized) struct BehaviourCloningTests {
  /// Rows of two numbers, and which of three actions a rule takes for each.
  private func shown(_ count: Int, seed: UInt64) -> (observations: [Float], actions: [Int32]) {
    let key = NoiseKey(seed: seed, entity: "shown", purpose: "numbers")
    let observations = (0..<2 * count).map {
      Float(key.normal(tick: Int64($0), slot: 0, draw: 0))
    }
    let actions = (0..<count).map { row -> Int32 in
      let (x, y) = (observations[2 * row], observations[2 * row + 1])
      return x > 0.3 ? 0 : x + y > 0 ? 1 : 2
    }
    return (observations, actions)
  }

  private func learner(_ settings: (inout BehaviourCloning.Settings) -> Void = { _ in })
    -> BehaviourCloning
  {
    var own = BehaviourCloning.Settings()
    (own.hidden, own.batch, own.rate) = ([16], 30, 0.01)
    settings(&own)
    return BehaviourCloning(observationWidth: 2, actions: 3, settings: own, seed: 5)
  }

  @Test func `it learns the rule, and knows it where it was not shown`() {
    let (shown, other) = (shown(500, seed: 1), self.shown(300, seed: 2))
    var learner = learner()
    var workspace = BehaviourCloning.Workspace(learner)
    let before = learner.judge(other.observations, other.actions, &workspace)
    #expect(before.loss > 1 && before.agreement < 0.7)
    var losses: [Double] = []
    for _ in 0..<30 {
      losses.append(learner.learn(shown.observations, shown.actions, &workspace).loss)
    }
    #expect(losses[29] < losses[0] / 4)
    let after = learner.judge(other.observations, other.actions, &workspace)
    #expect(after.agreement > 0.94 && after.loss < 0.25)
  }

  @Test func `the same bits at every level, and from any epoch on`() {
    let shown = shown(100, seed: 1)
    var whole = learner()
    var workspace = BehaviourCloning.Workspace(whole)
    for _ in 0..<4 { _ = whole.learn(shown.observations, shown.actions, &workspace) }
    for level in Kernels.Level.allCases {
      Kernels.select(level)
      var first = learner()
      for _ in 0..<2 { _ = first.learn(shown.observations, shown.actions, &workspace) }
      var second = learner()
      let fits = second.resume(first.state)
      #expect(fits && second == first)
      for _ in 0..<2 { _ = second.learn(shown.observations, shown.actions, &workspace) }
      #expect(second == whole, "\(level)")
    }
    Kernels.select(.automatic)
    var other = learner { $0.hidden = [8] }
    let before = other
    let fits = other.resume(whole.state)
    #expect(!fits && other == before)
  }

  /// The first step goes against the gradient of the mean loss, as differences measure it.
  @Test func `a step goes where the loss falls`() {
    let shown = shown(40, seed: 3)
    let start = learner { ($0.batch, $0.rate, $0.weightDecay) = (40, 1e-3, 0) }
    var workspace = BehaviourCloning.Workspace(start)
    var moved = start
    _ = moved.learn(shown.observations, shown.actions, &workspace)
    let loss = start.judge(shown.observations, shown.actions, &workspace).loss
    // Adam's first step is the rate in each direction, away from the sign of the slope.
    var checked = 0
    for index in start.parameters.indices {
      var state = start.state
      let width: Float = 1.0 / 128
      state.numbers[0][index] += width
      var trial = start
      _ = trial.resume(state)
      let above = trial.judge(shown.observations, shown.actions, &workspace).loss
      state.numbers[0][index] -= 2 * width
      _ = trial.resume(state)
      let below = trial.judge(shown.observations, shown.actions, &workspace).loss
      let slope = (above - below) / Double(2 * width)
      if slope.magnitude < 1e-3 { continue }
      let step = Double(moved.parameters[index] - start.parameters[index])
      #expect((step + (slope > 0 ? 1e-3 : -1e-3)).magnitude < 1e-4, "\(index), \(loss)")
      checked += 1
    }
    #expect(checked > 30)
  }
}
