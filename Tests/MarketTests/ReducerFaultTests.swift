import Foundation
import Market
import MarketModel
import MatchingEngine
import TestSupport
import Testing

/// A reducer that once does something else than the naive twin: the first event after which their
/// digests differ must be that one.
@Suite struct ReducerFaultTests {
  private static let isLong = ProcessInfo.processInfo.environment["TAPEDECK_SOAK"] != nil

  @Test(arguments: 0..<(isLong ? 100 : 6) as Range<UInt64>)
  func `the event that a reducer folds wrongly is the first that differs`(seed: UInt64) {
    var source = RandomCommands(seed: seed)
    var clean = MarketPair(rules: source.rules)
    clean.keepsEntries = true
    for _ in 0..<120 { clean.run(source.command(clean.market)) }
    var numbers = KeyedNumbers(seed: seed)
    var planted = 0
    for _ in 0..<100 where planted < 15 {
      let position = numbers.index(below: clean.entries.count)
      guard let found = firstDifference(clean.entries, source.rules, faultAt: position) else {
        continue  // the event changes nothing that a fault could show in
      }
      planted += 1
      #expect(found == position)
    }
    #expect(planted >= 5)
  }

  /// Folds entries into both, one of them left out of the fast market; returns the first entry
  /// after which digests differ.
  private func firstDifference(
    _ entries: [MarketPair.Entry], _ rules: MarketRules, faultAt position: Int
  ) -> Int? {
    var market = MarketState(rules: rules)
    var reference = ReferenceMarket(rules: rules)
    for (index, entry) in entries.prefix(position + 1).enumerated() {
      guard case .outcome(let event, let command) = entry else { continue }
      reference.apply(event, of: command)
      if index != position {
        do {
          try market.apply(event, of: command)
        } catch {
          return index
        }
      }
      // Between two outcomes of a command the twin has no digest of the order that is matched.
      if market.isMatching { continue }
      let isEqual =
        market.booksDigest == reference.booksDigest
        && market.positionsDigest == reference.positionsDigest
        && market.cashDigest == reference.cashDigest
      if !isEqual { return index }
    }
    return nil
  }
}
