/// What a policy sees, as numbers in this order; their meaning never changes, new ones come last.
///
/// Prices are in increments, changes from one wake-up of the agent to another; quantities are in
/// orders (the parameter `quantity`). A policy brings them to mean 0 and deviation 1 by itself.
public enum TradingFeature: Int, Sendable, CaseIterable {
  /// What is held as a part of the maximum inventory.
  case inventory
  /// What is open of the own bids.
  case ownBids
  /// What is open of the own asks.
  case ownAsks
  /// What was gained since the agent began, at the middle of the quotes and without fees.
  case gain
  /// The spread.
  case spread
  /// (bid - ask) / (bid + ask) of what is open at the best prices.
  case imbalance
  /// What is open at the best prices.
  case depth
  /// The micro-price less the middle.
  case microPrice
  /// The last trade's price less the middle.
  case lastTrade
  /// The flow imbalance since the wake-up before.
  case flowImbalance
  /// How the middle changed since the wake-up before.
  case change1
  /// Since 2 wake-ups before, or since the first one.
  case change2
  /// Since 4.
  case change4
  /// Since 8.
  case change8
  /// Since 16.
  case change16
  /// The root of the mean square of the changes over the last 32 wake-ups.
  case volatility
  /// The middle less its mean over the last 32 wake-ups.
  case trend
  /// The direction last signalled.
  case signal
  /// The value that is known less the middle; 0 where none is.
  case knownValue
}
