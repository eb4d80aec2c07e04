import Market
import MarketModel
import Testing

/// Every kind of order, by example.
@Suite struct OrderExampleTests {
  private func script(
    _ rules: MarketRules = .example(), _ text: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) -> MarketScript {
    var script = MarketScript(rules)
    script.run(text, sourceLocation: sourceLocation)
    return script
  }

  @Test func `a limit order trades at the resting price, best price first, then first come`() {
    let market = script(
      .example(),
      """
      A sell 3 @ 102 => accepted
      B sell 2 @ 101 => accepted
      C sell 4 @ 101 => accepted
      D buy 5 @ 102 => accepted, B0 2@101, C0 3@101
      D buy 9 @ 101 => accepted, C0 1@101
      """)
    #expect(market.book(.buy) == "101: D1x8")
    #expect(market.book(.sell) == "102: A0x3")
    #expect(market.position("D") == 6 && market.cash("D") == 10_000 - 606)
    #expect(market.position("C") == -4 && market.cash("C") == 10_404)
    let view = market.pair.market.view(0)
    #expect(view.bestBid == 101 && view.bidQuantity == 8)
    #expect(view.bestAsk == 102 && view.askQuantity == 3)
    #expect(view.lastPrice == 101 && view.lastQuantity == 1 && view.volume == 6)
    #expect(market.pair.market.view(1).lastPrice == 100)
  }

  @Test func `a market order takes what there is; the rest is cancelled`() {
    let market = script(
      .example(),
      """
      A buy 1 market => accepted, cancelled A0 1 noLiquidity
      B sell 2 @ 101 => accepted
      C sell 2 @ 150 => accepted
      A buy 3 market => accepted, B0 2@101, C0 1@150
      A buy 3 market => accepted, C0 1@150, cancelled A2 2 noLiquidity
      A sell 1 market => accepted, cancelled A3 1 noLiquidity
      """)
    #expect(market.book(.buy) == "" && market.book(.sell) == "")
  }

  @Test func `immediate or cancel never rests`() {
    let market = script(
      .example(),
      """
      A buy 2 @ 100 ioc => accepted, cancelled A0 2 immediateOrCancel
      B sell 2 @ 100 => accepted
      A buy 5 @ 100 ioc => accepted, B0 2@100, cancelled A1 3 immediateOrCancel
      B sell 2 @ 101 => accepted
      A buy 2 @ 101 ioc => accepted, B1 2@101
      """)
    #expect(market.book(.buy) == "" && market.book(.sell) == "")
  }

  @Test func `fill or kill fills whole or is refused`() {
    let market = script(
      .example(),
      """
      B sell 2 @ 100 => accepted
      C sell 2 @ 101 => accepted
      A buy 3 @ 100 fok => rejected insufficientLiquidity
      A buy 5 market fok => rejected insufficientLiquidity
      A buy 3 @ 101 fok => accepted, B0 2@100, C0 1@101
      A buy 1 market fok => accepted, C0 1@101
      A sell 1 @ 1 fok => rejected insufficientLiquidity
      """)
    #expect(market.book(.sell) == "")
  }

  @Test(arguments: [
    (
      SelfTradePrevention.cancelResting,
      "rejected insufficientLiquidity",
      "accepted, B0 2@100, cancelled A0 2 selfTrade, C0 2@100"
    ),
    (.cancelTaking, "rejected insufficientLiquidity", "rejected insufficientLiquidity"),
    (.cancelBoth, "rejected insufficientLiquidity", "rejected insufficientLiquidity"),
    (.allow, "accepted, B0 2@100, A0 2@100, C0 1@100", "accepted, C0 1@100"),
  ])
  func `fill or kill counts own orders only where they would trade`(
    _ example: (prevention: SelfTradePrevention, five: String, four: String)
  ) {
    let isAllow = example.prevention == .allow
    _ = script(
      .example(selfTradePrevention: example.prevention),
      """
      B sell 2 @ 100 => accepted
      A sell 2 @ 100 => accepted
      C sell 2 @ 100 => accepted
      A buy 5 @ 100 fok => \(example.five)
      A buy \(isAllow ? 1 : 4) @ 100 fok => \(example.four)
      """)
  }

