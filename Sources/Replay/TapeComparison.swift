public import Journal
import Market
public import MarketModel
import Session

/// An event that two tapes do not share.
public struct EventDifference: Equatable, Sendable {
  /// The kind of difference.
  public enum Kind: Equatable, Sendable {
    /// Only the first tape has it.
    case onlyFirst
    /// Only the second tape has it.
    case onlySecond
    /// Both have it, with other content or another cause.
    case changed
  }

  /// The kind of difference.
  public var kind: Kind
  /// Its position in the first tape; nil where that has it not.
  public var first: SequenceNumber?
  /// Its position in the second tape; nil where that has it not.
  public var second: SequenceNumber?

  /// Creates a difference.
  public init(kind: Kind, first: SequenceNumber?, second: SequenceNumber?) {
    self.kind = kind
    self.first = first
    self.second = second
  }
}

/// What a difference reached, and when first.
public struct DifferenceReach: Equatable, Sendable {
  /// An agent's or instrument's index.
  public let index: Int32
  /// The instant, in nanoseconds.
  public internal(set) var time: Nanoseconds
}

/// Two tapes, event by event, aligned by identity: positions and table orders are not content.
public struct TapeComparison: Sendable {
  /// Events of both tapes that are equal.
  public private(set) var equalCount = 0
  /// Events that only the first tape has.
  public private(set) var onlyFirstCount = 0
  /// Events that only the second tape has.
  public private(set) var onlySecondCount = 0
  /// Events that both have, with other content or another cause.
  public private(set) var changedCount = 0
  /// Interventions among those that only one tape has.
  public private(set) var interventionCount = 0
  /// The first difference by the order of the tapes; interventions, which are meant to differ,
  /// only where nothing else does.
  public private(set) var firstDifference: EventDifference?
  private var firstIntervention: EventDifference?
  /// Which agents decided otherwise, by ascending index, and when first.
  public private(set) var reachedAgents: [DifferenceReach] = []
  /// In which instruments something else was asked for or traded, by ascending index, and when first.
  public private(set) var reachedInstruments: [DifferenceReach] = []
  /// The first position at which the tapes, read side by side, have different events; nil where they
  /// have none, or were not read side by side.
  public private(set) var firstUnequalPosition: SequenceNumber?

  /// Whether the tapes say the same.
  public var isEqual: Bool { onlyFirstCount + onlySecondCount + changedCount == 0 }

  /// Compares two tapes.
  ///
  /// With `ignoring`, events that concern the agent of that name alone are
  /// left out on both sides.
  ///
  /// Tapes of one scenario are read side by side first: what is the same at the same position is
  /// counted and let go, and frames of the same bytes are not even decoded. Only the rest is
  /// aligned by identity.
  /// - Throws: `ReplayError` where one of them cannot be read.
  /// - Complexity: O(events + d log d), with d the events that are not the same at one position.
  @inlinable
  public static func compare<First: ByteSource, Second: ByteSource>(
    _ first: Lineage<First>, _ second: Lineage<Second>, ignoring name: String? = nil
  ) throws(ComparisonError<First.Failure, Second.Failure>) -> TapeComparison {
    if name == nil, first.scenario == second.scenario {
      var pairing = EventPairing(first, second)
      if try pairing.run() {
        return TapeComparison(pairing.equalCount, pairing.unequal)
      }
    }
    return try aligned(first, second, ignoring: name)
  }

  /// Compares two tapes of which nothing is let go before.
  @usableFromInline
  static func aligned<First: ByteSource, Second: ByteSource>(
    _ first: Lineage<First>, _ second: Lineage<Second>, ignoring name: String?
  ) throws(ComparisonError<First.Failure, Second.Failure>) -> TapeComparison {
    let left: [IdentifiedEvent]
    let right: [IdentifiedEvent]
    do {
      left = try first.identified(ignoring: name)
    } catch {
      throw .first(error)
    }
    do {
      right = try second.identified(ignoring: name)
    } catch {
      throw .second(error)
    }
    var comparison = TapeComparison()
    comparison.merge(left, right)
    return comparison
  }

