import Agents
import MarketModel
import TestSupport
import Testing

@Suite struct ZeroIntelligenceTests {
  private func desk(_ more: [(String, ParameterValue)] = []) throws -> Desk<ZeroIntelligence> {
    try Desk(
      [
        ("spread", .integer(5)), ("quantity", .integer(4)), ("maximum_orders", .integer(2)),
        ("market_probability", .number(0.3)),
      ] + more)
  }

  @Test func `the same noise gives the same commands, other noise others`() throws {
    let desk = try desk()
    var seen: Set<String> = []
    for tick in 0..<50 as Range<Tick> {
      let first = text(desk.decide(board(), noise(tick: tick)))
      #expect(text(desk.decide(board(), noise(tick: tick))) == first)
      seen.insert(first)
    }
    #expect(seen.count > 20)
    #expect(
      (0..<50).contains {
        desk.decide(board(), noise(tick: $0)) != desk.decide(board(), noise(tick: $0, slot: 1))
      })
    #expect(
      (0..<50).contains {
        desk.decide(board(), noise(tick: $0)) != desk.decide(board(), noise(tick: $0, seed: 2))
      })
  }

  @Test func `draws do not move when another is made`() throws {
    let quiet = try desk()
    let loud = try desk([("signal_probability", .number(1)), ("signal_to", .text("B"))])
    for tick in 0..<100 as Range<Tick> {
      let orders = loud.decide(board(), noise(tick: tick)).filter {
        if case .placeOrder = $0 { true } else { false }
      }
      #expect(orders == quiet.decide(board(), noise(tick: tick)))
    }
  }

  @Test func `orders stay within spread and size, and both types come up`() throws {
    let desk = try desk()
    var markets = 0
    var prices: Set<PriceIncrements> = []
    for tick in 0..<2000 as Range<Tick> {
      let commands = desk.decide(board(last: 100), noise(tick: tick))
      #expect(commands.count == 1)
      guard case .placeOrder(let terms)? = commands.first else { continue }
      #expect((1...4).contains(terms.quantity))
      if terms.type == .market {
        markets += 1
        #expect(terms.price == 0 && terms.timeInForce == .immediateOrCancel)
      } else {
        prices.insert(terms.price)
      }
    }
    #expect(prices == Set(95...105))
    #expect((480...720).contains(markets))
  }

  @Test func `a price is at least one increment`() throws {
    let desk = try desk()
    for tick in 0..<200 as Range<Tick> {
      for case .placeOrder(let terms) in desk.decide(board(last: 1), noise(tick: tick))
      where terms.type == .limit { #expect(terms.price >= 1) }
    }
  }

  @Test func `with many open orders it cancels its oldest first`() throws {
    var desk = try desk()
    for ordinal in 0...2 as ClosedRange<UInt32> {
      let terms = OrderTerms(instrument: 0, side: .buy, price: 1, quantity: 5)
      let key = CommandKey(agent: 0, tick: 4, ordinal: ordinal)
      #expect(desk.decide(board()).count == (ordinal < 2 ? 1 : 2))
      desk.member.remember(.commanded(key, .placeOrder(terms)), in: &desk.memory)
    }
    #expect(text(desk.decide(board())).hasPrefix("cancel 4.0, "))
  }
}
