public import Determinism
public import Learners

/// A pendulum that is swung up by a torque too weak to lift it at once, and held there.
///
/// - Source: Gymnasium `Pendulum-v1`.
public struct Pendulum: ControlTask {
  /// How many numbers are seen.
  public static var observationWidth: Int { 3 }
  /// The steps after which an episode is cut off.
  public static var timeLimit: Int { 200 }

  /// A torque, as a part of the strongest.
  public static var actions: ActionSpace { .continuous(1) }

  /// The torque that a policy's number is.
  ///
  /// - Precondition: it is one number.
  public static func action(_ action: PolicyAction) -> Double {
    guard case .numbers(let numbers) = action, numbers.count == 1 else {
      preconditionFailure("Invariant: a torque is one number")
    }
    return Double(numbers[0])
  }

  /// How far it is from upright, in radians.
  public var angle: Double
  /// How fast it turns, in radians a second.
  public var turning: Double

  /// Begins an episode.
  public init(key: NoiseKey, tick: Int64, slot: UInt32) {
    let draw = { (index: UInt32) in -1 + 2 * key.uniform(tick: tick, slot: slot, draw: index) }
    (angle, turning) = (Double.pi * draw(0), draw(1))
  }

  /// A state.
  public init(angle: Double, turning: Double) { (self.angle, self.turning) = (angle, turning) }

  /// Does an action, a torque as a part of the strongest, -1 to 1; it is never over by itself.
  public mutating func step(_ action: Double) -> (reward: Double, isOver: Bool) {
    let torque = min(max(2 * action, -2), 2)
    let distance = Self.wrapped(angle)
    let cost = distance * distance + 0.1 * (turning * turning) + 0.001 * (torque * torque)
    let pull = 3.0 * 10.0 / (2 * 1.0) * Elementary.sin(angle) + 3.0 / (1.0 * 1.0) * torque
    turning = min(max(turning + pull * 0.05, -8), 8)
    angle += turning * 0.05
    return (-cost, false)
  }

  /// The angle within -pi to pi.
  private static func wrapped(_ angle: Double) -> Double {
    let shifted = angle + Double.pi
    let turns = (shifted / (2 * Double.pi)).rounded(.down)
    return shifted - turns * (2 * Double.pi) - Double.pi
  }

  /// What is seen.
  public var observation: [Double] { [Elementary.cos(angle), Elementary.sin(angle), turning] }
}
