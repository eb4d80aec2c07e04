public import MarketModel

/// What everyone may see of one instrument.
public struct PublicView: Equatable, Sendable {
  /// The best bid in increments; meaningful where `bidQuantity` is positive.
  public var bidPrice: PriceIncrements = 0
  /// The open quantity at the best bid in lots; 0 where there is none.
  public var bidQuantity: Lots = 0
  /// The best ask in increments; meaningful where `askQuantity` is positive.
  public var askPrice: PriceIncrements = 0
  /// The open quantity at the best ask in lots; 0 where there is none.
  public var askQuantity: Lots = 0
  /// The price of the last trade, or the reference price before any.
  public var lastPrice: PriceIncrements = 0
  /// The quantity of the last trade; 0 before any.
  public var lastQuantity: Lots = 0
  /// All that traded so far, in lots.
  public var volume: Lots = 0

  /// Creates an empty view.
  public init() {}

  /// The best bid, or nil for an empty side.
  public var bestBid: PriceIncrements? { bidQuantity > 0 ? bidPrice : nil }

  /// The best ask, or nil for an empty side.
  public var bestAsk: PriceIncrements? { askQuantity > 0 ? askPrice : nil }
}
