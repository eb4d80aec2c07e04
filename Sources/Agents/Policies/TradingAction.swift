/// A discrete action with what is said beside it: to speak costs no turn to trade.
///
/// Its number is that of the trade, `DiscreteAction.allCases.count` more where it says "up", and twice as many more
/// where it says "down".
/// - Source: J. Foerster, Y. Assael, N. de Freitas, S. Whiteson, Learning to communicate with deep
///   multi-agent reinforcement learning, <https://arxiv.org/abs/1605.06676>, for messages as actions that are
///   chosen together with what is done.
public struct TradingAction: Equatable, Sendable {
  /// What is done.
  public var trade: DiscreteAction
  /// The direction that is signalled: +1 up, -1 down, 0 where nothing is said.
  public var saying: Int64

  /// Creates an action.
  public init(_ trade: DiscreteAction, saying: Int64 = 0) {
    self.trade = trade
    self.saying = saying.signum()
  }

  /// How many there are, for who speaks or does not.
  public static func count(speaks: Bool) -> Int {
    DiscreteAction.allCases.count * (speaks ? 3 : 1)
  }

  /// Its number.
  public var number: Int {
    trade.rawValue + DiscreteAction.allCases.count * (saying < 0 ? 2 : Int(saying))
  }

  /// The action of a number; nil for none.
  public init?(number: Int) {
    let count = DiscreteAction.allCases.count
    guard (0..<3 * count).contains(number), let trade = DiscreteAction(rawValue: number % count)
    else { return nil }
    self.trade = trade
    saying = number < count ? 0 : number < 2 * count ? 1 : -1
  }
}
