import Determinism
import Journal
public import MarketModel
import Session

/// What two tapes that are read side by side do not have alike so far.
@usableFromInline
struct UnequalEvents: Sendable {
  private var naming: EventNaming
  /// How many fields an event has, by kind.
  private var fieldCounts = [Int](repeating: 0, count: 256)
  private var hasPayload = [Bool](repeating: false, count: 256)
  /// The first position at which they have different events.
  private(set) var firstPosition: SequenceNumber?
  /// The events of the first tape that differ, in order.
  private(set) var left: [IdentifiedEvent] = []
  /// The events of the second tape that differ, in order.
  private(set) var right: [IdentifiedEvent] = []
  /// Whether some of them differ in their identity, so that what they caused does too.
  @usableFromInline private(set) var hasOtherIdentities = false

  init(_ scenario: Scenario) {
    naming = EventNaming(scenario)
    for schema in EventSchema.all {
      fieldCounts[Int(schema.kind)] = schema.fields.count
      hasPayload[Int(schema.kind)] = schema.hasPayload
    }
  }

  /// Whether two events of known kinds say the same and have the same cause.
  ///
  /// Takes note of whom they add; `inout` only to be cheap.
  @usableFromInline
  mutating func areSame(_ a: inout FlatEvent, _ b: inout FlatEvent) -> Bool {
    let kind = Int(a.row.kind)
    guard a.row.kind == b.row.kind, a.time == b.time, a.cause == b.cause else { return false }
    for field in 0..<fieldCounts[kind] where a.row.words[field] != b.row.words[field] {
      return false
    }
    if hasPayload[kind], a.row.payload != b.row.payload { return false }
    if isChanged(a.cause) { return false }
    if a.row.kind == EventKind.interventionApplied.rawValue { naming.note(a.record.event) }
    return true
  }

  /// Whether a cause is one that the two tapes have otherwise.
  private func isChanged(_ cause: SequenceNumber?) -> Bool {
    guard hasOtherIdentities, let cause, let a = Self.find(cause, left),
      let b = Self.find(cause, right)
    else { return false }
    return left[a].identity != right[b].identity
  }

  /// Keeps a pair that differs, nil where a tape has ended; false where that changes whom the events
  /// after it are about.
  @usableFromInline
  mutating func note(_ a: PlacedEvent?, _ b: PlacedEvent?) -> Bool {
    if a?.record?.event.addedAgent != nil || b?.record?.event.addedAgent != nil { return false }
    if a == nil && b == nil { return true }
    if firstPosition == nil { firstPosition = a?.sequence ?? b?.sequence }
    if let a { keepLeft(a) }
    if let b { keepRight(b) }
    if a == nil || b == nil || left.last?.identity != right.last?.identity {
      hasOtherIdentities = true
    }
    return true
  }

  /// Keeps an event of the first tape.
  @usableFromInline
  mutating func keepLeft(_ event: PlacedEvent) {
    if let event = identified(event, left) { left.append(event) }
  }

  /// Keeps an event of the second tape.
  @usableFromInline
  mutating func keepRight(_ event: PlacedEvent) {
    if let event = identified(event, right) { right.append(event) }
  }

  /// An event with its identity, and that of its cause; `kept` are those of its tape.
  private func identified(
    _ event: PlacedEvent, _ kept: [IdentifiedEvent]
  ) -> IdentifiedEvent? {
    guard let record = event.record else { return nil }
    // What was the same in both stands for itself by its position, which is the same in both.
    let cause = record.cause.map { cause in
      Self.find(cause, kept).map { kept[$0].identity }
        ?? EventIdentity(high: .max, low: UInt64(bitPattern: cause))
    }
    return IdentifiedEvent(record, naming, cause: cause, sequence: event.sequence)
  }

  /// The place of an event among those that were kept.
  private static func find(_ sequence: SequenceNumber, _ events: [IdentifiedEvent]) -> Int? {
    guard let last = events.last, sequence <= last.sequence else { return nil }
    // Mostly all are kept from some position on.
    let guess = events.count - 1 - Int(last.sequence - sequence)
    if guess >= 0, events[guess].sequence == sequence { return guess }
    var low = 0
    var high = events.count
    while low < high {
      let middle = (low + high) / 2
      if events[middle].sequence < sequence { low = middle + 1 } else { high = middle }
    }
    return low < events.count && events[low].sequence == sequence ? low : nil
  }
}

/// An event with its place; one of a kind that this build does not know has no record.
@usableFromInline
struct PlacedEvent {
  var sequence: SequenceNumber
  var record: EventRecord?

  @usableFromInline
  init(sequence: SequenceNumber, record: EventRecord?) {
    self.sequence = sequence
    self.record = record
  }
}

/// One event of a tape, reduced to what comparing needs.
struct IdentifiedEvent: Sendable {
  var identity: EventIdentity
  /// A hash of what it says, and of which event caused it.
  var content: UInt64
  var sequence: SequenceNumber
  var place: EventPlace
  var isIntervention: Bool

  init(
    _ record: EventRecord, _ naming: EventNaming, cause: EventIdentity?,
    sequence: SequenceNumber
  ) {
    let (identity, content) = naming.name(record)
    self.identity = identity
    self.content = cause.map { EntryHash.pair(EntryHash.pair(content, $0.high), $0.low) } ?? content
    self.sequence = sequence
    place = EventPlace(record)
    isIntervention = record.event.kind == .interventionApplied
  }
}

/// Where in the market an event stands.
struct EventPlace: Sendable {
  var time: Nanoseconds
  /// Who decided; -1 for events that are no decision.
  var agent: AgentIndex
  /// What was asked for or traded; -1 for neither.
  var instrument: InstrumentIndex

  init(_ record: EventRecord) {
    time = record.time
    agent = record.event.decidingAgent ?? -1
    instrument =
      switch record.event {
      case .orderSubmitted(let body): body.terms.instrument
      case .orderFilled(let body): body.instrument
      default: -1
      }
  }
}