  private init() {}

  /// What was found side by side.
  @usableFromInline
  init(_ equalCount: Int, _ unequal: UnequalEvents) {
    self.equalCount = equalCount
    firstUnequalPosition = unequal.firstPosition
    merge(unequal.left, unequal.right)
  }

  /// The place of an event among those of its tape, by its identity.
  private struct Key: Comparable, BitwiseCopyable {
    var identity: EventIdentity
    /// Ascends as sequence numbers do.
    var place: Int32

    static func < (one: Key, other: Key) -> Bool {
      (one.identity.high, one.identity.low, one.place)
        < (other.identity.high, other.identity.low, other.place)
    }
  }

  /// Keys are sorted, not events: they are a third as large.
  private static func sortedKeys(_ events: [IdentifiedEvent]) -> [Key] {
    precondition(events.count <= Int(Int32.max), "Invariant: places have 32 bits")
    var keys = events.indices.map { Key(identity: events[$0].identity, place: Int32($0)) }
    keys.sort()
    return keys
  }

  /// Aligns events by identity.
  private mutating func merge(_ left: [IdentifiedEvent], _ right: [IdentifiedEvent]) {
    let (lefts, rights) = (Self.sortedKeys(left), Self.sortedKeys(right))
    var i = 0
    var j = 0
    while i < lefts.count || j < rights.count {
      if j == rights.count || (i < lefts.count && lefts[i].identity < rights[j].identity) {
        onlyFirstCount += 1
        noteOnly(left[Int(lefts[i].place)], .onlyFirst)
        i += 1
      } else if i == lefts.count || rights[j].identity < lefts[i].identity {
        onlySecondCount += 1
        noteOnly(right[Int(rights[j].place)], .onlySecond)
        j += 1
      } else {
        let (one, other) = (left[Int(lefts[i].place)], right[Int(rights[j].place)])
        if one.content == other.content {
          equalCount += 1
        } else {
          changedCount += 1
          note(
            EventDifference(kind: .changed, first: one.sequence, second: other.sequence), false)
          reach(other.place)
        }
        i += 1
        j += 1
      }
    }
    if firstDifference == nil { firstDifference = firstIntervention }
  }

  private mutating func noteOnly(_ event: IdentifiedEvent, _ kind: EventDifference.Kind) {
    note(
      EventDifference(
        kind: kind, first: kind == .onlyFirst ? event.sequence : nil,
        second: kind == .onlySecond ? event.sequence : nil), event.isIntervention)
    reach(event.place)
  }

  private mutating func reach(_ place: EventPlace) {
    Self.reach(&reachedAgents, place.agent, place.time)
    Self.reach(&reachedInstruments, place.instrument, place.time)
  }

  /// Indices are not trusted: nothing is as long as one of them says.
  private static func reach(
    _ reached: inout [DifferenceReach], _ index: Int32, _ time: Nanoseconds
  ) {
    if index < 0 { return }
    var place = 0
    var end = reached.count
    while place < end {
      let middle = (place + end) / 2
      if reached[middle].index < index { place = middle + 1 } else { end = middle }
    }
    if place < reached.count, reached[place].index == index {
      reached[place].time = min(reached[place].time, time)
    } else {
      reached.insert(DifferenceReach(index: index, time: time), at: place)
    }
  }

  private mutating func note(_ difference: EventDifference, _ isIntervention: Bool) {
    if isIntervention {
      interventionCount += 1
      if firstIntervention == nil { firstIntervention = difference }
      return
    }
    let position = { (difference: EventDifference) in
      min(difference.first ?? SequenceNumber.max, difference.second ?? SequenceNumber.max)
    }
    guard let known = firstDifference else {
      firstDifference = difference
      return
    }
    if position(difference) < position(known) { firstDifference = difference }
  }
}

