/// What a policy sees, as numbers in this order.
///
/// Their meaning never changes, new ones come last; those of a pair are seen by who trades one.
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
  /// What is held of the second instrument of a pair, in lots of the first that it stands against, as a part of
  /// the maximum inventory.
  case pairInventory
  /// The spread of the second instrument.
  case pairSpread
  /// The imbalance of the second instrument.
  case pairImbalance
  /// The gap less its mean over the last 32 wake-ups: the middle of the first instrument less that of the second as
  /// often as it stands against a lot of the first.
  ///
  /// - Source: E. Gatev, W. Goetzmann, K. Rouwenhorst, Pairs trading: performance of a relative-value arbitrage
  ///   rule, Review of Financial Studies 19 (2006), section 2: what is traded is the deviation from the past.
  case gapTrend
  /// The root of the mean square of the changes of the gap over the last 32 wake-ups.
  case gapVolatility

  /// Those of who trades one instrument.
  public static let ofOneInstrument = Array(allCases.prefix(pairInventory.rawValue))

  /// How many are seen, with a pair and without.
  public static func count(seesPair: Bool) -> Int {
    seesPair ? allCases.count : pairInventory.rawValue
  }
}
