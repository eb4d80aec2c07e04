import Market
import MarketModel
import MatchingEngine
import Testing

/// The exchange, its fast path and its obvious twin, fed the same.
struct MarketPair {
  /// What the market was given, in order: enough to fold it again.
  enum Entry {
    case outcome(Event, PendingCommand?)
    case fact(Event)
  }

  var market: MarketState
  /// Folds by `commit` what `market` folds by `apply`.
  var live: MarketState
  /// Does by `execute` what `live` does by `decide` and `commit`.
  var direct: MarketState
  var reference: ReferenceMarket
  var entries: [Entry] = []
  var keepsEntries = false
  /// Set once the two disagree, with where.
  var fault: String?

  init(rules: MarketRules) {
    market = MarketState(rules: rules)
    live = market
    direct = market
    reference = ReferenceMarket(rules: rules)
  }

  /// Lets both decide on a command and fold what they decide; returns the outcomes.
  @discardableResult
  mutating func run(_ command: PendingCommand) -> [Event] {
    var events: [Event] = []
    while true {
      let number = UInt32(events.count)
      let outcome = market.nextOutcome(of: command, number: number)
      let event = outcome.map { Event($0) }
      let other = reference.nextOutcome(of: command, number: number)
      if event != other {
        fail("\(command) gives \(String(describing: event)), not \(String(describing: other))")
        return events
      }
      guard let event else { break }
      events.append(event)
      commit(command, number, event)
      let cause = number == 0 ? command : nil
      if keepsEntries { entries.append(.outcome(event, cause)) }
      do {
        try market.apply(event, of: cause)
      } catch {
        fail("\(event) of \(command) cannot be folded: \(error)")
        return events
      }
      reference.apply(event, of: cause)
      if number > 1 << 16 {
        fail("\(command) never ends")
        return events
      }
    }
    compare("after \(command)")
    return events
  }

  /// Lets the fast path decide and fold, which must come to the same.
  private mutating func commit(_ command: PendingCommand, _ number: UInt32, _ event: Event) {
    if number > 0, !live.isMatching {
      fail("the fast path stops before \(event)")
      return
    }
    var (command, decision) = (command, Decision())
    live.decide(&command, number: number, into: &decision)
    if Event(decision.outcome) != event { fail("the fast path does not give \(event)") }
    live.commit(&decision, of: &command)
    direct.execute(&command, number: number, into: &decision)
    if Event(decision.outcome) != event { fail("executing does not give \(event)") }
    if direct.isMatching != live.isMatching { fail("executing goes on after \(event)") }
  }

  /// Folds a fact into both.
  mutating func observe(_ event: Event) {
    if keepsEntries { entries.append(.fact(event)) }
    do {
      try market.apply(fact: event)
      try live.apply(fact: event)
      try direct.apply(fact: event)
    } catch {
      fail("\(event): \(error)")
      return
    }
    reference.apply(fact: event)
    compare("after \(event)")
  }

  private mutating func compare(_ place: String) {
    if market.booksDigest != reference.booksDigest { fail("books differ \(place)") }
    if market.positionsDigest != reference.positionsDigest { fail("positions differ \(place)") }
    if market.cashDigest != reference.cashDigest { fail("cash differs \(place)") }
    if digests(market) != digests(live) { fail("the fast path differs \(place)") }
    if digests(direct) != digests(live) { fail("executing differs \(place)") }
    if market.isMatching != live.isMatching { fail("the fast path goes on \(place)") }
    if let words = market.conservationFault { fail("\(words) \(place)") }
    if let crossed = market.crossedInstrument { fail("instrument \(crossed) crossed \(place)") }
    if market.working != nil { fail("an order is still being matched \(place)") }
  }

  private mutating func fail(_ words: String) {
    if fault == nil {
      fault = words
      Issue.record("\(words)")
    }
  }

  /// Folds entries into a market at its opening.
  static func fold(_ entries: [Entry], _ rules: MarketRules) throws -> MarketState {
    var market = MarketState(rules: rules)
    for entry in entries {
      switch entry {
      case .outcome(let event, let command): try market.apply(event, of: command)
      case .fact(let event): try market.apply(fact: event)
      }
    }
    return market
  }
}

/// The three digests of a market.
func digests(_ market: MarketState) -> [UInt64] {
  [market.booksDigest, market.positionsDigest, market.cashDigest]
}

func encoded(_ market: MarketState) -> [UInt8] {
  var writer = ByteWriter()
  market.encode(into: &writer)
  return writer.bytes
}
