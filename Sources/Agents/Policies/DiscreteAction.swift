/// The discrete actions of a trader that learns; their numbers never change their meaning.
public enum DiscreteAction: Int, Sendable, CaseIterable {
  /// Do nothing.
  case wait = 0
  /// Buy the quantity at any price.
  case buy = 1
  /// Sell the quantity at any price.
  case sell = 2
  /// Keep one bid of the quantity at the best bid.
  case bid = 3
  /// Keep one ask of the quantity at the best ask.
  case ask = 4
  /// Keep both.
  case quote = 5
  /// Cancel all open orders.
  case cancel = 6
}