  @Test func `fill or kill fills from what stands before its own order`() {
    for prevention in SelfTradePrevention.allCases {
      let market = script(
        .example(selfTradePrevention: prevention),
        """
        B sell 2 @ 100 => accepted
        A sell 2 @ 100 => accepted
        A buy 2 @ 100 fok => accepted, B0 2@100
        """)
      #expect(market.book(.sell) == "100: A0x2")
    }
  }

  @Test func `post only rests or is refused`() {
    let market = script(
      .example(),
      """
      A buy 2 @ 100 post => accepted
      B sell 2 @ 100 post => rejected wouldTrade
      B sell 2 @ 101 post => accepted
      A buy 1 @ 101 post => rejected wouldTrade
      A buy 1 market post => rejected wouldTrade
      B buy 1 @ 101 post => rejected wouldTrade
      """)
    #expect(market.book(.buy) == "100: A0x2" && market.book(.sell) == "101: B1x2")
  }

  @Test func `a cancel takes all, or so much, but never more than there is`() {
    let market = script(
      .example(),
      """
      A buy 9 @ 100 => accepted
      A cancel A0 2 => cancelled A0 2 requested
      A cancel A0 100 => cancelled A0 7 requested
      A cancel A0 => rejected unknownOrder
      A buy 3 @ 100 => accepted
      A cancel A4 => cancelled A4 3 requested
      """)
    #expect(market.book(.buy) == "")
  }

  @Test func `a partial cancel keeps the place in the queue`() {
    let market = script(
      .example(),
      """
      A buy 5 @ 100 => accepted
      B buy 5 @ 100 => accepted
      A cancel A0 4 => cancelled A0 4 requested
      C sell 2 @ 100 => accepted, A0 1@100, B0 1@100
      """)
    #expect(market.book(.buy) == "100: B0x4")
  }

  @Test(arguments: [
    ("A replace A0 5 @ 100 => replaced A0 in place", "100: A1x5 B0x5"),
    ("A replace A0 3 @ 100 => replaced A0 in place", "100: A1x3 B0x5"),
    ("A replace A0 6 @ 100 => replaced A0 anew", "100: B0x5 A1x6"),
    ("A replace A0 5 @ 99 => replaced A0 anew", "100: B0x5 | 99: A1x5"),
    ("A replace A0 1 @ 101 => replaced A0 anew", "101: A1x1 | 100: B0x5"),
    ("A replace A0 5 @ 103 => replaced A0 anew, C0 4@103", "103: A1x1 | 100: B0x5"),
    ("A replace A0 2 @ 110 => replaced A0 anew, C0 2@103", "100: B0x5"),
    ("A replace B0 5 @ 100 => rejected notOwner", "100: A0x5 B0x5"),
    ("A replace A7 5 @ 100 => rejected unknownOrder", "100: A0x5 B0x5"),
    ("A replace A0 0 @ 100 => rejected invalidQuantity", "100: A0x5 B0x5"),
    ("A replace A0 5 @ 0 => rejected invalidPrice", "100: A0x5 B0x5"),
  ])
  func `a replacement keeps its place only if it stays and does not grow`(
    _ example: (line: String, bids: String)
  ) {
    let market = script(
      .example(),
      """
      A buy 5 @ 100 => accepted
      B buy 5 @ 100 => accepted
      C sell 4 @ 103 => accepted
      \(example.line)
      """)
    #expect(market.book(.buy) == example.bids)
  }

