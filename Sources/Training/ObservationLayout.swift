import Features
import MarketModel

/// What an agent of an environment sees, as numbers in this order, then one for each signal.
///
/// Prices are in thousandths of the instrument's reference price, money in hundredths of what a
/// lot costs at that price, quantities in orders (`EnvironmentSettings.quantity`).
public enum ObservationField: Int, Sendable, CaseIterable {
  /// The part of the session that is still to come, 1 to 0.
  case timeLeft
  /// What cash and position gained since the opening, at the middle of what others quote.
  case gain
  /// The position as a part of the maximum inventory.
  case inventory
  /// The middle of the quotes less the reference price.
  case middle
  /// How the middle changed since the step before.
  case change
  /// The middle less its exponential average, in which a step weighs one eighth.
  case trend
  /// The spread.
  case spread
  /// (bid - ask) / (bid + ask), of the quantities at the best prices.
  case imbalance
  /// The quantity at the best bid: q / (q + quantity), 0 for none.
  case bidSize
  /// The quantity at the best ask: q / (q + quantity), 0 for none.
  case askSize
  /// The last trade's price less the middle.
  case lastTrade
  /// What is open of the agent's own bids.
  case ownBids
  /// What is open of the agent's own asks.
  case ownAsks
}

/// What the market looks like from outside at a step, the same for all agents.
struct MarketGlance: Equatable, Sendable {
  /// Twice the middle of the quotes, in increments.
  var middle: Int64 = 0
  /// How twice the middle changed since the step before.
  var change: Int64 = 0
  /// The exponential average of twice the middle.
  var average: Double = 0
  var view = BestQuotes()

  /// Looks anew.
  mutating func look(_ view: BestQuotes, isFirst: Bool) {
    self.view = view
    let now = view.twiceMiddle
    change = isFirst ? 0 : now - middle
    average = isFirst ? Double(now) : average + (Double(now) - average) / 8
    middle = now
  }
}
