public import Journal
public import MarketModel

/// Compares what the head of a fork says that it differs in with the interventions among its events.
@usableFromInline
struct OriginCheck {
  /// What a head states.
  private struct Head {
    var depth: UInt8
    /// The sequence number of the fork's first event.
    var start: SequenceNumber
    /// When its interventions are applied.
    var time: Nanoseconds
    var interventions: [ForkOrigin.InterventionRecord]
    /// Which of them were applied.
    var applied: [Bool]

    /// The position of an intervention in its list, by its ordinal (FORMAT.md, 4.3).
    func position(of ordinal: UInt32) -> Int? {
      let position = Int(ordinal) - (Int(depth) - 1) << 16
      return interventions.indices.contains(position) ? position : nil
    }
  }

  private var heads: [Head]

  @usableFromInline
  init(_ forks: [ForkOrigin], _ clock: TickClock) {
    heads = forks.map { fork in
      Head(
        depth: fork.depth, start: fork.sharedCount, time: clock.firstInstant(of: fork.tick),
        interventions: fork.interventions,
        applied: [Bool](repeating: false, count: fork.interventions.count))
    }
  }

  /// What is wrong with an intervention that was applied, in words.
  ///
  /// Sessions that were shrunk have interventions of no fork, which forks of them may issue again.
  /// - Complexity: O(forks).
  @usableFromInline
  mutating func fault(_ event: FlatEvent, _ sequence: SequenceNumber) -> String? {
    var row = event.row
    guard let body = try? InterventionApplied(&row),
      let own = heads.lastIndex(where: { $0.start <= sequence })
    else { return nil }
    for fork in heads.indices where heads[fork].time == event.time {
      guard let position = heads[fork].position(of: body.ordinal) else { continue }
      heads[fork].applied[position] = true
      let record = heads[fork].interventions[position]
      if record.code == body.code, record.payload == body.payload { return nil }
      return "another intervention than the fork's head states"
    }
    let isOwn = Int(body.ordinal >> 16) == own && event.time == heads[own].time
    return isOwn ? "an intervention that the fork's head does not state" : nil
  }

  /// What is wrong once all events were seen: where, and in words.
  @usableFromInline
  func faultAtEnd() -> (sequence: SequenceNumber, words: String)? {
    for (number, head) in heads.enumerated() where Int(head.depth) != number + 1 {
      return (
        head.start, "a fork whose head says that it is number \(head.depth), not \(number + 1)"
      )
    }
    // A fork may have been cut below the interventions of its parent.
    guard let last = heads.last, last.applied.contains(false) else { return nil }
    return (last.start, "the fork's head states an intervention that was not applied")
  }
}
