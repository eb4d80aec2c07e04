import Foundation
import Market
import MarketModel
import MatchingEngine
import Testing

/// The exchange against the obvious one, over seeds.
@Suite struct MarketAgainstReferenceTests {
  @Test(arguments: 0..<40 as Range<UInt64>)
  func `both exchanges give equal events and digests`(_ seed: UInt64) throws {
    try compare(seed: seed, commands: 500, checks: 25)
  }

  /// A million commands; set TAPEDECK_SOAK, and build for release.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["TAPEDECK_SOAK"] != nil))
  func `both exchanges agree on a million commands`() throws {
    for seed in 1000..<1020 as Range<UInt64> {
      try compare(seed: seed, commands: 50_000, checks: 5000)
    }
  }

  private func compare(seed: UInt64, commands: Int, checks: Int) throws {
    var source = RandomCommands(seed: seed)
    var pair = MarketPair(rules: source.rules)
    for step in 0..<commands {
      if let fact = source.fact() { pair.observe(fact) }
      pair.run(source.command(pair.market))
      try #require(pair.fault == nil, "seed \(seed), step \(step)")
      if step % checks == 0 { pair.market.checkInvariants() }
    }
    pair.market.checkInvariants()
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `matching in place equals folding its events`(_ seed: UInt64) throws {
    var source = RandomCommands(seed: seed)
    var pair = MarketPair(rules: source.rules)
    pair.keepsEntries = true
    for step in 0..<500 {
      if let fact = source.fact() { pair.observe(fact) }
      pair.run(source.command(pair.market))
      if step % 100 == 99 {
        let folded = try MarketPair.fold(pair.entries, source.rules)
        #expect(digests(folded) == digests(pair.market), "seed \(seed), step \(step)")
        #expect(encoded(folded) == encoded(pair.market), "seed \(seed), step \(step)")
        #expect(folded.trading == pair.market.trading)
      }
    }
  }

  /// Random commands that reach nothing would prove nothing.
  @Test func `every outcome and every reason comes up`() {
    var rejects: Set<RejectReason> = []
    var cancels: Set<CancelReason> = []
    var kinds: Set<EventKind> = []
    for seed in 0..<60 as Range<UInt64> {
      var source = RandomCommands(seed: seed)
      var pair = MarketPair(rules: source.rules)
      for _ in 0..<500 {
        if let fact = source.fact() { pair.observe(fact) }
        for event in pair.run(source.command(pair.market)) {
          kinds.insert(event.kind)
          if case .orderRejected(let body) = event { rejects.insert(body.reason) }
          if case .orderCancelled(let body) = event { cancels.insert(body.reason) }
        }
      }
    }
    #expect(rejects == Set(RejectReason.allCases))
    #expect(cancels == Set(CancelReason.allCases).subtracting([.concealed]))
    #expect(kinds.count == 6)
  }

  @Test func `deciding changes nothing`() {
    var source = RandomCommands(seed: 77)
    var pair = MarketPair(rules: source.rules)
    for _ in 0..<300 {
      let command = source.command(pair.market)
      let before = encoded(pair.market)
      let first = pair.market.nextOutcome(of: command, number: 0)
      #expect(pair.market.nextOutcome(of: command, number: 0) == first)
      #expect(encoded(pair.market) == before)
      pair.run(command)
    }
  }
}

/// Two states that begin as one.
@Suite struct MarketCopyTests {
  @Test(arguments: 0..<20 as Range<UInt64>)
  func `a copy does not change with its original, nor an original with its copy`(
    seed: UInt64
  ) {
    var source = RandomCommands(seed: seed)
    var pair = MarketPair(rules: source.rules)
    for _ in 0..<100 { pair.run(source.command(pair.market)) }
    let copies = (pair.market, pair.live)
    let before = (digests(copies.0), encoded(copies.0))
    for _ in 0..<50 { pair.run(source.command(pair.market)) }
    var (joined, live) = copies
    joined.appendAccount(AccountRules(name: "late", group: 0))
    live.appendAccount(AccountRules(name: "late", group: 0))
    for _ in 0..<50 {
      var command = source.command(joined)
      var number: UInt32 = 0
      var decision = Decision()
      while let outcome = joined.nextOutcome(of: command, number: number) {
        live.decide(&command, number: number, into: &decision)
        live.commit(&decision, of: &command)
        try? joined.apply(outcome, of: number == 0 ? command : nil)
        number += 1
      }
      #expect(digests(joined) == digests(live))
    }
    joined.checkInvariants()
    live.checkInvariants()
    copies.0.checkInvariants()
    copies.1.checkInvariants()
    #expect(digests(copies.0) == before.0)
    #expect(digests(copies.1) == before.0)
    #expect(encoded(copies.1) == before.1)
  }
}
