public import Determinism

/// `CartPole` of which speeds are not seen: what is worth doing depends on what was seen before.
///
/// - Source: D. Wierstra, A. Foerster, J. Peters, J. Schmidhuber, Recurrent policy gradients (2010), where
///   the pole is balanced without velocities.
public struct BlindCartPole: DiscreteControlTask {
  /// How many numbers are seen: the place and the angle.
  public static var observationWidth: Int { 2 }
  /// How many actions there are.
  public static var actionCount: Int { CartPole.actionCount }
  /// The steps after which an episode is cut off.
  public static var timeLimit: Int { CartPole.timeLimit }

  private var whole: CartPole

  /// Begins an episode.
  public init(key: NoiseKey, tick: Int64, slot: UInt32) {
    whole = CartPole(key: key, tick: tick, slot: slot)
  }

  /// Does an action.
  public mutating func step(_ action: Int) -> (reward: Double, isOver: Bool) { whole.step(action) }

  /// What is seen.
  public var observation: [Double] { [whole.observation[0], whole.observation[2]] }
}