  @Test func `a replaced order is known by its new id only`() {
    _ = script(
      .example(),
      """
      A buy 5 @ 100 => accepted
      A replace A0 4 @ 100 => replaced A0 in place
      A cancel A0 => rejected unknownOrder
      A replace A1 4 @ 101 => replaced A1 anew
      A cancel A1 => rejected unknownOrder
      A cancel A3 => cancelled A3 4 requested
      """)
  }

  @Test func `a replacement may meet its own agent's order`() {
    let market = script(
      .example(),
      """
      A buy 5 @ 100 => accepted
      A sell 5 @ 105 => accepted
      A replace A0 5 @ 105 => replaced A0 anew, cancelled A1 5 selfTrade
      """)
    #expect(market.book(.buy) == "105: A2x5" && market.book(.sell) == "")
  }

  @Test(arguments: [
    (SelfTradePrevention.cancelResting, "cancelled A0 2 selfTrade, B0 3@100", "100: A1x2", ""),
    (.cancelTaking, "cancelled A1 5 selfTrade", "", "100: A0x2 B0x3"),
    (.allow, "A0 2@100, B0 3@100", "", ""),
  ])
  func `an agent that meets its own order does what the venue says`(
    _ example: (prevention: SelfTradePrevention, outcome: String, bids: String, asks: String)
  ) {
    let market = script(
      .example(selfTradePrevention: example.prevention),
      """
      A sell 2 @ 100 => accepted
      B sell 3 @ 100 => accepted
      A buy 5 @ 100 => accepted, \(example.outcome)
      """)
    #expect(market.book(.buy) == example.bids)
    #expect(market.book(.sell) == example.asks)
    #expect(market.cash("A") == (example.prevention == .cancelTaking ? 10_000 : 9700))
  }

  @Test func `cancel both leaves neither the resting nor the arriving order`() {
    let market = script(
      .example(selfTradePrevention: .cancelBoth),
      """
      B sell 1 @ 100 => accepted
      A sell 2 @ 100 => accepted
      C sell 3 @ 100 => accepted
      A buy 5 @ 100 => accepted, B0 1@100, cancelled A0 2 selfTrade, cancelled A1 4 selfTrade
      """)
    #expect(market.book(.buy) == "" && market.book(.sell) == "100: C0x3")
  }

  @Test func `trading with oneself moves nothing but fees`() {
    let rules = InstrumentRules(
      name: "X", referencePrice: 100, makerFeeMillionths: 10_000, takerFeeMillionths: 20_000)
    let market = script(
      .example(rules, selfTradePrevention: .allow),
      """
      A sell 2 @ 100 => accepted
      A buy 2 @ 100 => accepted, A0 2@100 fees 4/2
      """)
    #expect(market.position("A") == 0 && market.cash("A") == 9994)
    #expect(market.pair.market.exchangeCash == 6)
  }

  @Test func `capital moves within a group`() {
    let market = script(
      .example(),
      """
      A transfer B 4000 => transferred 4000
      A transfer B 6001 => rejected insufficientCapital
      A transfer B 0 => rejected insufficientCapital
      A transfer B -1 => rejected insufficientCapital
      A transfer E 1 => rejected differentGroup
      A transfer E 99999 => rejected differentGroup
      A transfer Z 1 => rejected unknownAgent
      A transfer A 6000 => transferred 6000
      """)
    #expect(market.cash("A") == 6000 && market.cash("B") == 14_000)
  }

  @Test func `halted instruments take cancels only, others go on`() {
    _ = script(
      .example(),
      """
      A buy 1 @ 100 => accepted
      A buy 1 @ 99 => accepted
      halt
      A buy 1 @ 100 => rejected tradingHalted
      A replace A0 1 @ 100 => rejected tradingHalted
      A cancel A0 => cancelled A0 1 requested
      A buy 1 @ 100 #1 => accepted
      quote
      A buy 1 @ 100 => rejected tradingHalted
      open
      B sell 1 @ 99 => accepted, A1 1@99
      """)
  }
}
