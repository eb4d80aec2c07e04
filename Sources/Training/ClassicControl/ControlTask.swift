public import Determinism
public import Learners

/// A small control problem with a known answer, on which learners are checked.
///
/// Equations and constants are those of Gymnasium, so that published results can be compared; sine
/// and cosine are our own, so that every machine gives the same bits.
public protocol ControlTask: Sendable, Equatable {
  /// How many numbers are seen.
  static var observationWidth: Int { get }
  /// What an action is.
  associatedtype Action
  /// What a policy chooses among.
  static var actions: ActionSpace { get }
  /// The steps after which an episode is cut off.
  static var timeLimit: Int { get }

  /// Begins an episode: each number of the state is a draw of that key, at this tick and slot.
  init(key: NoiseKey, tick: Int64, slot: UInt32)

  /// Does an action; returns the reward and whether the episode is over by itself.
  mutating func step(_ action: Action) -> (reward: Double, isOver: Bool)

  /// What is seen.
  var observation: [Double] { get }

  /// The action that a policy's is.
  static func action(_ action: PolicyAction) -> Action
}

/// One with some actions to choose from.
public protocol DiscreteControlTask: ControlTask where Action == Int {
  /// How many actions there are.
  static var actionCount: Int { get }
}

extension DiscreteControlTask {
  /// One of the actions that there are.
  public static var actions: ActionSpace { .discrete(actionCount) }

  /// The action of that number.
  ///
  /// - Precondition: it is one of those that there are.
  public static func action(_ action: PolicyAction) -> Int {
    guard case .chosen(let number) = action else {
      preconditionFailure("Invariant: a policy of discrete actions chooses one")
    }
    return number
  }
}
