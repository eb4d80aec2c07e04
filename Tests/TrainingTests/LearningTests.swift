import Foundation
import Learners
import Testing

@testable import Training

/// Published results, reached over ten seeds; minutes long, so only in `tools/soak`.
@Suite(
  .enabled(if: ProcessInfo.processInfo.environment["TAPEDECK_SOAK"] != nil, "long: tools/soak"))
struct LearningTests {
  /// The mean of what is left without the lowest and the highest quarter.
  ///
  /// - Source: R. Agarwal and others, Deep reinforcement learning at the edge of the statistical
  ///   precipice, <https://arxiv.org/abs/2108.13264>.
  private func interquartileMean(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    var sum = 0.0
    let cut = Double(values.count) / 4
    for (index, value) in sorted.enumerated() {
      let low = max(Double(index), cut)
      let high = min(Double(index + 1), Double(values.count) - cut)
      if high > low { sum += value * (high - low) }
    }
    return sum / (Double(values.count) - 2 * cut)
  }

  /// Trains ten seeds, two at a time; returns what `measure` says of each.
  private func train<Task: DiscreteControlTask>(
    _ task: Task.Type, _ settings: ProximalPolicyOptimization.Settings,
    _ measure: @escaping @Sendable (ControlTraining<Task>) -> Double
  ) async -> [Double] {
    await withTaskGroup(of: (UInt64, Double).self) { group in
      for seed in 1...10 as ClosedRange<UInt64> {
        group.addTask {
          var training = ControlTraining<Task>(settings: settings, seed: seed)
          var workspace = training.workspace
          for _ in 0..<settings.updates { _ = training.update(&workspace) }
          return (seed, measure(training))
        }
      }
      var results: [(UInt64, Double)] = []
      for await result in group { results.append(result) }
      return results.sorted { $0.0 < $1.0 }.map { $0.1 }
    }
  }

  /// The mean return of the last hundred episodes of a training.
  private static func late<Task: DiscreteControlTask>(_ training: ControlTraining<Task>) -> Double {
    let last = training.returns.suffix(100)
    return last.reduce(0, +) / Double(max(1, last.count))
  }

  private func report(_ name: String, _ values: [Double]) -> Double {
    let mean = interquartileMean(values)
    let list = values.map { String(format: "%.1f", $0) }.joined(separator: " ")
    print("\(name): interquartile mean \(String(format: "%.1f", mean)); seeds \(list)")
    return mean
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

  @Test func `SAC swings Pendulum up in 20,000 steps`() async {
    let values = await withTaskGroup(of: (UInt64, Double).self) { group in
      for seed in 1...10 as ClosedRange<UInt64> {
        group.addTask {
          var settings = SoftActorCritic.Settings()
          settings.capacity = 20_000
          var training = ControlSoftTraining<Pendulum>(settings: settings, seed: seed)
          var workspace = SoftActorCritic.Workspace(training.learner)
          training.play(steps: 20_000, &workspace)
          let returns = training.evaluate(episodes: 100, &workspace)
          return (seed, returns.reduce(0, +) / 100)
        }
      }
      var results: [(UInt64, Double)] = []
      for await result in group { results.append(result) }
      return results.sorted { $0.0 < $1.0 }.map { $0.1 }
    }
    #expect(report("SAC Pendulum 20k", values) >= -180)
    #expect(values.allSatisfy { $0 >= -250 })
  }

  @Test func `DQN solves CartPole with CleanRL's recipe`() async {
    let values = await withTaskGroup(of: (UInt64, Double).self) { group in
      for seed in 1...10 as ClosedRange<UInt64> {
        group.addTask {
          var training = ControlQTraining<CartPole>(settings: .init(), seed: seed)
          var workspace = DeepQLearning.Workspace(training.learner)
          training.play(steps: training.learner.settings.steps, &workspace)
          let last = training.returns.suffix(100)
          return (seed, last.reduce(0, +) / Double(max(1, last.count)))
        }
      }
      var results: [(UInt64, Double)] = []
      for await result in group { results.append(result) }
      return results.sorted { $0.0 < $1.0 }.map { $0.1 }
    }
    #expect(report("DQN CartPole 500k", values) >= 450)
  }
}
