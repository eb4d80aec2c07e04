public import MarketModel

/// The best prices of an instrument, what is open there, and its last trade's price: what the
/// simplest order-book features are made of.
///
/// Every feature is a function of one value of this type, or of two that were seen one after the
/// other; prices are in increments, quantities in lots.
public struct BestQuotes: Equatable, Sendable {
  /// The best bid; of meaning where `bidQuantity` is positive.
  public var bid: PriceIncrements
  /// What is open there; 0 where there is none.
  public var bidQuantity: Lots
  /// The best ask; of meaning where `askQuantity` is positive.
  public var ask: PriceIncrements
  /// What is open there; 0 where there is none.
  public var askQuantity: Lots
  /// The price of the last trade.
  public var last: PriceIncrements

  /// Creates quotes; without arguments a market in which nothing is.
  public init(
    bid: PriceIncrements = 0, bidQuantity: Lots = 0, ask: PriceIncrements = 0,
    askQuantity: Lots = 0, last: PriceIncrements = 0
  ) {
    self.bid = bid
    self.bidQuantity = bidQuantity
    self.ask = ask
    self.askQuantity = askQuantity
    self.last = last
  }

  /// Whether both sides are quoted.
  @inlinable public var hasBoth: Bool { bidQuantity > 0 && askQuantity > 0 }

  /// Twice the middle of the quotes: the one side there is, or the last trade, stands for what is
  /// missing.
  public var twiceMiddle: PriceIncrements {
    if hasBoth { return bid + ask }
    return 2 * (bidQuantity > 0 ? bid : askQuantity > 0 ? ask : last)
  }

  /// The ask less the bid; 0 where a side is empty.
  public var spread: PriceIncrements { hasBoth ? ask - bid : 0 }

  /// What is open at both best prices together.
  public var depth: Lots { bidQuantity + askQuantity }

  /// (bid - ask) / (bid + ask) of the quantities, -1 to 1; 0 where nothing is open.
  public var imbalance: Double {
    depth > 0 ? Double(bidQuantity - askQuantity) / Double(depth) : 0
  }

  /// The micro-price less the middle: the middle weighted by what is open on the other side, half
  /// the spread times the imbalance; 0 where a side is empty.
  ///
  /// - Source: J. Gatheral, R. Oomen, Zero-intelligence realized variance estimation, Finance and
  ///   Stochastics 14 (2010), section 2.
  public var microPriceShift: Double { Double(spread) / 2 * imbalance }

  /// How much pressure to buy came since quotes seen before: what was added at or above the old best
  /// bid less what left it, less the same of the asks, in lots.
  ///
  /// - Source: R. Cont, A. Kukanov, S. Stoikov, The price impact of order book events, Journal of
  ///   Financial Econometrics 12 (2014), equation 3.
  public func flowImbalance(since before: BestQuotes) -> Lots {
    var flow: Lots = 0
    if bidQuantity > 0, before.bidQuantity == 0 || bid >= before.bid { flow += bidQuantity }
    if before.bidQuantity > 0, bidQuantity == 0 || bid <= before.bid { flow -= before.bidQuantity }
    if askQuantity > 0, before.askQuantity == 0 || ask <= before.ask { flow -= askQuantity }
    if before.askQuantity > 0, askQuantity == 0 || ask >= before.ask { flow += before.askQuantity }
    return flow
  }
}
