public import Journal
import Market
public import MarketModel
public import Replay
import Session

/// What the exchange refused, of tapes.
public enum RecordedRefusals {
  /// Commands of held agents that the parent's exchange did not refuse and the fork's did: what
  /// they ask for became impossible.
  ///
  /// - Throws: `ReplayError` where a tape cannot be read.
  /// - Complexity: O(events).
  public static func infeasible<Source: ByteSource>(
    _ parent: Lineage<Source>, _ fork: Lineage<Source>, _ origin: ForkOrigin
  ) throws(ReplayError<Source.Failure>) -> [(SequenceNumber, EventRecord)] {
    if origin.held.isEmpty { return [] }
    let names = parent.scenario.agents.map { $0.account.name }
    let held = names.map { origin.held.contains($0) }
    let known = try refusals(parent, from: origin.tick).map { $0.key }
    return try refusals(fork, from: origin.tick).filter { refusal in
      Int(refusal.key.agent) < held.count && held[Int(refusal.key.agent)]
        && !known.contains(refusal.key)
    }.map { ($0.sequence, $0.record) }
  }

  private static func refusals<Source: ByteSource>(
    _ lineage: Lineage<Source>, from tick: Tick
  ) throws(ReplayError<Source.Failure>) -> [Refusal] {
    let start = lineage.scenario.clock.firstInstant(of: tick)
    var list: [Refusal] = []
    var cursor = lineage.cursor()
    while let item = try cursor.next() {
      if case .event(let sequence, .known(let record)) = item, record.time >= start,
        let key = record.event.refusedCommand
      {
        list.append(Refusal(sequence: sequence, key: key, record: record))
      }
    }
    return list
  }

  private struct Refusal {
    let sequence: SequenceNumber
    let key: CommandKey
    let record: EventRecord
  }
}
