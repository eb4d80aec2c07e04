import Market
import MarketModel
import TestSupport
import Testing

@Suite struct FeesTests {
  @Test func `fees are rounded up, in favour of the exchange`() {
    let examples: [(notional: MinorUnits, millionths: Int64, fee: MinorUnits?)] = [
      (0, 300, 0), (1, 0, 0), (1_000_000, 1, 1), (999_999, 1, 1), (1_000_001, 1, 2), (1, 1, 1),
      (3333, 300, 1), (3334, 300, 2), (1_000_000, -1, -1), (1_999_999, -1, -1), (999_999, -1, 0),
      (2_000_000, -1, -2), (100, 1_000_000, 100), (100, -1_000_000, -100),
      (1 << 62, 0, 0), (1 << 62, 1, 4_611_686_018_428), (1 << 62, 2, nil),
      (1 << 61, -4, -9_223_372_036_854), (1 << 61, -5, nil),
    ]
    for example in examples {
      let fee = Fees.fee(notional: example.notional, millionths: example.millionths)
      #expect(fee == example.fee, "\(example)")
    }
  }

  @Test func `a notional is a product or nothing`() {
    #expect(Fees.notional(price: 100, quantity: 5, incrementValue: 3) == 1500)
    #expect(Fees.notional(price: 1 << 40, quantity: 1 << 22, incrementValue: 1) == 1 << 62)
    #expect(Fees.notional(price: 1 << 40, quantity: (1 << 22) + 1, incrementValue: 1) == nil)
    #expect(Fees.notional(price: 1 << 40, quantity: 1 << 40, incrementValue: 1 << 30) == nil)
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `a trade moves its notional and both fees, or nothing`(seed: UInt64) {
    var numbers = KeyedNumbers(seed: seed)
    for _ in 0..<500 {
      let rules = InstrumentRules(
        name: "X", incrementValue: numbers.pick([1, 7, 1000, 1 << 30]),
        makerFeeMillionths: numbers.pick([0, -10, 1, 333_333, 1_000_000, -1_000_000]),
        takerFeeMillionths: numbers.pick([0, 30, -1, 999_999, 1_000_000, -1_000_000]))
      let price = numbers.number(1...1 << numbers.number(0...40))
      // Around where the notional, or a fee before it is rounded, leaves its range.
      let most = Int64.max / price / rules.incrementValue
      let fee = max(1, rules.takerFeeMillionths.magnitude, rules.makerFeeMillionths.magnitude)
      let end = numbers.pick([most / 2, most / Int64(fee), 1 << 20])
      let quantity = max(1, min(Limits.maximumQuantity, end + numbers.number(-2...2)))
      let money = TradeMoney(price: price, quantity: quantity, rules: rules)
      let notional = Fees.notional(
        price: price, quantity: quantity, incrementValue: rules.incrementValue)
      let fees = [rules.takerFeeMillionths, rules.makerFeeMillionths].map { millionths in
        notional.flatMap { Fees.fee(notional: $0, millionths: millionths) }
      }
      let place: Comment = "seed \(seed): \(quantity) at \(price), \(rules)"
      if notional == nil || fees.contains(nil) {
        #expect(money == nil, place)
      } else {
        #expect(money?.notional == notional, place)
        #expect(money?.takerFee == fees[0] && money?.makerFee == fees[1], place)
      }
    }
  }

  @Test func `sums stay within a balance`() {
    let most = Limits.maximumBalance
    #expect(Fees.sum(most, 0) == most && Fees.sum(most - 1, 1) == most)
    #expect(Fees.sum(most, 1) == nil && Fees.sum(-most, -1) == nil)
    #expect(Fees.sum(-most, 0) == -most && Fees.sum(.max, .max) == nil)
    #expect(Fees.sum(.min, .min) == nil && Fees.sum(.min, 0) == nil)
  }

  @Test func `both parties pay, a rebate is paid out, nothing is lost`() {
    let rules = InstrumentRules(
      name: "X", incrementValue: 10, referencePrice: 100, makerFeeMillionths: -200,
      takerFeeMillionths: 300)
    var script = MarketScript(.example(rules, cash: 1_000_000))
    script.run(
      """
      A sell 7 @ 101 => accepted
      B buy 7 @ 101 => accepted, A0 7@101 fees 3/-1
      """)
    // 7 x 101 x 10 = 7070; 300 millionths are 2.121, 200 are 1.414.
    #expect(script.cash("A") == 1_000_000 + 7070 + 1)
    #expect(script.cash("B") == 1_000_000 - 7070 - 3)
    #expect(script.pair.market.exchangeCash == 2)
  }

  @Test func `the exchange may pay more than it takes`() {
    let rules = InstrumentRules(
      name: "X", referencePrice: 100, makerFeeMillionths: -1_000_000, takerFeeMillionths: 0)
    var script = MarketScript(.example(rules))
    script.run("A sell 1 @ 100 => accepted\nB buy 1 @ 100 => accepted, A0 1@100 fees 0/-100")
    #expect(script.pair.market.exchangeCash == -100)
    #expect(script.cash("A") == 10_200)
  }
}

/// Trades that would take a balance out of its range.
@Suite struct TradeOverflowTests {
  private func rules(_ cash: [MinorUnits], _ positions: [Lots] = [0, 0, 0]) -> MarketRules {
    var rules = MarketRules.example(InstrumentRules(name: "X", referencePrice: 1 << 20))
    for (index, value) in cash.enumerated() {
      rules.accounts[index].openingCash = value
      rules.accounts[index].openingPositions = [positions[index]]
    }
    return rules
  }

