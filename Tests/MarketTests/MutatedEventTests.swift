import Market
import MarketModel
import MatchingEngine
import TestSupport
import Testing

/// Streams of events with one field changed: they fold, or they are refused; nothing traps.
@Suite struct MutatedEventTests {
  @Test(arguments: 0..<50 as Range<UInt64>)
  func `a changed field folds or is refused`(_ seed: UInt64) throws {
    var source = RandomCommands(seed: seed)
    var pair = MarketPair(rules: source.rules)
    pair.keepsEntries = true
    for _ in 0..<120 {
      if let fact = source.fact() { pair.observe(fact) }
      pair.run(source.command(pair.market))
    }
    var numbers = KeyedNumbers(seed: seed &+ 1_000_000)
    var refused = 0
    var before = MarketState(rules: source.rules)
    // Each event of the stream is changed in several ways where it stands.
    let trials = 1 + 1000 / pair.entries.count
    for entry in pair.entries {
      for _ in 0..<trials {
        guard let forged = forge(entry, &numbers) else { continue }
        var state = before
        do throws(ReductionError) {
          try apply(forged, to: &state)
          if state.working == nil { state.checkInvariants() }
        } catch {
          refused += 1
        }
      }
      try apply(entry, to: &before)
    }
    #expect(refused > 0)
    #expect(digests(before) == digests(pair.market))
  }

  private func apply(
    _ entry: MarketPair.Entry, to state: inout MarketState
  ) throws(ReductionError) {
    switch entry {
    case .outcome(let event, let command): try state.apply(event, of: command)
    case .fact(let event): try state.apply(fact: event)
    }
  }

  /// The entry with one to three fields changed; nil where that is no event.
  private func forge(
    _ entry: MarketPair.Entry, _ numbers: inout KeyedNumbers
  ) -> MarketPair.Entry? {
    let event: Event
    var command: PendingCommand?
    switch entry {
    case .outcome(let outcome, let cause): (event, command) = (outcome, cause)
    case .fact(let fact): event = fact
    }
    var row = event.row
    if numbers.once(in: 10) { row.kind = UInt8(numbers.number(7...12)) }
    let count = EventSchema.all[Int(row.kind) - 1].fields.count
    for _ in 0..<numbers.number(1...3) {
      let index = numbers.index(below: count)
      row.words[index] = numbers.pick([
        row.words[index] &+ 1, row.words[index] &- 1, 0, 1, 2, -1, .max, .min, 1 << 40,
        Int64(Int32.max), row.words[index] &* 2,
      ])
    }
    guard let forged = try? Event(row) else { return nil }
    if numbers.once(in: 10) { command = nil }
    if forged.kind.isFact { return .fact(forged) }
    return .outcome(forged, command)
  }
}
