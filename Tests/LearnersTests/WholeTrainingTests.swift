import Determinism
import Networks
import TestSupport
import Testing

@testable import Learners

/// Five steps of whole trainings, all parameters after each: what PyTorch comes to in 64 bits.
///
/// Learners work in 32 bits, whose rounding Adam does not make smaller; another detail of an update would
/// show in the third digit.
@Suite struct WholeTrainingTests {
  private func numbers(_ name: String) -> [Double] { NetworkFixtures.numbers("training.\(name)") }
  private func floats(_ name: String) -> [Float] { numbers(name).map { Float($0) } }

  @Test(arguments: ["discrete", "continuous"], 1...5)
  func `PPO takes the steps of CleanRL`(name: String, steps: Int) {
    let found = clipped(name, steps).map { Double($0) }
    #expect(difference(found, numbers("\(name).\(steps)")) < 1e-5)
    #expect(difference(found, numbers("\(name).start")) > 5e-3)
  }

  /// What is always 0 changes nothing of what a critic learns that sees it too, and nothing is learned of it.
  @Test(arguments: ["discrete", "continuous"])
  func `a critic that sees more learns the same of what it saw before`(name: String) {
    let (narrow, wide) = (clipped(name, 3), clipped(name, 3, more: 2))
    // 14 more parameters, after the critic's three rows of 7.
    let first = (3 + 1) * 7 + (7 + 1) * 6 + (6 + 1) * 2 + 3 * 7
    #expect(Array(wide[first..<first + 14]) == [Float](repeating: 0.25, count: 14))
    #expect(Array(wide[..<first] + wide[(first + 14)...]) == narrow)
  }

  /// The parameters after so many steps; the critic may see more numbers, all of them 0.
  private func clipped(_ name: String, _ steps: Int, more: Int = 0) -> [Float] {
    var settings = ProximalPolicyOptimization.Settings()
    (settings.environments, settings.steps, settings.minibatches) = (4, 6, 1)
    (settings.epochs, settings.rate, settings.annealsRate) = (steps, 0.01, false)
    settings.hidden = [7, 6]
    var learner = ProximalPolicyOptimization(
      observationWidth: 3, criticWidth: 3 + more,
      actions: name == "discrete" ? .discrete(2) : .continuous(2), settings: settings, seed: 1)
    var optimizer = Adam<Float>.Settings()
    optimizer.epsilon = 1e-5
    var start = floats("\(name).start")
    start.insert(
      contentsOf: [Float](repeating: 0.25, count: 7 * more),
      at: learner.policy.parameterCount + 3 * 7)
    let adam = Adam(parameterCount: start.count, settings: optimizer)
    let fits = learner.resume(LearnerState(count: 0, start, adam))
    #expect(fits)
    var rollout = Rollout()
    rollout.observations = floats("\(name).input")
    if more > 0 {
      for row in 0..<24 {
        rollout.criticObservations += rollout.observations[3 * row..<3 * row + 3]
        rollout.criticObservations += [Float](repeating: 0, count: more)
      }
    }
    if name == "discrete" {
      rollout.actions = numbers("discrete.action").map { Int32($0) }
    } else {
      rollout.continuousActions = floats("continuous.action")
    }
    rollout.logProbabilities = floats("\(name).before")
    rollout.values = floats("\(name).values")
    rollout.rewards = floats("\(name).rewards")
    rollout.ends = numbers("\(name).ends").map { $0 != 0 }
    rollout.lastValues = floats("\(name).last")
    var workspace = ProximalPolicyOptimization.Workspace(learner, capacity: 24)
    _ = learner.update(rollout, &workspace)
    return learner.parameters
  }

