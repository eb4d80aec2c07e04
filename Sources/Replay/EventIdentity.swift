import Agents
import Determinism
import Journal
import Market
public import MarketModel
import MatchingEngine
public import Session

/// The identity of an event across tapes: 128 bits of a hash over names, ticks and ordinals,
/// never over table positions or sequence numbers.
public struct EventIdentity: Equatable, Comparable, Sendable, BitwiseCopyable {
  /// The first half.
  public let high: UInt64
  /// The second half.
  public let low: UInt64

  /// Orders identities; the order means nothing.
  public static func < (left: EventIdentity, right: EventIdentity) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }
}

/// Computes identities and contents of events by the names of a session's entities.
public struct EventNaming: Sendable {
  private var identities: Identities
  private let topics: [String]

  /// Names of a session at its opening; agents that join later are taken in as they come.
  public init(_ scenario: Scenario) {
    identities = Identities(
      agents: scenario.agents.map { $0.account.name },
      instruments: scenario.instruments.map { $0.name },
      processes: scenario.processes.map { $0.name })
    topics = scenario.topics
  }

  /// Takes in an agent that an intervention adds.
  public mutating func note(_ event: Event) {
    guard case .interventionApplied(let body) = event, body.code == .addAgent,
      case .addAgent(let agent)? = try? Intervention(code: body.code, payload: body.payload)
    else { return }
    identities.appendAgent(agent.account.name)
  }

  /// The identity of an event.
  ///
  /// Outcomes are known by the command and a number, whatever they are: that an order was
  /// accepted here and refused there is a difference of one event, not of two.
  public func identity(of record: EventRecord) -> EventIdentity {
    let row = record.event.row
    return EventIdentity(
      high: hash(record, row, domain: 30), low: hash(record, row, domain: 31))
  }

  /// The identity of an event, and the hash of everything that it says, its cause left out.
  func name(_ record: EventRecord) -> (EventIdentity, content: UInt64) {
    let row = record.event.row
    let identity = EventIdentity(
      high: hash(record, row, domain: 30), low: hash(record, row, domain: 31))
    return (identity, content(of: record, row))
  }

  private func hash(_ record: EventRecord, _ row: EventRow, domain: UInt64) -> UInt64 {
    var hasher = DigestHasher(domain: domain)
    let schema = EventSchema.of(record.event.kind)
    let kind = record.event.kind
    hasher.combine(UInt64(record.event.outcome != nil ? 255 : kind.rawValue))
    let count: Int
    switch kind {
    case .agentWoken, .policyUpdated, .processStepped, .orderSubmitted, .cancelSubmitted,
      .replaceSubmitted, .transferSubmitted, .commandWithheld, .actionChosen, .episodePlayed:
      count = 3
    case .messageSent, .messageDelivered, .agentFaulted: count = 4
    case .reportDelivered: count = 5
    case .interventionApplied: count = 1
    case .flowAdjusted: count = 3
    case .noteAdded: count = 0
    default: count = record.event.outcome != nil ? 4 : 2
    }
    for field in 0..<count { combine(schema.fields[field].type, row.words[field], &hasher) }
    if kind == .noteAdded || kind == .interventionApplied {
      hasher.combine(record.time)
      hasher.combine(row.payload)
    }
    return hasher.finalize()
  }

  /// A hash of everything that an event says, its cause left out.
  public func content(of record: EventRecord) -> UInt64 { content(of: record, record.event.row) }

  private func content(of record: EventRecord, _ row: EventRow) -> UInt64 {
    var hasher = DigestHasher(domain: 32)
    let schema = EventSchema.of(record.event.kind)
    hasher.combine(UInt64(row.kind))
    hasher.combine(record.time)
    for (index, field) in schema.fields.enumerated() {
      combine(field.type, row.words[index], &hasher)
    }
    hasher.combine(row.payload)
    return hasher.finalize()
  }

  private func combine(_ type: FieldType, _ word: Int64, _ hasher: inout DigestHasher) {
    let table: [UInt64]
    switch type {
    case .agent: table = identities.agents
    case .instrument: table = identities.instruments
    case .process: table = identities.processes
    default:
      hasher.combine(word)
      return
    }
    if word >= 0, Int(word) < table.count {
      hasher.combine(table[Int(word)])
    } else {
      hasher.combine(word)
    }
  }
}
