import Determinism
import Foundation
import Testing

@testable import Training

@Suite struct ControlTaskTests {
  /// A step as Gymnasium takes it; made by `tools/reference/control.py`.
  private struct Step {
    var task: String
    var action: Double
    var before: [Double]
    var after: [Double]
    var reward: Double
    var isOver: Bool
  }

  private static let steps: [Step] = {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../fixtures/networks/control.txt")
    let text = (try? String(contentsOf: path, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map { line in
      let words = line.split(separator: " ")
      let numbers = words.dropFirst(2).compactMap { Double($0) }
      let width = (numbers.count - 2) / 2
      return Step(
        task: String(words[0]), action: Double(words[1]) ?? -1, before: Array(numbers[..<width]),
        after: Array(numbers[width..<2 * width]), reward: numbers[2 * width],
        isOver: numbers[2 * width + 1] == 1)
    }
  }()

  @Test func `steps are those of Gymnasium`() {
    #expect(Self.steps.count == 240)
    for step in Self.steps {
      let (state, result): ([Double], (reward: Double, isOver: Bool))
      switch step.task {
      case "CartPole":
        var task = CartPole(
          position: step.before[0], speed: step.before[1], angle: step.before[2],
          turning: step.before[3])
        result = task.step(Int(step.action))
        state = task.observation
      case "MountainCar":
        var task = MountainCar(position: step.before[0], speed: step.before[1])
        result = task.step(Int(step.action))
        state = task.observation
      case "Pendulum":
        var task = Pendulum(angle: step.before[0], turning: step.before[1])
        result = task.step(step.action)
        state = [task.angle, task.turning]
      default:
        var task = Acrobot(
          SIMD4(step.before[0], step.before[1], step.before[2], step.before[3]))
        result = task.step(Int(step.action))
        state = (0..<4).map { task.state[$0] }
      }
      for (one, other) in zip(state, step.after) {
        #expect((one - other).magnitude <= 1e-12 * max(1, other.magnitude), "\(step)")
      }
      #expect((result.reward - step.reward).magnitude <= 1e-12 * max(1, step.reward.magnitude))
      #expect(result.isOver == step.isOver, "\(step)")
    }
  }

  @Test func `episodes begin within bounds, as their key says`() {
    let key = NoiseKey(seed: 1, entity: "task", purpose: "reset")
    for tick in 0..<100 as Range<Int64> {
      let pole = CartPole(key: key, tick: tick, slot: 3)
      #expect(pole.observation.allSatisfy { $0.magnitude < 0.05 })
      #expect(pole == CartPole(key: key, tick: tick, slot: 3))
      #expect(pole != CartPole(key: key, tick: tick, slot: 4))
      let car = MountainCar(key: key, tick: tick, slot: 0)
      #expect((-0.6 ... -0.4).contains(car.position) && car.speed == 0)
      let links = Acrobot(key: key, tick: tick, slot: 0)
      #expect((0..<4).allSatisfy { links.state[$0].magnitude <= 0.1 })
    }
  }
}
