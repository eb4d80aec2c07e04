/// What the numbers mean that come out of a policy's network.
public enum PolicyHead: Equatable, Sendable {
  /// A score (logit) for each `DiscreteAction`: one is drawn in proportion to e^score.
  case scores
  /// The worth of each `DiscreteAction`, of which the greatest is taken, but for a part of the times, 0
  /// to 1, in which it is any. Where dueling, a worth of what is seen comes last, and counts for all alike.
  case worths(isDueling: Bool, exploration: Float)
  /// The mean of each number of a `ContinuousAction`, then the logarithm of each deviation: what is drawn is
  /// brought within -1 to 1 by tanh.
  case numbers

  /// How many numbers come out.
  public var outputs: Int {
    switch self {
    case .scores: DiscreteAction.allCases.count
    case .worths(let isDueling, _): DiscreteAction.allCases.count + (isDueling ? 1 : 0)
    case .numbers: 2 * ContinuousAction.allCases.count
    }
  }

  /// Its number in a policy's bytes.
  var code: UInt8 {
    switch self {
    case .scores: 0
    case .worths(false, _): 1
    case .worths(true, _): 2
    case .numbers: 3
    }
  }

  /// The part of the times in which an action is any.
  var exploration: Float {
    if case .worths(_, let exploration) = self { exploration } else { 0 }
  }

  /// The head of a number, or nil for none.
  init?(code: UInt8, exploration: Float) {
    switch code {
    case 0: self = .scores
    case 1: self = .worths(isDueling: false, exploration: exploration)
    case 2: self = .worths(isDueling: true, exploration: exploration)
    case 3: self = .numbers
    default: return nil
    }
    guard self.exploration.bitPattern == exploration.bitPattern, (0...1).contains(exploration),
      exploration.sign == .plus
    else { return nil }
  }
}
