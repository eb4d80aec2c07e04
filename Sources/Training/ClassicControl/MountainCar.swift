public import Determinism

/// A car between two hills, too weak to drive up at once.
///
/// - Source: A. Moore (1990); Gymnasium `MountainCar-v0`.
public struct MountainCar: DiscreteControlTask {
  /// How many numbers are seen.
  public static var observationWidth: Int { 2 }
  /// How many actions there are.
  public static var actionCount: Int { 3 }
  /// The steps after which an episode is cut off.
  public static var timeLimit: Int { 200 }

  /// Where it is.
  public var position: Double
  /// How fast it goes, in units a step.
  public var speed: Double

  /// Begins an episode.
  public init(key: NoiseKey, tick: Int64, slot: UInt32) {
    (position, speed) = (-0.6 + 0.2 * key.uniform(tick: tick, slot: slot, draw: 0), 0)
  }

  /// A state.
  public init(position: Double, speed: Double) {
    (self.position, self.speed) = (position, speed)
  }

  /// Does an action; returns the reward and whether the episode is over by itself.
  public mutating func step(_ action: Int) -> (reward: Double, isOver: Bool) {
    speed += Double(action - 1) * 0.001 + Elementary.cos(3 * position) * -0.0025
    speed = min(max(speed, -0.07), 0.07)
    position += speed
    position = min(max(position, -1.2), 0.6)
    if position == -1.2, speed < 0 { speed = 0 }
    return (-1, position >= 0.5 && speed >= 0)
  }

  /// What is seen.
  public var observation: [Double] { [position, speed] }
}
