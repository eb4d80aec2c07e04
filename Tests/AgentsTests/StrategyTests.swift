import Agents
import MarketModel
import TestSupport
import Testing

/// Each rule of each built-in strategy, by example.
@Suite struct MarketMakerTests {
  private func desk(_ more: [(String, ParameterValue)] = []) throws -> Desk<MarketMaker> {
    try Desk(
      [
        ("half_spread", .integer(10)), ("skew", .number(2)), ("quantity", .integer(5)),
        ("maximum_inventory", .integer(12)), ("signal_shift", .integer(7)),
      ] + more)
  }

  @Test func `it quotes both sides around fair value, rounded away from it`() throws {
    #expect(try desk().decide(board(fair: 100_000)) |> text == "buy 5@90, sell 5@110")
    #expect(try desk().decide(board(fair: 100_400)) |> text == "buy 5@90, sell 5@111")
  }

  @Test func `it leans against what it holds and quotes no more than it may hold`() throws {
    var long = try desk()
    long.trade(.buy, 3)
    #expect(long.decide(board()) |> text == "buy 5@84, sell 5@104")
    long.trade(.buy, 6)
    #expect(long.decide(board()) |> text == "buy 3@72, sell 5@92")
    long.trade(.buy, 3)
    #expect(long.decide(board()) |> text == "sell 5@86")
    var short = try desk()
    short.trade(.sell, 12)
    #expect(short.decide(board()) |> text == "buy 5@114")
  }

  @Test func `it withdraws what is left of its quotes first`() throws {
    var desk = try desk()
    for ordinal in 0...1 as ClosedRange<UInt32> {
      let terms = OrderTerms(instrument: 0, side: .buy, price: 1, quantity: 5)
      let key = CommandKey(agent: 0, tick: 4, ordinal: ordinal)
      desk.member.remember(.commanded(key, .placeOrder(terms)), in: &desk.memory)
    }
    #expect(
      desk.decide(board()) |> text == "cancel 4.0, cancel 4.1, buy 5@90, sell 5@110")
  }

  @Test func `it never bids for nothing`() throws {
    #expect(try desk().decide(board(fair: 10_000)) |> text == "sell 5@20")
  }

  @Test func `it heeds signals only if told to`() throws {
    var deaf = try desk()
    deaf.hear(Signal(direction: 1, strength: 1))
    #expect(deaf.decide(board()) |> text == "buy 5@90, sell 5@110")
    var heeding = try desk([("heed_signals", .flag(true))])
    heeding.hear(Signal(direction: -1, strength: 1))
    #expect(heeding.decide(board()) |> text == "buy 5@83, sell 5@103")
    heeding.member.remember(.message(from: 1, topic: 0, payload: [7]), in: &heeding.memory)
    #expect(heeding.decide(board()) |> text == "buy 5@83, sell 5@103")
  }

  @Test func `it tells when it holds more than half of what it may`() throws {
    var desk = try desk([("signal_to", .text("B"))])
    desk.trade(.sell, 6)
    #expect(desk.decide(board()) |> text == "buy 5@102, sell 5@122")
    desk.trade(.sell, 1)
    #expect(
      desk.decide(board()) |> text == "buy 5@104, sell 5@124, tell agent(1) -1 7000")
  }

  @Test(arguments: [
    ("half_spread", ParameterValue.integer(0)), ("skew", .number(-1)), ("quantity", .integer(0)),
    ("maximum_inventory", .integer(0)), ("signal_shift", .integer(-1)),
    ("instrument", .text("Z")), ("fair_value", .text("Z")),
  ])
  func `parameters out of range are refused`(_ example: (String, ParameterValue)) {
    let error = #expect(throws: ParameterError.self) { try desk([example]) }
    #expect(error?.name == example.0)
  }
}

@Suite struct TrendFollowerTests {
  private func desk(_ more: [(String, ParameterValue)] = []) throws -> Desk<TrendFollower> {
    try Desk(
      [("period", .integer(3)), ("quantity", .integer(2)), ("maximum_inventory", .integer(5))]
        + more)
  }

  private func at(_ price: PriceIncrements) -> PublicBoard {
    board(bid: (price - 1, 1), ask: (price + 1, 1))
  }

  private func after(_ prices: [PriceIncrements]) throws -> String {
    var desk = try desk()
    for price in prices { desk.see(at(price)) }
    return text(desk.decide(at(100)))
  }

