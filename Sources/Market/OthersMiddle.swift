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

  /// Looks at what is quoted; the market is `inout` only to be cheap.
  ///
  /// - Complexity: that of `OrderBook.bestPrice(_:_:except:)`.
  public mutating func look(
    _ market: inout MarketState, _ instrument: InstrumentIndex, except agent: AgentIndex
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

extension MarketState {
  /// What an agent has in minor units, each instrument at its mark, which looks at it first; where
  /// that saw nothing yet, at what `price` makes of what everyone sees.
  ///
  /// `mutating` only to be cheap.
  /// - Precondition: there are no more marks than instruments.
  /// - Complexity: that of `OthersMiddle.look` for each instrument.
  public mutating func wealth(
    of agent: AgentIndex, _ marks: inout [OthersMiddle], or price: (PublicView) -> Double
  ) -> Double {
    var wealth = Double(cash(of: agent))
    for index in marks.indices {
      let instrument = InstrumentIndex(index)
      marks[index].look(&self, instrument, except: agent)
      let held = position(agent, instrument)
      if held == 0 { continue }
      let price = marks[index].price ?? price(view(instrument))
      wealth += Double(held) * price * Double(instruments[index].terms.incrementValue)
    }
    return wealth
  }
}
