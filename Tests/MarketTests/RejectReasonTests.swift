import Market
import MarketModel
import Testing

/// Every reason to refuse, and which of two that apply is given.
@Suite struct RejectReasonTests {
  private let strict = MarketRules.example(
    InstrumentRules(
      name: "X", referencePrice: 100, priceStep: 5, lotStep: 2, priceBand: 20),
    maximumPosition: 10, maximumOpenOrders: 2)

  /// Each order is refused for the reason given, though those after it in the list apply as well.
  @Test(arguments: [
    ("A buy 3 @ 203 fok #2", "unknownInstrument"),
    ("A buy 3 @ 203 fok #1", "tradingHalted"),
    ("A buy 0 @ 203 fok", "invalidQuantity"),
    ("A buy -2 @ 203 fok", "invalidQuantity"),
    ("A buy 1099511627777 @ 203 fok", "invalidQuantity"),
    ("A buy 3 @ 0 fok", "offLotSize"),
    ("A buy 13 market post fok", "offLotSize"),
    ("A buy 12 @ 0 post", "invalidPrice"),
    ("A buy 12 @ 1099511627777 post", "invalidPrice"),
    ("A buy 12 @ -5 post", "invalidPrice"),
    ("A buy 12 @ 203 post", "offPriceIncrement"),
    ("A buy 12 @ 125 post", "outsidePriceBand"),
    ("A buy 12 @ 75 post", "outsidePriceBand"),
    ("C buy 12 @ 120 post", "openOrderLimit"),
    ("A buy 12 @ 120 post", "positionLimit"),
    ("C sell 12 @ 80 fok", "positionLimit"),
    ("A sell 12 market post fok", "positionLimit"),
    ("A buy 4 @ 115 post fok", "wouldTrade"),
    ("A buy 4 market post fok", "wouldTrade"),
    ("A buy 10 @ 115 fok", "insufficientLiquidity"),
    ("A buy 10 market fok", "insufficientLiquidity"),
  ])
  func `the first reason that applies is given`(_ example: (line: String, reason: String)) {
    var script = MarketScript(strict)
    script.run(
      """
      C buy 2 @ 85 => accepted
      C buy 2 @ 80 => accepted
      B sell 2 @ 115 => accepted
      halt #1
      \(example.line) => rejected \(example.reason)
      """)
  }

  @Test(arguments: [
    ("A cancel Z9 -1", "invalidQuantity"), ("A cancel A9", "unknownOrder"),
    ("A cancel A9 1", "unknownOrder"), ("A cancel B0 1", "notOwner"),
    ("B cancel B0 1", "offLotSize"), ("A replace A9 2 @ 100", "unknownOrder"),
    ("A replace B0 3 @ 203", "notOwner"), ("B replace B0 3 @ 203", "offLotSize"),
    ("B replace B0 12 @ 203", "offPriceIncrement"), ("B replace B0 12 @ 75", "outsidePriceBand"),
    ("B replace B0 12 @ 110", "positionLimit"),
  ])
  func `cancels and replacements are refused likewise`(
    _ example: (line: String, reason: String)
  ) {
    var script = MarketScript(strict)
    script.run(
      """
      B sell 2 @ 115 => accepted
      \(example.line) => rejected \(example.reason)
      """)
  }

  @Test func `prices at the edge of the band and positions at the limit are fine`() {
    var script = MarketScript(strict)
    script.run(
      """
      A buy 8 @ 80 => accepted
      A buy 2 @ 120 => accepted
      A cancel A0 => cancelled A0 8 requested
      B sell 2 @ 120 => accepted, A1 2@120
      A buy 8 @ 140 => accepted
      A sell 12 @ 145 => rejected outsidePriceBand
      A sell 12 @ 140 ioc => accepted, cancelled A3 8 selfTrade, cancelled A5 12 immediateOrCancel
      """)
  }

  @Test func `a replacement counts what it frees`() {
    var script = MarketScript(strict)
    script.run(
      """
      A buy 10 @ 100 => accepted
      A buy 2 @ 100 => rejected positionLimit
      A replace A0 10 @ 95 => replaced A0 anew
      A replace A2 12 @ 95 => rejected positionLimit
      B buy 2 @ 100 => accepted
      B buy 2 @ 100 => accepted
      B buy 2 @ 100 => rejected openOrderLimit
      B replace B0 2 @ 95 => replaced B0 anew
      B buy 2 market => accepted, cancelled B4 2 noLiquidity
      B buy 2 @ 100 ioc => accepted, cancelled B5 2 immediateOrCancel
      """)
  }

  @Test func `open orders are counted down by fills, cancels and replacements`() {
    var script = MarketScript(strict)
    script.run(
      """
      A buy 4 @ 100 => accepted
      A buy 4 @ 95 => accepted
      A buy 2 @ 90 => rejected openOrderLimit
      B sell 2 @ 100 => accepted, A0 2@100
      A buy 2 @ 90 => rejected openOrderLimit
      B sell 2 @ 100 => accepted, A0 2@100
      A buy 2 @ 90 => accepted
      A cancel A1 2 => cancelled A1 2 requested
      A buy 2 @ 90 => rejected openOrderLimit
      A cancel A1 2 => cancelled A1 2 requested
      A buy 2 @ 90 => accepted
      """)
  }

  @Test func `values that leave their range are refused as overflow`() {
    let huge = MarketRules.example(
      InstrumentRules(name: "X", incrementValue: 1 << 30, referencePrice: 1 << 40))
    let most: Int64 = 1 << 40
    var script = MarketScript(huge)
    script.run(
      """
      A buy 1 @ \(most) => rejected overflow
      A buy 1 @ \(1 << 32) => accepted
      A replace A1 2 @ \(1 << 32) => rejected overflow
      A buy \(most) @ 1 => rejected overflow
      """)
    #expect(script.book(.buy) == "\(Int64(1) << 32): A1x1")
  }
}