  @Test func `a taker that cannot hold it loses its order`() {
    var script = MarketScript(rules([0, -Limits.maximumBalance, 0]))
    script.run(
      """
      A sell 5 @ 100 => accepted
      B buy 5 @ 100 => accepted, cancelled B0 5 overflow
      C buy 5 @ 100 => accepted, A0 5@100
      """)
  }

  @Test func `a maker that cannot hold it loses its order, and the taker goes on`() {
    var script = MarketScript(rules([Limits.maximumBalance, 0, 0]))
    script.run(
      """
      A sell 5 @ 100 => accepted
      C sell 3 @ 101 => accepted
      B buy 5 @ 101 => accepted, cancelled A0 5 overflow, C0 3@101
      """)
    #expect(script.book(.buy) == "101: B0x2")
  }

  @Test func `positions are checked like balances`() {
    let most = Limits.maximumBalance
    var script = MarketScript(rules([0, 0, 0], [most, -most, 0]))
    script.run(
      """
      A buy 5 @ 100 => accepted
      C sell 2 @ 100 => accepted, cancelled A0 5 overflow
      C sell 2 @ 99 => accepted
      A buy 2 @ 99 => accepted, cancelled A1 2 overflow
      B sell 2 @ 90 => accepted
      """)
  }

  @Test func `fees of a trade with oneself are checked like any other payment`() {
    var own = rules([100 - Limits.maximumBalance, 0, 0])
    own.selfTradePrevention = .allow
    own.instruments[0].takerFeeMillionths = 500_000
    own.instruments[0].makerFeeMillionths = 500_000
    var script = MarketScript(own)
    script.run(
      """
      A buy 1 @ 110 => accepted
      A sell 1 @ 110 => accepted, cancelled A1 1 overflow
      A buy 1 @ 100 => accepted
      A cancel A0 => cancelled A0 1 requested
      A sell 1 @ 100 => accepted, A2 1@100 fees 50/50
      """)
    #expect(script.cash("A") == -Limits.maximumBalance)
  }

  @Test func `volume that leaves its range ends the order`() {
    var script = MarketScript(rules([0, 0, 0]))
    let print = CrossObserved(
      fact: FactKey(feed: 0, number: 1), instrument: 0, price: 1,
      quantity: Limits.maximumBalance - 1)
    script.pair.observe(.crossObserved(print))
    script.run(
      """
      A sell 5 @ 100 => accepted
      B buy 1 @ 100 => accepted, A0 1@100
      B buy 1 @ 100 => accepted, cancelled B1 1 overflow
      """)
  }

  @Test func `a recipient that cannot hold it gets nothing`() {
    var script = MarketScript(rules([10, Limits.maximumBalance - 4, 0]))
    script.run("A transfer B 5 => rejected overflow\nA transfer B 4 => transferred 4")
  }
}
