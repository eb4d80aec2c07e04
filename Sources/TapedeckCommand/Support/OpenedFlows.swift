import FoundationEssentials
import Journal
import Market
import MarketModel
import Replay
package import Scenarios
package import Session

extension RecordedFlow {
  /// Opens the tape of each recorded flow; paths are relative to the scenario.
  ///
  /// - Throws: `CommandFailure` where one cannot be read, or holds no facts.
  package static func open(
    _ file: ScenarioFile, at path: String
  ) throws(CommandFailure) -> [RecordedFlow] {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    var flows: [RecordedFlow] = []
    for reference in file.flows {
      let tape = reference.tape.hasPrefix("/") ? reference.tape : "\(folder)/\(reference.tape)"
      let opened = try OpenedTape(tape)
      var facts: [EventRecord] = []
      var cursor = opened.lineage.cursor()
      do {
        while let item = try cursor.next() {
          if case .event(_, .known(let record)) = item, record.event.kind.isFact {
            facts.append(record)
          }
        }
      } catch {
        throw CommandFailure(error, opened.paths)
      }
      let process = file.scenario.processes[Int(reference.process)]
      guard case .feed(let resting, let taking) = process.motion else { continue }
      if facts.isEmpty {
        throw CommandFailure(Exit.trouble, "\(tape): holds no imported facts")
      }
      flows.append(
        RecordedFlow(
          process: reference.process, resting: resting, taking: taking,
          instrument: process.instrument,
          facts: facts, start: file.scenario.clock.start))
    }
    return flows
  }
}
