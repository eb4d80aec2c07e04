import MarketModel
import MatchingEngine
import Testing

/// What both books must do alike, by example.
@Suite struct OrderBookTests {
  @Test(
    arguments: BookKind.allCases,
    [
      ("", "", ""),
      ("A0 buy 5@100", "100: A0x5", ""),
      ("A0 buy 5@100\nB0 buy 2@100\nC0 buy 1@99", "100: A0x5 B0x2 | 99: C0x1", ""),
      ("A0 buy 5@99\nB0 buy 2@101\nC0 buy 1@100", "101: B0x2 | 100: C0x1 | 99: A0x5", ""),
      ("A0 sell 5@99\nB0 sell 2@101\nC0 sell 1@100", "", "99: A0x5 | 100: C0x1 | 101: B0x2"),
      ("A0 buy 5@100\nA1 sell 3@101", "100: A0x5", "101: A1x3"),
      ("A0 buy 5@100\nB0 buy 2@100\nreduce A0 4", "100: A0x1 B0x2", ""),
      ("A0 buy 5@100\nB0 buy 2@100\nreduce A0 5", "100: B0x2", ""),
      ("A0 buy 5@100\nB0 buy 2@100\nC0 buy 3@100\nreduce B0 2", "100: A0x5 C0x3", ""),
      ("A0 buy 5@100\nB0 buy 2@100\nC0 buy 3@100\nreduce C0 3", "100: A0x5 B0x2", ""),
      ("A0 buy 5@100\nreduce A0 5", "", ""),
      ("A0 buy 5@100\nreduce A0 5\nA0 buy 1@100", "100: A0x1", ""),
      ("A0 buy 5@100\nB0 buy 2@100\nrename A0 A1 5", "100: A1x5 B0x2", ""),
      ("A0 buy 5@100\nB0 buy 2@100\nrename A0 A1 1", "100: A1x1 B0x2", ""),
      ("A0 buy 5@100\nB0 buy 2@100\nrename B0 B1 1", "100: A0x5 B1x1", ""),
      ("A0 buy 5@100\nrename A0 A1 1\nA0 buy 2@100", "100: A1x1 A0x2", ""),
    ])
  func `orders stand by price, then by time`(
    _ kind: BookKind, _ example: (script: String, bids: String, asks: String)
  ) {
    var book = kind.make()
    book.run(example.script)
    #expect(book.text(.buy) == example.bids)
    #expect(book.text(.sell) == example.asks)
  }

  @Test(arguments: BookKind.allCases)
  func `instruments do not mix`(_ kind: BookKind) {
    var book = kind.make()
    book.insert(key("A0"), 0, .buy, price: 100, quantity: 1)
    book.insert(key("A1"), 1, .buy, price: 100, quantity: 2)
    #expect(book.text(.buy, 0) == "100: A0x1")
    #expect(book.text(.buy, 1) == "100: A1x2")
    book.reduce(key("A1"), by: 2)
    #expect(book.text(.buy, 0) == "100: A0x1")
    #expect(book.text(.buy, 1) == "")
  }

  @Test(arguments: BookKind.allCases)
  func `an order is found by its id while it rests`(_ kind: BookKind) {
    var book = kind.make()
    #expect(book.open(key("A0")) == nil)
    book.run("A0 buy 5@100\nreduce A0 2")
    #expect(book.open(key("A0")) == 3)
    book.run("rename A0 A1 2")
    #expect(book.open(key("A0")) == nil)
    #expect(book.open(key("A1")) == 2)
    book.run("reduce A1 2")
    #expect(book.open(key("A1")) == nil)
  }

  @Test(arguments: BookKind.allCases)
  func `an empty book has digest 0, and has it again when it is empty again`(_ kind: BookKind) {
    var book = kind.make()
    #expect(book.digest == 0)
    book.run("A0 buy 5@100\nB0 sell 5@101")
    #expect(book.digest != 0)
    book.run("reduce A0 5\nreduce B0 5")
    #expect(book.digest == 0)
  }

  /// Each pair differs in one thing that matters.
  @Test(
    arguments: BookKind.allCases,
    [
      ("A0 buy 5@100\nB0 buy 5@100", "B0 buy 5@100\nA0 buy 5@100"),
      ("A0 buy 5@100\nB0 buy 5@100\nC0 buy 5@100", "A0 buy 5@100\nC0 buy 5@100\nB0 buy 5@100"),
      ("A0 buy 5@100\nA1 buy 5@100", "A1 buy 5@100\nA0 buy 5@100"),
      ("A0 buy 5@100", "A0 sell 5@100"),
      ("A0 buy 5@100", "A0 buy 4@100"),
      ("A0 buy 5@100", "A0 buy 5@101"),
      ("A0 buy 5@100", "A1 buy 5@100"),
      ("A0 buy 5@100", "B0 buy 5@100"),
    ])
  func `whatever matters enters the digest`(_ kind: BookKind, _ pair: (String, String)) {
    var left = kind.make()
    var right = kind.make()
    left.run(pair.0)
    right.run(pair.1)
    #expect(left.digest != right.digest)
  }