/// Which of two tapes could not be read.
public enum ComparisonError<First: Error, Second: Error>: Error {
  /// The first.
  case first(ReplayError<First>)
  /// The second.
  case second(ReplayError<Second>)
}

extension Lineage {
  /// All events with their identities.
  func identified(
    ignoring name: String?
  ) throws(ReplayError<Source.Failure>) -> [IdentifiedEvent] {
    var naming = EventNaming(scenario)
    var names = scenario.agents.map { $0.account.name }
    var identities: [EventIdentity?] = []
    var events: [IdentifiedEvent] = []
    var cursor = cursor()
    while let item = try cursor.next() {
      guard case .event(let sequence, let event) = item else { continue }
      guard case .known(let record) = event else {
        identities.append(nil)
        continue
      }
      naming.note(record.event)
      if let added = record.event.addedAgent { names.append(added) }
      let identity = naming.identity(of: record)
      while identities.count < Int(sequence) { identities.append(nil) }
      identities.append(identity)
      if let name, record.event.concerns(name, names) { continue }
      let cause = record.cause.flatMap { $0 < identities.count ? identities[Int($0)] : nil }
      events.append(IdentifiedEvent(record, naming, cause: cause, sequence: sequence))
    }
    return events
  }

  /// The event with that sequence number, or nil.
  ///
  /// - Complexity: O(log frames), and one frame is decoded.
  public func event(
    at sequence: SequenceNumber
  ) throws(ReplayError<Source.Failure>) -> TapeEvent? {
    let unfinishedStart = nextSequence - Int64(unfinished.count)
    if sequence >= unfinishedStart, sequence < nextSequence {
      return .known(unfinished[Int(sequence - unfinishedStart)])
    }
    for tape in readers.indices.reversed() {
      let entries = readers[tape].eventEntries
      guard let entry = entries.last(where: { $0.header.firstSequence <= sequence }) else {
        continue
      }
      let offset = Int(sequence - entry.header.firstSequence)
      guard offset < Int(entry.header.count) else { return nil }
      do throws(ReadError<Source.Failure>) {
        let frame = try readers[tape].decoded(entry)
        do throws(FrameFault) {
          return try frame.event(offset)
        } catch {
          throw .journal(.frame(index: Int(entry.header.index), offset: entry.offset, error))
        }
      } catch {
        throw .read(tape: tape, error)
      }
    }
    return nil
  }

  /// An event and its causes, the event first, the root last.
  ///
  /// - Throws: `ReplayError` where a frame cannot be read.
  public func causes(
    of sequence: SequenceNumber
  ) throws(ReplayError<Source.Failure>) -> [(SequenceNumber, TapeEvent)] {
    var chain: [(SequenceNumber, TapeEvent)] = []
    var next: SequenceNumber? = sequence
    while let position = next, let event = try event(at: position) {
      chain.append((position, event))
      switch event {
      case .known(let record): next = record.cause
      case .unknown(let unknown): next = unknown.cause
      }
    }
    return chain
  }
}

extension Event {
  var addedAgent: String? {
    guard case .interventionApplied(let body) = self, body.code == .addAgent,
      case .addAgent(let agent)? = try? Intervention(code: body.code, payload: body.payload)
    else { return nil }
    return agent.account.name
  }

  /// Whether an event is of one agent alone: its wake-ups, commands, and what follows from them
  /// for it, or the intervention that adds it.
  func concerns(_ name: String, _ names: [String]) -> Bool {
    let row = row
    if let added = addedAgent { return added == name }
    switch kind {
    case .agentWoken, .orderSubmitted, .cancelSubmitted, .replaceSubmitted, .messageSent,
      .transferSubmitted, .policyUpdated, .orderAccepted, .orderRejected, .orderReplaced,
      .capitalTransferred, .reportDelivered, .messageDelivered, .commandWithheld, .agentFaulted,
      .actionChosen, .episodePlayed, .learnerUpdated, .learnerSaved:
      let agent = Int(row.words[0])
      return agent >= 0 && agent < names.count && names[agent] == name
    default: return false
    }
  }
}
