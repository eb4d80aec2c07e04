public import Journal
public import MarketModel

/// Compares what the head of a fork says that it differs in with the interventions among its events.
@usableFromInline
struct OriginCheck {
  /// An intervention that a head states.
  private struct Stated {
    var fork: Int
    var ordinal: UInt32
    var record: ForkOrigin.InterventionRecord
    var isSeen = false
  }

  private var stated: [Stated] = []
  private let depths: [UInt8]
  /// By fork: the sequence number of its first event, and when its interventions are applied.
  private let starts: [(sequence: SequenceNumber, time: Nanoseconds)]

  @usableFromInline
  init(_ forks: [ForkOrigin], _ clock: TickClock) {
    depths = forks.map { $0.depth }
    starts = forks.map { ($0.sharedCount, clock.firstInstant(of: $0.tick)) }
    for (number, fork) in forks.enumerated() where fork.depth >= 1 {
      for (index, record) in fork.interventions.enumerated() {
        // The ordinals of FORMAT.md, 4.3.
        let ordinal = UInt32(fork.depth - 1) << 16 + UInt32(index)
        stated.append(Stated(fork: number, ordinal: ordinal, record: record))
      }
    }
  }

  /// What is wrong with an intervention that was applied, in words.
  ///
  /// Sessions that were shrunk have interventions of no fork, which forks of them may issue again.
  @usableFromInline
  mutating func fault(_ event: FlatEvent, _ sequence: SequenceNumber) -> String? {
    var row = event.row
    guard let body = try? InterventionApplied(&row),
      let fork = starts.lastIndex(where: { $0.sequence <= sequence })
    else { return nil }
    let place = stated.firstIndex {
      $0.ordinal == body.ordinal && starts[$0.fork].time == event.time
    }
    guard let place else {
      let isOwn = Int(body.ordinal >> 16) == fork && event.time == starts[fork].time
      return isOwn ? "an intervention that the fork's head does not state" : nil
    }
    stated[place].isSeen = true
    let record = stated[place].record
    if record.code == body.code, record.payload == body.payload { return nil }
    return "another intervention than the fork's head states"
  }

  /// What is wrong once all events were seen: where, and in words.
  @usableFromInline
  func faultAtEnd() -> (sequence: SequenceNumber, words: String)? {
    for (number, depth) in depths.enumerated() where Int(depth) != number + 1 {
      return (
        starts[number].sequence,
        "a fork whose head says that it is number \(depth), not \(number + 1)"
      )
    }
    // A fork may have been cut below the interventions of its parent.
    guard let missing = stated.first(where: { !$0.isSeen && $0.fork == depths.count - 1 })
    else { return nil }
    return (
      starts[missing.fork].sequence, "the fork's head states an intervention that was not applied"
    )
  }
}