  /// Each pair ends in the same queues by another way.
  @Test(
    arguments: BookKind.allCases,
    [
      ("A0 buy 5@100\nB0 buy 2@99", "B0 buy 2@99\nA0 buy 5@100"),
      ("A0 buy 5@100\nB0 sell 2@101", "B0 sell 2@101\nA0 buy 5@100"),
      ("A0 buy 5@100", "A0 buy 9@100\nreduce A0 4"),
      ("A0 buy 5@100\nB0 buy 1@100", "C0 buy 1@100\nA0 buy 5@100\nB0 buy 1@100\nreduce C0 1"),
      ("A0 buy 5@100\nB0 buy 1@100", "A0 buy 5@100\nC0 buy 1@100\nB0 buy 1@100\nreduce C0 1"),
      ("A0 buy 5@100\nB0 buy 1@100", "A9 buy 7@100\nB0 buy 1@100\nrename A9 A0 5"),
    ])
  func `history does not enter the digest`(_ kind: BookKind, _ pair: (String, String)) {
    var left = kind.make()
    var right = kind.make()
    left.run(pair.0)
    right.run(pair.1)
    #expect(left.digest == right.digest)
  }

  @Test(arguments: BookKind.allCases)
  func `table positions do not enter the digest`(_ kind: BookKind) {
    var left = kind.make(
      Identities(agents: ["A", "B"], instruments: ["X", "Y"], processes: ["F"]))
    var right = kind.make(
      Identities(agents: ["new", "B"], instruments: ["Y", "X"], processes: ["G", "F"]))
    right.appendAgent("A")
    left.insert(CommandKey(agent: 0, tick: 4, ordinal: 2), 0, .buy, price: 9, quantity: 1)
    left.insert(CommandKey(agent: 1, tick: 4, ordinal: 2), 0, .buy, price: 9, quantity: 1)
    left.insert(CommandKey(feed: 0, reference: 77), 1, .sell, price: 9, quantity: 1)
    right.insert(CommandKey(agent: 2, tick: 4, ordinal: 2), 1, .buy, price: 9, quantity: 1)
    right.insert(CommandKey(agent: 1, tick: 4, ordinal: 2), 1, .buy, price: 9, quantity: 1)
    right.insert(CommandKey(feed: 1, reference: 77), 0, .sell, price: 9, quantity: 1)
    #expect(left.digest == right.digest)
  }

  @Test func `the best levels, the front and crossing are what they say`() throws {
    var book = OrderBook(identities: .example)
    #expect(book.best(0, .buy) == nil && book.front(0, .buy) == nil)
    #expect(!book.crosses(0, .buy, price: .max) && !book.crosses(0, .sell, price: 1))
    book.run("A0 buy 5@99\nB0 buy 2@100\nC0 buy 3@100\nD0 sell 1@103")
    let best = try #require(book.best(0, .buy))
    #expect(best.price == 100 && best.quantity == 5 && best.count == 2)
    #expect(book.front(0, .buy)?.key == key("B0"))
    #expect(book.count == 4)
    #expect(book.crosses(0, .buy, price: 103) && !book.crosses(0, .buy, price: 102))
    #expect(book.crosses(0, .sell, price: 100) && !book.crosses(0, .sell, price: 101))
    #expect(!book.crosses(1, .buy, price: 103))
  }
}

@Suite struct OrderBookTrapTests {
  @Test func `what callers must check traps`() async {
    await #expect(processExitsWith: .failure) {
      var book = OrderBook(identities: .example)
      book.insert(key("A0"), 0, .buy, price: 1, quantity: 0)
    }
    await #expect(processExitsWith: .failure) {
      var book = OrderBook(identities: .example)
      book.reduce(key("A0"), by: 1)
    }
    await #expect(processExitsWith: .failure) {
      var book = OrderBook(identities: .example)
      book.run("A0 buy 5@100\nreduce A0 6")
    }
    await #expect(processExitsWith: .failure) {
      var book = OrderBook(identities: .example)
      book.run("A0 buy 5@100\nreduce A0 0")
    }
    await #expect(processExitsWith: .failure) {
      var book = OrderBook(identities: .example)
      book.rename(key("A0"), to: key("A1"), quantity: 1)
    }
    await #expect(processExitsWith: .failure) {
      var book = OrderBook(identities: .example)
      book.run("A0 buy 5@100\nrename A0 A1 6")
    }
  }
}
