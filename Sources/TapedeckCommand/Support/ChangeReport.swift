import Journal
import JournalFiles
import Market
import MarketModel
import Replay
import Session

/// An event that changed values of the state, and its causes, in words.
struct ChangeReport {
  private let tape: OpenedTape
  private let paths: [StatePath]
  private let change: StateChange
  private let words: EventText

  init(_ tape: OpenedTape, _ paths: [StatePath], _ change: StateChange) {
    self.tape = tape
    self.paths = paths
    self.change = change
    words = EventText(names: tape.names, scenario: tape.lineage.scenario)
  }

  /// The values that changed, or all where none did: a time that passed makes conditions true too.
  private var shown: [Int] {
    let changed = paths.indices.filter { change.before[$0] != change.after[$0] }
    return changed.isEmpty ? Array(paths.indices) : changed
  }

  /// `path: before -> after`, a line for each value that changed.
  var lines: [String] {
    shown.map { index in
      let path = paths[index]
      return "\(path.text): \(path.text(of: change.before[index])) -> "
        + path.text(of: change.after[index])
    }
  }

  private var values: [[String: Any]] {
    shown.map { index in
      let path = paths[index]
      return [
        "path": path.text, "before": path.text(of: change.before[index]),
        "after": path.text(of: change.after[index]),
      ]
    }
  }

  /// The event and its causes, as lines; the event first.
  private func causes() throws(CommandFailure) -> [(SequenceNumber, TapeEvent)] {
    do {
      return try tape.lineage.causes(of: change.sequence)
    } catch {
      throw CommandFailure(error, tape.paths)
    }
  }

  /// The event, then what changed.
  func text() throws(CommandFailure) -> String {
    guard let event = try tape.event(at: change.sequence) else { return "" }
    return words.line(change.sequence, event) + "\n"
      + lines.map { "  \($0)\n" }.joined()
  }

  /// What changed, then the event and its causes.
  func textWithCauses() throws(CommandFailure) -> String {
    lines.map { "\($0)\n" }.joined() + words.chain(try causes()).map { "\($0)\n" }.joined()
  }

  /// One object with the event, its causes, and the values.
  func json(condition: String? = nil) throws(CommandFailure) -> String {
    let causes = try causes()
    let time = causes.first?.1.time ?? 0
    var object: [String: Any] = [
      "found": true, "sequence": change.sequence, "time": time,
      "tick": tape.lineage.scenario.clock.tick(at: time), "values": values,
      "event": causes.first.map { words.line($0.0, $0.1) } ?? "",
      "causes": causes.map {
        ["sequence": $0.0, "event": words.line($0.0, $0.1)] as [String: Any]
      },
    ]
    if let condition { object["condition"] = condition }
    return Json.text(object) + "\n"
  }
}

extension EventText {
  /// An event and its causes, a line each, those of deeper causes further in.
  func chain(_ causes: [(SequenceNumber, TapeEvent)]) -> [String] {
    causes.enumerated().map { depth, cause in
      String(repeating: "  ", count: depth) + (depth == 0 ? "" : "because ")
        + line(cause.0, cause.1)
    }
  }
}
