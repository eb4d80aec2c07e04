public import Determinism

/// Two links that hang from a joint, swung up by a torque at the joint between them.
///
/// - Source: R. Sutton (1996), the equations of the book; Gymnasium `Acrobot-v1`.
public struct Acrobot: DiscreteControlTask {
  /// How many numbers are seen.
  public static var observationWidth: Int { 6 }
  /// How many actions there are.
  public static var actionCount: Int { 3 }
  /// The steps after which an episode is cut off.
  public static var timeLimit: Int { 500 }

  /// Both angles and their speeds.
  public var state: SIMD4<Double>

  /// Begins an episode.
  public init(key: NoiseKey, tick: Int64, slot: UInt32) {
    state = SIMD4()
    for index in 0..<4 {
      // Gymnasium keeps the first state in 32 bits.
      let draw = key.uniform(tick: tick, slot: slot, draw: UInt32(index))
      state[index] = Double(Float(-0.1 + 0.2 * draw))
    }
  }

  /// A state.
  public init(_ state: SIMD4<Double>) { self.state = state }

  /// Does an action; returns the reward and whether the episode is over by itself.
  public mutating func step(_ action: Int) -> (reward: Double, isOver: Bool) {
    let torque = Double(action - 1)
    // One step of Runge and Kutta's fourth order over 0.2 s.
    let one = Self.slope(state, torque)
    let two = Self.slope(state + one * 0.1, torque)
    let three = Self.slope(state + two * 0.1, torque)
    let four = Self.slope(state + three * 0.2, torque)
    let sum: SIMD4<Double> = one + two * 2 + three * 2 + four
    state += sum * (0.2 / 6.0)
    state[0] = Self.wrapped(state[0])
    state[1] = Self.wrapped(state[1])
    state[2] = min(max(state[2], -4 * Double.pi), 4 * Double.pi)
    state[3] = min(max(state[3], -9 * Double.pi), 9 * Double.pi)
    let height = -Elementary.cos(state[0]) - Elementary.cos(state[1] + state[0])
    return (height > 1 ? 0 : -1, height > 1)
  }

  private static func wrapped(_ angle: Double) -> Double {
    var angle = angle
    while angle > Double.pi { angle -= 2 * Double.pi }
    while angle < -Double.pi { angle += 2 * Double.pi }
    return angle
  }

  private static func slope(_ state: SIMD4<Double>, _ torque: Double) -> SIMD4<Double> {
    let (first, second, firstSpeed, secondSpeed) = (state[0], state[1], state[2], state[3])
    let (sine, cosine) = (Elementary.sin(second), Elementary.cos(second))
    let d1 = 0.25 + (1 + 0.25 + cosine) + 2
    let d2 = 0.25 + 0.5 * cosine + 1
    let pull2 = 0.5 * 9.8 * Elementary.cos(first + second - Double.pi / 2)
    let swing = 0.5 * (secondSpeed * secondSpeed) * sine + secondSpeed * firstSpeed * sine
    let pull1 = 1.5 * 9.8 * Elementary.cos(first - Double.pi / 2) + pull2 - swing
    let lever = torque + d2 / d1 * pull1 - 0.5 * (firstSpeed * firstSpeed) * sine - pull2
    let bend2 = lever / (1.25 - d2 * d2 / d1)
    let bend1 = -(d2 * bend2 + pull1) / d1
    return SIMD4(firstSpeed, secondSpeed, bend1, bend2)
  }

  /// What is seen.
  public var observation: [Double] {
    [
      Elementary.cos(state[0]), Elementary.sin(state[0]), Elementary.cos(state[1]),
      Elementary.sin(state[1]), state[2], state[3],
    ]
  }
}
