import Market
import MarketModel
import MatchingEngine
import TestSupport
import Testing

@Suite struct MarketEncodingTests {
  private func example(_ seed: UInt64, _ commands: Int = 200) -> (MarketState, RandomCommands) {
    var source = RandomCommands(seed: seed)
    var pair = MarketPair(rules: source.rules)
    for _ in 0..<commands {
      if let fact = source.fact() { pair.observe(fact) }
      pair.run(source.command(pair.market))
    }
    return (pair.market, source)
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `a market comes back with equal digests and bytes, and goes on the same`(
    _ seed: UInt64
  ) throws {
    var (market, source) = example(seed)
    let bytes = encoded(market)
    var copy = MarketState(rules: source.rules)
    var reader = ByteReader(bytes)
    try copy.decode(from: &reader)
    try reader.expectEnd()
    copy.checkInvariants()
    #expect(digests(copy) == digests(market))
    #expect(encoded(copy) == bytes)
    for _ in 0..<100 {
      let command = source.command(market)
      var number: UInt32 = 0
      while let event = market.nextOutcome(of: command, number: number) {
        #expect(copy.nextOutcome(of: command, number: number) == event)
        try market.apply(event, of: number == 0 ? command : nil)
        try copy.apply(event, of: number == 0 ? command : nil)
        number += 1
      }
    }
    #expect(digests(copy) == digests(market))
  }

  @Test func `every truncation is refused`() {
    let (market, source) = example(3, 60)
    let bytes = encoded(market)
    for end in 0..<bytes.count {
      var reader = ByteReader(bytes, from: 0, to: end)
      var copy = MarketState(rules: source.rules)
      #expect(throws: ByteError.self) { try copy.decode(from: &reader) }
    }
  }

  @Test(arguments: 0..<10 as Range<UInt64>)
  func `changed bytes are refused or give a market that goes on`(_ seed: UInt64) {
    var (market, source) = example(seed, 80)
    let bytes = encoded(market)
    var numbers = KeyedNumbers(seed: seed)
    for _ in 0..<300 {
      var bad = bytes
      for _ in 0..<numbers.number(1...4) {
        bad[numbers.index(below: bad.count)] = UInt8(numbers.number(0...255))
      }
      var reader = ByteReader(bad)
      var copy = MarketState(rules: source.rules)
      do {
        try copy.decode(from: &reader)
      } catch {
        continue
      }
      copy.book.checkInvariants()
      // Whatever was read, the exchange decides on it without a trap.
      for _ in 0..<3 { _ = copy.nextOutcome(of: source.command(market), number: 0) }
    }
    market.checkInvariants()
  }

  @Test func `an unknown owner, a bad order and a bad status are refused`() throws {
    let rules = MarketRules.example()
    var market = MarketScript(rules)
    market.run("A buy 5 @ 100 => accepted")
    let good = encoded(market.pair.market)
    var copy = MarketState(rules: rules)
    var reader = ByteReader(good)
    try copy.decode(from: &reader)
    // 5 balances, 10 positions and the exchange's balance stand before the first status.
    let status = 8 * 16
    let order = status + 2 * 25 + 4
    for word in 0..<16 {
      var bad = good
      for byte in 0..<8 { bad[8 * word + byte] = byte == 7 ? 0x80 : 0 }
      var reader = ByteReader(bad)
      var copy = MarketState(rules: rules)
      #expect(throws: ByteError.self, "word \(word)") { try copy.decode(from: &reader) }
    }
    for (offset, value) in [
      (status, 3), (status + 8, 0x80), (status + 24, 0x80), (order, 5), (order + 3, 0x80),
      (order + 23, 0xFF), (order + 31, 0xFF),
    ] as [(Int, UInt8)] {
      var bad = good
      bad[offset] = value
      var reader = ByteReader(bad)
      var copy = MarketState(rules: rules)
      #expect(throws: ByteError.self, "offset \(offset)") { try copy.decode(from: &reader) }
    }
  }

  @Test func `a market between two outcomes of a command is not encoded`() async {
    await #expect(processExitsWith: .failure) {
      var market = MarketState(rules: .example())
      let key = CommandKey(agent: 0, tick: 0, ordinal: 0)
      let terms = OrderTerms(instrument: 0, side: .buy, type: .market, price: 0, quantity: 1)
      let command = PendingCommand(key: key, body: .place(terms))
      if let event = market.nextOutcome(of: command, number: 0) {
        try market.apply(event, of: command)
      }
      _ = encoded(market)
    }
  }
}
