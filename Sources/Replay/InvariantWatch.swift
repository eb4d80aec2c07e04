public import Agents
import Journal
import Market
public import MarketModel
public import Session

/// Stops at the first event after which an invariant does not hold, and at each intervention.
///
/// A book is looked at where it changed. Cash and positions are added up after so many trades that this takes no
/// longer than folding them: each time where agents are few.
@usableFromInline
struct InvariantWatch: StateWatch {
  /// The event that it stopped at.
  @usableFromInline var sequence: SequenceNumber = 0
  @usableFromInline var isIntervention = false
  /// What does not hold, in words.
  @usableFromInline var fault: String?
  /// Trades and transfers since cash and positions were added up, and were right.
  private var trades = 0
  /// Instruments whose books imported facts left crossed, perhaps for a moment.
  private var observed: [InstrumentIndex] = []

  @usableFromInline init() {}

  @inlinable @inline(__always)
  mutating func look<Roster: AgentRoster>(
    at state: inout SessionState<Roster>, after sequence: SequenceNumber, _ raw: UInt8
  ) -> Bool {
    guard let kind = EventKind(rawValue: raw) else { return false }
    isIntervention = kind == .interventionApplied
    self.sequence = sequence
    state.reading { look(at: &$0, after: kind) }
    return isIntervention || fault != nil
  }

  /// Looks at the market after an event; the state is `inout` only to be cheap.
  @usableFromInline
  mutating func look(at state: inout SharedState, after kind: EventKind) {
    if kind == .orderFilled || kind == .capitalTransferred { trades += 1 }
    if state.market.isMatching { return }
    if trades > 0, trades * Self.sumsPerTrade >= state.market.holdingCount { addUp(&state) }
    let latest = state.market.latestChange
    if kind.isFact {
      if !observed.contains(latest) { observed.append(latest) }
      return
    }
    look(at: latest, &state)
    if observed.isEmpty { return }
    for instrument in observed { look(at: instrument, &state) }
    observed = []
  }

  private mutating func look(at instrument: InstrumentIndex, _ state: inout SharedState) {
    if fault != nil || instrument < 0 || !state.market.isCrossed(instrument) { return }
    fault = "the book of \(state.scenario.instruments[Int(instrument)].name) is crossed"
  }

  /// What is wrong at the end, where not all was added up before.
  @inlinable
  mutating func findingAtEnd<Roster: AgentRoster>(
    _ state: inout SessionState<Roster>
  ) -> VerificationFinding? {
    state.reading { end(&$0) }
    return fault.map { .invariant(sequence, $0) }
  }

  @usableFromInline
  mutating func end(_ state: inout SharedState) {
    if trades > 0, !state.market.isMatching { addUp(&state) }
  }

  private mutating func addUp(_ state: inout SharedState) {
    fault = state.market.conservationFault.map { words in
      trades > 1 ? "\(words), since one of the last \(trades) trades and transfers" : words
    }
    trades = 0
  }

  /// How many numbers are added up in the time that it takes to fold a trade.
  private static let sumsPerTrade = 32

  /// What is wrong with the event that it stopped at, or with the state after it.
  @usableFromInline
  func finding(_ event: FlatEvent, _ origins: inout OriginCheck) -> VerificationFinding? {
    if isIntervention, let fault = origins.fault(event, sequence) {
      return .invariant(sequence, fault)
    }
    return fault.map { .invariant(sequence, $0) }
  }
}