  @Test func `it follows the price against its average once it has seen enough`() throws {
    #expect(try after([]) == "" && after([100, 110]) == "")
    #expect(try after([100, 100, 101]) == "buy 2 market")
    #expect(try after([100, 100, 99]) == "sell 2 market")
    #expect(try after([100, 100, 100]) == "")
    #expect(try after([99, 101, 100]) == "")
    // Only the last three count.
    #expect(try after([500, 100, 100, 101]) == "buy 2 market")
  }

  @Test func `an empty side is stood in for by the other, or by the last trade`() throws {
    var desk = try desk()
    desk.see(board(bid: (99, 1), ask: (101, 1)))
    desk.see(board(bid: (100, 1)))
    desk.see(board(ask: (100, 1)))
    #expect(desk.memory.prices == [200, 200, 200])
    desk.see(board(last: 104))
    #expect(desk.memory.prices == [200, 200, 208])
  }

  @Test func `it stops at what it may hold`() throws {
    var desk = try desk()
    for price in [100, 100, 103] as [PriceIncrements] { desk.see(at(price)) }
    desk.trade(.buy, 4)
    #expect(desk.decide(at(100)) |> text == "buy 1 market")
    desk.trade(.buy, 1)
    #expect(desk.decide(at(100)) |> text == "")
  }

  @Test func `a signal against the trend makes it wait`() throws {
    var desk = try desk([("heed_signals", .flag(true)), ("signal_to", .text("topic:news"))])
    for price in [100, 100, 103] as [PriceIncrements] { desk.see(at(price)) }
    // The price is 2 increments above the mean.
    #expect(desk.decide(at(100)) |> text == "tell topic(0) 1 2000, buy 2 market")
    desk.hear(Signal(direction: -1, strength: 0))
    #expect(desk.decide(at(100)) |> text == "")
    desk.hear(Signal(direction: 1, strength: 0))
    #expect(desk.decide(at(100)) |> text == "tell topic(0) 1 2000, buy 2 market")
  }
}

@Suite struct ArbitrageurTests {
  private func desk(_ more: [(String, ParameterValue)] = []) throws -> Desk<Arbitrageur> {
    try Desk(
      [
        ("threshold", .integer(10)), ("exit_threshold", .integer(2)), ("quantity", .integer(3)),
        ("maximum_inventory", .integer(4)),
      ] + more)
  }

  @Test func `it takes what deviates by more than its threshold`() throws {
    let desk = try desk()
    #expect(desk.decide(board(ask: (90, 9))) |> text == "")
    #expect(desk.decide(board(ask: (89, 9))) |> text == "buy 3 market")
    #expect(desk.decide(board(ask: (89, 2))) |> text == "buy 2 market")
    #expect(desk.decide(board(bid: (110, 9))) |> text == "")
    #expect(desk.decide(board(bid: (111, 9))) |> text == "sell 3 market")
    #expect(desk.decide(board()) |> text == "")
    #expect(desk.decide(board(ask: (90, 9), fair: 100_001)) |> text == "buy 3 market")
  }

  @Test func `it stops at what it may hold and gets out on less`() throws {
    var desk = try desk()
    desk.trade(.buy, 3)
    #expect(desk.decide(board(ask: (80, 9))) |> text == "buy 1 market")
    #expect(desk.decide(board(bid: (102, 9))) |> text == "")
    #expect(desk.decide(board(bid: (103, 9))) |> text == "sell 3 market")
    #expect(desk.decide(board(bid: (103, 1))) |> text == "sell 1 market")
    // Beyond the threshold it turns its position over.
    #expect(desk.decide(board(bid: (120, 9))) |> text == "sell 3 market")
    desk.trade(.buy, 1)
    #expect(desk.decide(board(ask: (80, 9))) |> text == "")
    desk.trade(.sell, 6)
    #expect(desk.decide(board(ask: (97, 9))) |> text == "buy 2 market")
    #expect(desk.decide(board(ask: (98, 9))) |> text == "")
  }

  @Test func `a signal against the trade doubles the threshold`() throws {
    var desk = try desk([("heed_signals", .flag(true)), ("signal_to", .text("B"))])
    desk.hear(Signal(direction: -1, strength: 0))
    #expect(desk.decide(board(ask: (80, 9))) |> text == "")
    #expect(
      desk.decide(board(ask: (79, 9))) |> text == "tell agent(1) 1 21000, buy 3 market")
    #expect(
      desk.decide(board(bid: (111, 9))) |> text == "tell agent(1) -1 11000, sell 3 market")
  }
}

infix operator |> : AdditionPrecedence

/// Applies a function, so that a line reads from left to right.
func |> <T, U>(value: T, function: (T) -> U) -> U { function(value) }
