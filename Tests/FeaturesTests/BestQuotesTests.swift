import Features
import TestSupport
import Testing

@Suite struct BestQuotesTests {
  private func quotes(
    _ bid: Int64, _ bidQuantity: Int64, _ ask: Int64, _ askQuantity: Int64, last: Int64 = 100
  ) -> BestQuotes {
    BestQuotes(
      bid: bid, bidQuantity: bidQuantity, ask: ask, askQuantity: askQuantity, last: last)
  }

  @Test func `two sides`() {
    let seen = quotes(98, 6, 102, 2)
    #expect(seen.twiceMiddle == 200)
    #expect(seen.spread == 4)
    #expect(seen.depth == 8)
    #expect(seen.imbalance == 0.5)
    // (bid * 2 + ask * 6) / 8 = 101, the middle is 100
    #expect(seen.microPriceShift == 1)
  }

  @Test func `a side that is empty`() {
    let bids = quotes(98, 6, 7, 0)
    #expect(bids.twiceMiddle == 196)
    #expect((bids.spread, bids.microPriceShift, bids.imbalance) == (0, 0, 1))
    #expect(quotes(7, 0, 102, 3).twiceMiddle == 204)
    let nothing = quotes(7, 0, 8, 0)
    #expect((nothing.twiceMiddle, nothing.imbalance, nothing.depth) == (200, 0, 0))
  }

  /// The six cases of the paper's equation 3, side by side.
  @Test func `flow imbalance`() {
    let before = quotes(98, 6, 102, 2)
    #expect(before.flowImbalance(since: before) == 0)
    #expect(quotes(99, 4, 102, 2).flowImbalance(since: before) == 4)
    #expect(quotes(98, 9, 102, 2).flowImbalance(since: before) == 3)
    #expect(quotes(97, 9, 102, 2).flowImbalance(since: before) == -6)
    #expect(quotes(98, 6, 101, 5).flowImbalance(since: before) == -5)
    #expect(quotes(98, 6, 102, 1).flowImbalance(since: before) == 1)
    #expect(quotes(98, 6, 103, 7).flowImbalance(since: before) == 2)
    #expect(quotes(98, 0, 102, 2).flowImbalance(since: before) == -6)
    #expect(before.flowImbalance(since: quotes(1, 0, 1, 0)) == 4)
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `sides are alike`(seed: UInt64) {
    var numbers = KeyedNumbers(seed: seed)
    var before = (quotes(0, 0, 0, 0), quotes(0, 0, 0, 0))
    for _ in 0..<200 {
      let (bid, spread) = (numbers.number(-20 ... -1), numbers.number(1...20))
      let (bids, asks) = (numbers.number(0...5), numbers.number(0...5))
      let ask = bid + spread
      // The mirror image: what is bid for stands where what is asked for stood.
      let (one, other) = (
        quotes(bid, bids, ask, asks, last: 0), quotes(-ask, asks, -bid, bids, last: 0)
      )
      #expect(one.imbalance == -other.imbalance && one.spread == other.spread)
      #expect(one.microPriceShift == -other.microPriceShift)
      #expect(one.twiceMiddle == -other.twiceMiddle)
      #expect(one.flowImbalance(since: before.0) == -other.flowImbalance(since: before.1))
      before = (one, other)
    }
  }
}
