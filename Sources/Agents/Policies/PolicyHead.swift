/// What the numbers mean that come out of a policy's network.
public struct PolicyHead: Equatable, Sendable {
  /// What they are.
  public enum Output: Equatable, Sendable {
    /// A score (logit) for each action: one is drawn in proportion to e^score.
    case scores
    /// The worth of each action, of which the greatest is taken, but for a part of the times, 0 to 1, in
    /// which it is any. Where dueling, a worth of what is seen comes last, and counts for all alike.
    case worths(isDueling: Bool, exploration: Float)
    /// The mean of each number of a `ContinuousAction`, then the logarithm of each deviation: what is drawn
    /// is brought within -1 to 1 by tanh.
    case numbers
    /// The same, but what is drawn stays as it is, and counts as -1 or 1 where it is beyond.
    case plainNumbers
  }

  /// What comes out.
  public let output: Output
  /// Whether an action is also what is said beside it: a `TradingAction`, or the number `saying`.
  public let speaks: Bool

  /// Creates a head.
  public init(_ output: Output, speaks: Bool = false) {
    self.output = output
    self.speaks = speaks
  }

  /// A score for each `DiscreteAction`.
  public static let scores = PolicyHead(.scores)
  /// Numbers that are brought within -1 to 1 by tanh.
  public static let numbers = PolicyHead(.numbers)

  /// A worth for each `DiscreteAction`.
  public static func worths(isDueling: Bool, exploration: Float) -> PolicyHead {
    PolicyHead(.worths(isDueling: isDueling, exploration: exploration))
  }

  /// How many discrete actions there are.
  var actionCount: Int { TradingAction.count(speaks: speaks) }

  /// How many numbers a continuous action has.
  var numberCount: Int { ContinuousAction.count(speaks: speaks) }

  /// How many numbers come out.
  public var outputs: Int {
    switch output {
    case .scores: actionCount
    case .worths(let isDueling, _): actionCount + (isDueling ? 1 : 0)
    case .numbers, .plainNumbers: 2 * numberCount
    }
  }

  /// What is added to its number in a policy's bytes where it speaks.
  private static let speaking: UInt8 = 8

  /// Its number in a policy's bytes.
  var code: UInt8 {
    let own: UInt8 =
      switch output {
      case .scores: 0
      case .worths(false, _): 1
      case .worths(true, _): 2
      case .numbers: 3
      case .plainNumbers: 4
      }
    return own + (speaks ? Self.speaking : 0)
  }

  /// The part of the times in which an action is any.
  var exploration: Float {
    if case .worths(_, let exploration) = output { exploration } else { 0 }
  }

  /// The head of a number, or nil for none.
  init?(code: UInt8, exploration: Float) {
    speaks = code >= Self.speaking
    switch speaks ? code - Self.speaking : code {
    case 0: output = .scores
    case 1: output = .worths(isDueling: false, exploration: exploration)
    case 2: output = .worths(isDueling: true, exploration: exploration)
    case 3: output = .numbers
    case 4: output = .plainNumbers
    default: return nil
    }
    guard self.exploration.bitPattern == exploration.bitPattern, (0...1).contains(exploration),
      exploration.sign == .plus
    else { return nil }
  }
}
