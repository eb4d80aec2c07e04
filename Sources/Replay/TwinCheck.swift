public import Agents
import Market
public import MarketModel
public import Session

/// A second, naive reducer of the exchange, folded beside the real one and compared with it.
@usableFromInline
struct TwinCheck {
  private var twin: ReferenceMarket
  private var pending: [PendingCommand] = []
  @usableFromInline private(set) var comparisons = 0

  @usableFromInline
  init(_ scenario: Scenario) { twin = ReferenceMarket(rules: scenario.marketRules) }

  @usableFromInline
  mutating func fold(_ record: EventRecord, _ sequence: SequenceNumber) {
    switch record.event {
    case .orderSubmitted(let body):
      pending.append(PendingCommand(key: body.key, body: .place(body.terms)))
    case .cancelSubmitted(let body):
      pending.append(
        PendingCommand(
          key: body.key, body: .cancel(order: body.order, quantity: body.quantity)))
    case .replaceSubmitted(let body):
      pending.append(
        PendingCommand(
          key: body.key,
          body: .replace(order: body.order, price: body.price, quantity: body.quantity)))
    case .transferSubmitted(let body):
      pending.append(
        PendingCommand(
          key: body.key, body: .transfer(recipient: body.recipient, amount: body.amount)))
    case .interventionApplied(let body):
      if case .addAgent(let agent)? = try? Intervention(code: body.code, payload: body.payload) {
        twin.appendAccount(agent.account)
      }
    default:
      if record.event.kind.isFact { twin.apply(fact: record.event) }
      guard let outcome = record.event.outcome else { return }
      var command: PendingCommand?
      if outcome.number == 0,
        let index = pending.firstIndex(where: { $0.key == outcome.command })
      {
        command = pending.remove(at: index)
      }
      twin.apply(record.event, of: command)
    }
  }

  /// Compares the twin with a state, and the state with itself after encode and decode.
  @usableFromInline
  mutating func compare<Roster: AgentRoster>(
    _ state: SessionState<Roster>, _ sequence: SequenceNumber
  ) -> VerificationFinding? {
    comparisons += 1
    var differing: [String] = []
    if twin.booksDigest != state.market.booksDigest { differing.append("books") }
    if twin.positionsDigest != state.market.positionsDigest { differing.append("positions") }
    if twin.cashDigest != state.market.cashDigest { differing.append("cash") }
    if !differing.isEmpty { return .twin(sequence, components: differing) }
    let encoded = state.encoded
    guard let decoded = try? SessionState<Roster>(encoded: encoded),
      decoded.digests() == state.digests(), decoded.encoded == encoded
    else { return .encoding(sequence) }
    return nil
  }
}