  /// A batch as large as the memory, drawn from equal parts of equal priorities, has each step once.
  @Test func `double and dueling, DQN takes the steps of PyTorch`() {
    var settings = DeepQLearning.Settings()
    (settings.capacity, settings.batch, settings.rate) = (8, 8, 0.01)
    (settings.hidden, settings.isDouble, settings.isDueling) = ([7, 6], true, true)
    (settings.loss, settings.priority) = (.huber(delta: 1), 1e-12)
    var learner = DeepQLearning(observationWidth: 3, actions: 2, settings: settings, seed: 1)
    let network = learner.worth.network
    learner.worth = LearningNetwork(network, floats("worth.start"))
    learner.target = floats("worth.start")
    let (seen, later) = (floats("worth.input"), floats("worth.later"))
    var workspace = DeepQLearning.Workspace(learner)
    for row in 0..<8 {
      let place = row * 3..<(row + 1) * 3
      learner.note(
        Array(seen[place]), Int(numbers("worth.action")[row]), reward: floats("worth.rewards")[row],
        next: Array(later[place]), isOver: numbers("worth.factors")[row] == 0, hasEnded: true,
        &workspace)
    }
    for step in 1...5 {
      learner.update(&workspace)
      #expect(workspace.batch.places == Array(0..<8))
      let found = learner.worth.parameters.map { Double($0) }
      #expect(difference(found, numbers("worth.\(step)")) < 1e-5, "\(step)")
    }
  }

  /// The noise is that of seed 1, which the fixture's program draws for itself.
  @Test func `SAC takes the steps of PyTorch`() {
    var settings = SoftActorCritic.Settings()
    (settings.capacity, settings.start, settings.batch) = (9, 9, 6)
    (settings.rate, settings.hidden) = (0.01, [7, 6])
    var learner = SoftActorCritic(
      observationWidth: 3, actionWidth: 2, settings: settings, seed: 1)
    let start = ["first", "second"].map { floats("soft.\($0)") }
    learner.begin(from: floats("soft.actor"))
    learner.critics = start.map { LearningNetwork(learner.critics[0].network, $0) }
    learner.targets = start
    let (seen, later) = (floats("soft.input"), floats("soft.later"))
    var workspace = SoftActorCritic.Workspace(learner)
    for row in 0..<9 {
      let (place, done) = (row * 3..<(row + 1) * 3, row * 2..<(row + 1) * 2)
      learner.note(
        Array(seen[place]), Array(floats("soft.action")[done]),
        reward: floats("soft.rewards")[row], next: Array(later[place]),
        isOver: numbers("soft.ends")[row] != 0, &workspace)
    }
    for step in 1...5 {
      _ = learner.update(&workspace)
      let found = [
        ("actor", learner.actor.parameters), ("first", learner.critics[0].parameters),
        ("second", learner.critics[1].parameters), ("temperature", learner.logTemperature),
        ("target", learner.targets[0]),
      ]
      for (name, parameters) in found {
        let error = difference(parameters.map { Double($0) }, numbers("soft.\(step).\(name)"))
        #expect(error < 1e-5, "\(step), \(name)")
      }
    }
    #expect(difference(learner.actor.parameters.map { Double($0) }, numbers("soft.actor")) > 5e-3)
  }

  /// In 64 bits, so to nine digits.
  @Test func `a Wasserstein critic takes the steps of PyTorch`() {
    let network = Perceptron([3, 6, 5, 1], hidden: .tanh)
    var parameters = numbers("critic.start")
    var settings = Adam<Double>.Settings()
    (settings.beta1, settings.beta2) = (0, 0.9)
    var adam = Adam(parameterCount: parameters.count, settings: settings)
    var penalty = GradientPenalty<Double>(network, capacity: 9)
    var arena = PerceptronArena<Double>(network, capacity: 9)
    for step in 1...5 {
      let (real, fake) = (numbers("critic.\(step).real"), numbers("critic.\(step).fake"))
      let part = numbers("critic.\(step).part")
      let mixed = real.indices.map { part[$0 / 3] * real[$0] + (1 - part[$0 / 3]) * fake[$0] }
      var gradient = [Double](repeating: 0, count: parameters.count)
      var place = gradient.mutableSpan
      _ = penalty.add(parameters.span, mixed.span, rows: 9, weight: 10, into: &place)
      for (points, sign) in [(fake, 1.0), (real, -1.0)] {
        arena.forward(parameters.span, points.span, rows: 9)
        let slopes = [Double](repeating: sign / 9, count: 9)
        arena.backward(
          parameters.span, points.span, rows: 9, outputGradient: slopes.span, into: &place)
      }
      var moved = parameters
      var all = moved.mutableSpan
      adam.step(&all, place.span, rate: 1e-2)
      parameters = moved
      #expect(difference(parameters, numbers("critic.\(step)")) < 1e-9, "\(step)")
    }
  }
}
