public import Determinism

/// A pole on a cart that is pushed to the left or to the right.
///
/// - Source: A. Barto, R. Sutton, C. Anderson (1983); Gymnasium `CartPole-v1`.
public struct CartPole: DiscreteControlTask {
  /// How many numbers are seen.
  public static var observationWidth: Int { 4 }
  /// How many actions there are.
  public static var actionCount: Int { 2 }
  /// The steps after which an episode is cut off.
  public static var timeLimit: Int { 500 }

  /// Where the cart is, in metres.
  public var position: Double
  /// Its speed in metres a second.
  public var speed: Double
  /// How far the pole leans, in radians.
  public var angle: Double
  /// How fast it falls, in radians a second.
  public var turning: Double

  /// Begins an episode.
  public init(key: NoiseKey, tick: Int64, slot: UInt32) {
    let draw = { (index: UInt32) in
      -0.05 + 0.1 * key.uniform(tick: tick, slot: slot, draw: index)
    }
    (position, speed, angle, turning) = (draw(0), draw(1), draw(2), draw(3))
  }

  /// A state.
  public init(position: Double, speed: Double, angle: Double, turning: Double) {
    (self.position, self.speed, self.angle, self.turning) = (position, speed, angle, turning)
  }

  /// Does an action; returns the reward and whether the episode is over by itself.
  public mutating func step(_ action: Int) -> (reward: Double, isOver: Bool) {
    let force = action == 1 ? 10.0 : -10.0
    let (sine, cosine) = (Elementary.sin(angle), Elementary.cos(angle))
    let push = (force + 0.05 * (turning * turning) * sine) / 1.1
    let bend =
      (9.8 * sine - cosine * push) / (0.5 * (4.0 / 3.0 - 0.1 * (cosine * cosine) / 1.1))
    let gain = push - 0.05 * bend * cosine / 1.1
    position += 0.02 * speed
    speed += 0.02 * gain
    angle += 0.02 * turning
    turning += 0.02 * bend
    let limit = 12 * 2 * Double.pi / 360
    return (1, position.magnitude > 2.4 || angle.magnitude > limit)
  }

  /// What is seen.
  public var observation: [Double] { [position, speed, angle, turning] }
}
