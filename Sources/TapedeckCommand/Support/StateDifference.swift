import Agents
import Journal
import JournalFiles
import MarketModel
import Replay
import Session

/// What two different events make of one state.
struct StateDifference<Roster: AgentRoster> {
  /// The most paths that are shown.
  static var shown: Int { 12 }

  private let before: SessionState<Roster>
  private let sequence: SequenceNumber

  /// Folds a tape up to an event.
  init(_ tape: OpenedTape, _ sequence: SequenceNumber) throws(CommandFailure) {
    self.sequence = sequence
    var keyframes = try TapeKeyframes(tape.paths)
    do throws(ReplayError<FileFailure>) {
      let time = try tape.lineage.event(at: sequence)?.time ?? 0
      let tick = tape.lineage.scenario.clock.tick(at: time)
      var replayer = try Replayer<Roster, TapeFile>(tape.lineage, before: tick, keyframes)
      try replayer.advance(to: tick, keeping: &keyframes)
      try replayer.advance(toSequence: sequence)
      before = replayer.state
    } catch {
      throw CommandFailure(error, tape.paths)
    }
  }

  /// The paths that differ after one event or the other.
  func lines(_ one: EventRecord, _ other: EventRecord) -> [String] {
    let (first, firstFault) = entries(after: one)
    let (second, secondFault) = entries(after: other)
    if let firstFault { return ["the first cannot be folded: \(firstFault)"] }
    if let secondFault { return ["the second cannot be folded: \(secondFault)"] }
    var lines: [String] = []
    var values: [String: String] = [:]  // looked up only
    for entry in second { values[entry.path] = entry.value }
    var known: [String: Bool] = [:]
    for entry in first {
      known[entry.path] = true
      if values[entry.path] != entry.value {
        lines.append("\(entry.path): \(entry.value) -> \(values[entry.path] ?? "nothing")")
      }
    }
    for entry in second where known[entry.path] == nil {
      lines.append("\(entry.path): nothing -> \(entry.value)")
    }
    if lines.isEmpty { return ["the state after it is the same"] }
    let count = lines.count - Self.shown
    return ["state after it:"] + lines.prefix(Self.shown).map { "  \($0)" }
      + (count > 0 ? ["  and \(count) more"] : [])
  }

  private func entries(after record: EventRecord) -> ([StateEntry], String?) {
    var state = before
    do {
      try state.reduce(record, sequence: sequence)
    } catch {
      return ([], "\(error)")
    }
    return (StateTree.entries(of: state), nil)
  }
}
