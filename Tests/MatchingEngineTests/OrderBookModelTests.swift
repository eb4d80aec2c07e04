import MarketModel
import MatchingEngine
import TestSupport
import Testing

/// The fast book against the obvious one, over seeds.
@Suite struct OrderBookModelTests {
  /// Both books, and every id that rests.
  private struct Pair {
    var fast = OrderBook(identities: .example)
    var reference = ReferenceOrderBook(identities: .example)
    var resting: [CommandKey] = []
    var next: UInt32 = 0
    /// About where orders stand, and how far that moves with each.
    var middle: PriceIncrements = 100
    var stride: PriceIncrements = 0

    mutating func step(_ numbers: inout KeyedNumbers) {
      if numbers.once(in: 2) { prefetch(&numbers) }
      let choice = numbers.number(0...9)
      if resting.isEmpty || choice < 5 {
        insert(&numbers)
      } else {
        let index = numbers.index(below: resting.count)
        let key = resting[index]
        guard let open = reference.order(key)?.quantity else { return }
        let whole = numbers.once(in: 2)
        let quantity = whole ? open : numbers.number(1...open)
        if choice < 8 {
          fast.reduce(key, by: quantity)
          reference.reduce(key, by: quantity)
          if quantity == open { resting.remove(at: index) }
        } else {
          let newKey = newKey(owner: key.agent, &numbers)
          fast.rename(key, to: newKey, quantity: quantity)
          reference.rename(key, to: newKey, quantity: quantity)
          resting[index] = newKey
        }
      }
    }

    /// Asks for any memory, also for that of orders, instruments and prices that cannot be.
    private mutating func prefetch(_ numbers: inout KeyedNumbers) {
      let known = resting.isEmpty ? nil : resting[numbers.index(below: resting.count)]
      let owners: [AgentIndex] = [-1, 0, 3, .min, .max]
      let prices: [PriceIncrements] = [.min, -1, 0, 95, 105, 1 << 40, .max]
      let instruments: [InstrumentIndex] = [.min, -1, 0, 1, 2, .max]
      let any = CommandKey(
        agent: owners[numbers.index(below: owners.count)], tick: .min, ordinal: .max)
      let key = numbers.once(in: 2) ? known ?? any : any
      let instrument = instruments[numbers.index(below: instruments.count)]
      let side: Side = numbers.once(in: 2) ? .buy : .sell
      let price = prices[numbers.index(below: prices.count)]
      fast.prefetch(key)
      fast.prefetchNeighbours(of: key)
      fast.prefetchLevel(instrument, side, at: price, for: key)
      fast.prefetchLast(instrument, side, at: price)
    }

    private mutating func insert(_ numbers: inout KeyedNumbers) {
      let key = newKey(owner: AgentIndex(numbers.number(-1...3)), &numbers)
      let instrument = InstrumentIndex(numbers.number(0...1))
      let side: Side = numbers.once(in: 2) ? .buy : .sell
      // Few prices: long queues; sometimes a far one.
      middle = max(5, middle + numbers.number(-stride...stride))
      let near = numbers.number(middle - 5...middle + 5)
      let price = stride == 0 && numbers.once(in: 20) ? numbers.number(1...1 << 40) : near
      let quantity = numbers.once(in: 20) ? 1 << 40 : numbers.number(1...9)
      fast.insert(key, instrument, side, price: price, quantity: quantity)
      reference.insert(key, instrument, side, price: price, quantity: quantity)
      resting.append(key)
    }

    private mutating func newKey(owner: AgentIndex, _ numbers: inout KeyedNumbers) -> CommandKey {
      next += 1
      return CommandKey(agent: owner, tick: numbers.number(-3...3), ordinal: next)
    }
  }

  @Test(arguments: 0..<30 as Range<UInt64>)
  func `both books have equal digests and lines after every operation`(_ seed: UInt64) {
    var numbers = KeyedNumbers(seed: seed)
    var pair = Pair()
    for step in 0..<250 {
      pair.step(&numbers)
      #expect(pair.fast.digest == pair.reference.digest, "seed \(seed), step \(step)")
      if pair.fast.digest != pair.reference.digest { return }
      pair.fast.checkInvariants()
      if step % 5 == 0 { expectBestPrices(pair.fast, "seed \(seed), step \(step)") }
    }
    #expect(pair.fast.count == pair.reference.orders.count)
    for instrument in 0...1 as ClosedRange<InstrumentIndex> {
      for side in Side.allCases {
        #expect(pair.fast.line(instrument, side) == pair.reference.line(instrument, side))
      }
    }
  }

  /// Then windows of prices move, grow and shrink, and keep their memory or take another.
  @Test(arguments: [3, 40, 300, 5000] as [PriceIncrements])
  func `both books stay equal where prices wander`(_ stride: PriceIncrements) {
    var numbers = KeyedNumbers(seed: UInt64(stride))
    var pair = Pair()
    (pair.middle, pair.stride) = (100_000, stride)
    for step in 0..<400 {
      pair.step(&numbers)
      #expect(pair.fast.digest == pair.reference.digest, "stride \(stride), step \(step)")
      if pair.fast.digest != pair.reference.digest { return }
      pair.fast.checkInvariants()
    }
    for side in Side.allCases {
      #expect(pair.fast.line(0, side) == pair.reference.line(0, side))
    }
  }

  /// What stands best but for an agent's own orders is what a walk over all levels finds.
  private func expectBestPrices(_ book: OrderBook, _ place: Comment) {
    for instrument in 0...1 as ClosedRange<InstrumentIndex> {
      for (side, agent) in Side.allCases.flatMap({ side in (-1...3).map { (side, $0) } }) {
        let other = book.levels(instrument, side).last { level in
          book.queue(level).contains { $0.key.agent != AgentIndex(agent) }
        }
        let found = book.bestPrice(instrument, side, except: AgentIndex(agent))
        #expect(found == other?.price, place)
      }
    }
  }

  @Test func `a copy does not change with its original`() {
    var numbers = KeyedNumbers(seed: 99)
    var pair = Pair()
    for _ in 0..<100 { pair.step(&numbers) }
    let copy = pair
    let digest = copy.fast.digest
    for _ in 0..<100 { pair.step(&numbers) }
    #expect(copy.fast.digest == digest)
    copy.fast.checkInvariants()
  }
}
