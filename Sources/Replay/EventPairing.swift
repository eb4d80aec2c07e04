import Journal
import MarketModel
import Session

/// Two tapes of one scenario, read side by side.
///
/// Events that are the same at the same position are let go; the others are kept to be aligned by
/// identity.
struct EventPairing<First: ByteSource, Second: ByteSource> {
  private let first: Lineage<First>
  private let second: Lineage<Second>
  private var naming: EventNaming
  /// How many events were the same at the same position.
  private(set) var equalCount = 0
  /// The first position at which they were not.
  private(set) var firstUnequalPosition: SequenceNumber?
  /// The events of the first tape that were not, in order.
  private(set) var left: [IdentifiedEvent] = []
  /// The events of the second tape that were not, in order.
  private(set) var right: [IdentifiedEvent] = []
  /// Whether some of them differ in their identity, so that what they caused does too.
  private var hasOtherIdentities = false

  init(_ first: Lineage<First>, _ second: Lineage<Second>) {
    self.first = first
    self.second = second
    naming = EventNaming(first.scenario)
  }

  /// Reads both tapes; false where they cannot be compared in this way, as agents joined one of
  /// them alone.
  mutating func run() throws(ComparisonError<First.Failure, Second.Failure>) -> Bool {
    var one = first.cursor()
    var other = second.cursor()
    while true {
      if !hasOtherIdentities { try skip(&one, &other) }
      let a = try Self.next(&one, { .first($0) })
      let b = try Self.next(&other, { .second($0) })
      guard let a, let b else {
        guard note(a, b) else { return false }
        if a == nil, b == nil { return true }
        try rest(&one, &other)
        return true
      }
      if a.record == b.record, a.record != nil, !isCauseChanged(a.record) {
        equalCount += 1
        if let event = a.record?.event, event.kind == .interventionApplied { naming.note(event) }
      } else if !note(a, b) {
        return false
      }
    }
  }

  /// Lets frames of the same bytes go as wholes.
  private mutating func skip(
    _ one: inout TapeCursor<First>, _ other: inout TapeCursor<Second>
  ) throws(ComparisonError<First.Failure, Second.Failure>) {
    while true {
      let a: FrameBytes?
      let b: FrameBytes?
      do {
        a = try one.upcomingFrame()
      } catch {
        throw .first(error)
      }
      if a == nil { return }
      do {
        b = try other.upcomingFrame()
      } catch {
        throw .second(error)
      }
      guard let a, let b, a == b else { return }
      equalCount += a.count
      one.skipFrame()
      other.skipFrame()
    }
  }

  /// An event, or one of a kind that this build does not know.
  private struct Item {
    var sequence: SequenceNumber
    var record: EventRecord?
  }

  private static func next<Source: ByteSource>(
    _ cursor: inout TapeCursor<Source>,
    _ wrap: (ReplayError<Source.Failure>) -> ComparisonError<First.Failure, Second.Failure>
  ) throws(ComparisonError<First.Failure, Second.Failure>) -> Item? {
    while true {
      let item: TapeItem?
      do {
        item = try cursor.next()
      } catch {
        throw wrap(error)
      }
      guard let item else { return nil }
      guard case .event(let sequence, let event) = item else { continue }
      if case .known(let record) = event { return Item(sequence: sequence, record: record) }
      return Item(sequence: sequence, record: nil)
    }
  }

  /// Whether the cause of an event is one that the two tapes have otherwise.
  private func isCauseChanged(_ record: EventRecord?) -> Bool {
    guard hasOtherIdentities, let cause = record?.cause,
      let a = Self.find(cause, left), let b = Self.find(cause, right)
    else { return false }
    return a.identity != b.identity
  }

  private static func find(
    _ sequence: SequenceNumber, _ events: [IdentifiedEvent]
  ) -> IdentifiedEvent? {
    var low = 0
    var high = events.count
    while low < high {
      let middle = (low + high) / 2
      if events[middle].sequence < sequence { low = middle + 1 } else { high = middle }
    }
    return low < events.count && events[low].sequence == sequence ? events[low] : nil
  }

  /// Keeps a pair that differs; false where that changes whom the events after it are about.
  private mutating func note(_ a: Item?, _ b: Item?) -> Bool {
    if a?.record?.event.addedAgent != nil || b?.record?.event.addedAgent != nil { return false }
    if a == nil && b == nil { return true }
    if firstUnequalPosition == nil { firstUnequalPosition = a?.sequence ?? b?.sequence }
    if let a, let event = identified(a, left) { left.append(event) }
    if let b, let event = identified(b, right) { right.append(event) }
    if a == nil || b == nil || left.last?.identity != right.last?.identity {
      hasOtherIdentities = true
    }
    return true
  }

  /// An event with its identity, and that of its cause; `kept` are those of its tape.
  private func identified(_ item: Item, _ kept: [IdentifiedEvent]) -> IdentifiedEvent? {
    guard let record = item.record else { return nil }
    // What was the same in both stands for itself by its position, which is the same in both.
    let cause = record.cause.map { cause in
      Self.find(cause, kept)?.identity
        ?? EventIdentity(high: .max, low: UInt64(bitPattern: cause))
    }
    return IdentifiedEvent(
      identity: naming.identity(of: record), content: naming.content(of: record), cause: cause,
      sequence: item.sequence, isIntervention: record.event.kind == .interventionApplied,
      place: EventPlace(record))
  }

  /// Keeps what is left of the longer tape.
  private mutating func rest(
    _ one: inout TapeCursor<First>, _ other: inout TapeCursor<Second>
  ) throws(ComparisonError<First.Failure, Second.Failure>) {
    while let a = try Self.next(&one, { .first($0) }) {
      if let event = identified(a, left) { left.append(event) }
    }
    while let b = try Self.next(&other, { .second($0) }) {
      if let event = identified(b, right) { right.append(event) }
    }
  }
}
