import Foundation
import Learners
import Testing

@testable import Training

/// Published results, reached over ten seeds; minutes long, so only in `tools/soak`.
@Suite(
  .enabled(if: ProcessInfo.processInfo.environment["TAPEDECK_SOAK"] != nil, "long: tools/soak"))
struct LearningTests {
  /// What `measure` says of each of ten seeds, two at a time.
  private func seeds(_ measure: @escaping @Sendable (UInt64) -> Double) async -> [Double] {
    await withTaskGroup(of: (UInt64, Double).self) { group in
      for seed in 1...10 as ClosedRange<UInt64> { group.addTask { (seed, measure(seed)) } }
      var results: [(UInt64, Double)] = []
      for await result in group { results.append(result) }
      return results.sorted { $0.0 < $1.0 }.map { $0.1 }
    }
  }

  /// Trains ten seeds; returns what `measure` says of each.
  private func train<Task: ControlTask>(
    _ task: Task.Type, _ settings: ProximalPolicyOptimization.Settings, scales: Bool = false,
    _ measure: @escaping @Sendable (ControlTraining<Task>) -> Double
  ) async -> [Double] {
    await seeds { seed in
      var training = ControlTraining<Task>(settings: settings, seed: seed, scales: scales)
      var workspace = training.workspace
      for _ in 0..<settings.updates { _ = training.update(&workspace) }
      return measure(training)
    }
  }

  /// The mean return of the last hundred episodes of a training.
  private static func late<Task: ControlTask>(_ training: ControlTraining<Task>) -> Double {
    let last = training.returns.suffix(100)
    return last.reduce(0, +) / Double(max(1, last.count))
  }

  private func report(_ name: String, _ values: [Double]) -> Double {
    let summary = SeedSummary(values)
    let text = { (value: Double) in String(format: "%.1f", value) }
    let interval = "\(text(summary.interval.lowerBound)) .. \(text(summary.interval.upperBound))"
    print(
      "\(name): interquartile mean \(text(summary.interquartileMean)), 95 % \(interval); seeds",
      values.map(text).joined(separator: " "))
    return summary.interquartileMean
  }

  @Test func `PPO solves CartPole with CleanRL's recipe`() async {
    let values = await train(CartPole.self, .init()) { Self.late($0) }
    #expect(report("PPO CartPole 500k", values) >= 475)
  }

  @Test func `PPO solves CartPole in 100,000 steps with the recipe of SB3's zoo`() async {
    var settings = ProximalPolicyOptimization.Settings()
    (settings.environments, settings.steps, settings.minibatches) = (8, 32, 1)
    (settings.epochs, settings.discount, settings.lambda) = (20, 0.98, 0.8)
    (settings.rate, settings.annealsClip, settings.entropyWeight) = (1e-3, true, 0)
    (settings.clipsValues, settings.updates) = (false, 391)
    let values = await train(CartPole.self, settings) { training in
      var workspace = training.workspace
      return training.evaluate(episodes: 100, &workspace).reduce(0, +) / 100
    }
    _ = report("PPO CartPole 100k", values)
    #expect(values.count { $0 >= 475 } >= 9)
  }

  @Test func `PPO swings Acrobot up`() async {
    let values = await train(Acrobot.self, .init()) { Self.late($0) }
    #expect(report("PPO Acrobot 500k", values) >= -95)
  }

  @Test func `PPO does not leave the valley of MountainCar`() async {
    let values = await train(MountainCar.self, .init()) { Self.late($0) }
    #expect(report("PPO MountainCar 500k", values) == -200)
  }

  @Test func `PPO swings Pendulum up`() async {
    var settings = ProximalPolicyOptimization.Settings()
    (settings.environments, settings.steps, settings.minibatches) = (4, 1024, 64)
    (settings.epochs, settings.discount, settings.lambda) = (10, 0.9, 0.95)
    (settings.rate, settings.annealsRate, settings.entropyWeight) = (1e-3, false, 0)
    (settings.clipsValues, settings.updates) = (false, 49)
    let values = await train(Pendulum.self, settings, scales: true) { training in
      var workspace = training.workspace
      return training.evaluate(episodes: 100, &workspace).reduce(0, +) / 100
    }
    #expect(report("PPO Pendulum 200k", values) >= -200)
  }

  @Test func `what remembers balances a pole whose speed is not seen, and what does not cannot`()
    async
  {
    var settings = RecurrentPolicyOptimization.Settings()
    (settings.base.steps, settings.base.updates) = (128, 195)
    (settings.base.rate, settings.base.epochs, settings.base.entropyWeight) = (1e-3, 10, 0)
    let recurrent = settings
    let values = await seeds { seed in
      var training = ControlRecurrentTraining<BlindCartPole>(settings: recurrent, seed: seed)
      var workspace = RecurrentPolicyOptimization.Workspace(training.learner)
      for _ in 0..<recurrent.base.updates { _ = training.update(&workspace) }
      let last = training.returns.suffix(100)
      return last.reduce(0, +) / Double(max(1, last.count))
    }
    #expect(report("recurrent PPO blind CartPole 200k", values) >= 400)
    var plain = settings.base
    plain.hidden = [64, 64]
    let without = await train(BlindCartPole.self, plain, scales: true) { Self.late($0) }
    #expect(report("PPO blind CartPole 200k (control)", without) < 100)
  }

  @Test func `SAC swings Pendulum up in 20,000 steps`() async {
    let values = await seeds { seed in
      var settings = SoftActorCritic.Settings()
      settings.capacity = 20_000
      var training = ControlSoftTraining<Pendulum>(settings: settings, seed: seed)
      var workspace = SoftActorCritic.Workspace(training.learner)
      training.play(steps: 20_000, &workspace)
      return training.evaluate(episodes: 100, &workspace).reduce(0, +) / 100
    }
    #expect(report("SAC Pendulum 20k", values) >= -180)
    #expect(values.allSatisfy { $0 >= -250 })
  }

  private func solveByWorth(_ settings: DeepQLearning.Settings) async -> [Double] {
    await seeds { seed in
      var training = ControlQTraining<CartPole>(settings: settings, seed: seed)
      var workspace = DeepQLearning.Workspace(training.learner)
      training.play(steps: settings.steps, &workspace)
      let last = training.returns.suffix(100)
      return last.reduce(0, +) / Double(max(1, last.count))
    }
  }

  @Test func `DQN solves CartPole with CleanRL's recipe`() async {
    #expect(report("DQN CartPole 500k", await solveByWorth(.init())) >= 450)
  }

  @Test func `double, dueling, chained and prioritised, it learns more in a fifth of the steps`()
    async
  {
    var settings = DeepQLearning.Settings()
    (settings.steps, settings.start, settings.capacity) = (100_000, 1000, 50_000)
    let plain = report("DQN CartPole 100k (control)", await solveByWorth(settings))
    (settings.isDouble, settings.isDueling, settings.chain) = (true, true, 3)
    settings.priority = 0.6
    let all = report("DQN with all options, CartPole 100k", await solveByWorth(settings))
    #expect(all >= 350 && all > plain + 50)
  }
}
