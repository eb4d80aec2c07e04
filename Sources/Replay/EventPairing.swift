public import Journal
public import MarketModel

/// Two tapes of one scenario, read side by side.
///
/// Events that are the same at the same position are let go; the others are kept to be aligned by
/// identity.
@usableFromInline
struct EventPairing<First: ByteSource, Second: ByteSource> {
  @usableFromInline
  typealias Failure = ComparisonError<First.Failure, Second.Failure>

  @usableFromInline let first: Lineage<First>
  @usableFromInline let second: Lineage<Second>
  /// How many events were the same at the same position.
  @usableFromInline var equalCount = 0
  /// The others.
  @usableFromInline var unequal: UnequalEvents

  @usableFromInline
  init(_ first: Lineage<First>, _ second: Lineage<Second>) {
    self.first = first
    self.second = second
    unequal = UnequalEvents(first.scenario)
  }

  /// Reads both tapes; false where they cannot be compared in this way, as agents joined one of
  /// them alone.
  @inlinable
  mutating func run() throws(Failure) -> Bool {
    var (one, other) = (EventScan(first), EventScan(second))
    var (a, b) = (FlatEvent(), FlatEvent())
    while true {
      if !unequal.hasOtherIdentities { try skip(&one, &other) }
      let place = try Self.next(&one, &a, Failure.first)
      let otherPlace = try Self.next(&other, &b, Failure.second)
      if place != nil, otherPlace != nil, one.isKnown, other.isKnown, unequal.areSame(&a, &b) {
        equalCount += 1
        continue
      }
      let event = try Self.event(one, place, Failure.first)
      let otherEvent = try Self.event(other, otherPlace, Failure.second)
      guard unequal.note(event, otherEvent) else { return false }
      if event == nil || otherEvent == nil {
        try rest(&one, &other)
        return true
      }
    }
  }

  /// Lets frames of the same bytes go as wholes.
  @usableFromInline
  mutating func skip(
    _ one: inout EventScan<First>, _ other: inout EventScan<Second>
  ) throws(Failure) {
    while one.cursor.isBetweenFrames(), other.cursor.isBetweenFrames() {
      let a: FrameBytes?
      let b: FrameBytes?
      do {
        a = try one.cursor.upcomingFrame()
      } catch {
        throw .first(error)
      }
      if a == nil { return }
      do {
        b = try other.cursor.upcomingFrame()
      } catch {
        throw .second(error)
      }
      guard let a, let b, a == b else { return }
      equalCount += a.count
      one.cursor.skipFrame()
      other.cursor.skipFrame()
    }
  }

  @inlinable
  static func next<Source: ByteSource>(
    _ scan: inout EventScan<Source>, _ event: inout FlatEvent,
    _ wrap: (ReplayError<Source.Failure>) -> Failure
  ) throws(Failure) -> SequenceNumber? {
    do {
      return try scan.next(into: &event)
    } catch {
      throw wrap(error)
    }
  }

  /// The event that stands at a place, which is that of the latest one.
  @inlinable
  static func event<Source: ByteSource>(
    _ scan: borrowing EventScan<Source>, _ place: SequenceNumber?,
    _ wrap: (ReplayError<Source.Failure>) -> Failure
  ) throws(Failure) -> PlacedEvent? {
    guard let place else { return nil }
    do {
      guard case .known(let record) = try scan.event() else {
        return PlacedEvent(sequence: place, record: nil)
      }
      return PlacedEvent(sequence: place, record: record)
    } catch {
      throw wrap(error)
    }
  }

  /// Keeps what is left of the longer tape.
  @inlinable
  mutating func rest(
    _ one: inout EventScan<First>, _ other: inout EventScan<Second>
  ) throws(Failure) {
    var flat = FlatEvent()
    while let place = try Self.next(&one, &flat, Failure.first) {
      if let event = try Self.event(one, place, Failure.first) { unequal.keepLeft(event) }
    }
    while let place = try Self.next(&other, &flat, Failure.second) {
      if let event = try Self.event(other, place, Failure.second) { unequal.keepRight(event) }
    }
  }
}
