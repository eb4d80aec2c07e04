public import MarketModel
import MatchingEngine

/// What a lot of one instrument is worth to one agent: the middle of what others quote.
///
/// Its own quotes do not count, so that nobody is rich by quoting. Where others do not quote both sides the
/// middle before counts, moved no further than to the one side that they quote.
public struct OthersMiddle: Equatable, Sendable {
  /// The latest one, in price increments; nil before others quoted both sides.
  public private(set) var price: Double?

  /// Nothing seen yet.
  public init() {}

  /// Looks at what is quoted.
  ///
  /// - Complexity: that of `OrderBook.bestPrice(_:_:except:)`.
  public mutating func look(
    _ market: borrowing MarketState, _ instrument: InstrumentIndex, except agent: AgentIndex
  ) {
    let bid = market.book.bestPrice(instrument, .buy, except: agent)
    let ask = market.book.bestPrice(instrument, .sell, except: agent)
    if let bid, let ask {
      price = Double(bid + ask) / 2
    } else if let before = price {
      if let bid { price = max(before, Double(bid)) }
      if let ask { price = min(before, Double(ask)) }
    }
  }
}
