import Agents
import Counterfactual
import FoundationEssentials
import Journal
import JournalFiles
import Market
import MarketData
import MarketModel
import Scenarios
import Session

/// A small session as files: the tape, the scenario and the table of inputs that it is made from,
/// and the command that makes it of them.
struct ShrinkResult {
  /// OUT of OUT.tape.
  private let stem: String
  private let isReplacing: Bool

  /// What was written: the tape, the scenario, the table, the command.
  var files: [String] { ["tape", "toml", "jsonl", "command"].map { "\(stem).\($0)" } }

  /// Looks where the files would stand.
  init(_ output: String, replacing: Bool) throws(CommandFailure) {
    guard output.hasSuffix(".tape"), !output.hasSuffix("/.tape"), output != ".tape" else {
      throw CommandFailure(
        Exit.usage, "--output: \(output): its name must end with .tape",
        next: "its scenario, table and command stand beside it under the same name")
    }
    stem = String(output.dropLast(5))
    isReplacing = replacing
    if replacing { return }
    for file in files where FileManager.default.fileExists(atPath: file) {
      throw CommandFailure(WriteError.exists(path: file))
    }
  }

  /// The command that makes the tape again, in the folder of its files.
  var command: String {
    let name = URL(fileURLWithPath: stem).lastPathComponent
    return "tapedeck import events \(name).jsonl --scenario \(name).toml --decide"
  }

  /// Writes all files, of what the scenario and the table say when they are read back.
  ///
  /// `fails` checks the tape once more.
  func write<Roster: AgentRoster>(
    _ sketch: SessionSketch, _ roster: Roster.Type,
    _ fails: ([UInt8]) throws(ShrinkStop) -> Bool
  ) throws {
    let names = NameTables(
      agents: sketch.scenario.agents.map { $0.account.name },
      instruments: sketch.scenario.instruments.map { $0.name },
      processes: sketch.scenario.processes.map { $0.name }, topics: sketch.scenario.topics)
    let writer = EventTableWriter(format: .jsonLines, names: names, clock: sketch.scenario.clock)
    let table = sketch.records.enumerated().map {
      writer.line(sequence: SequenceNumber($0.offset), record: $0.element) + "\n"
    }.joined()
    let text = ScenarioText(sketch.scenario).text
    let policies = sketch.scenario.agents.map { $0.policy }.filter { !$0.isEmpty }
    let read = try? ScenarioFile(
      text: text, file: files[1], seed: nil, roster: Roster.entries,
      policies: PolicyReader { name in policies.first { ScenarioText.policyName($0) == name } }
    ).scenario
    guard read == sketch.scenario, let tape = sketch.tape(roster, output: MemoryOutput()) else {
      throw CommandFailure(
        Exit.trouble, "\(files[1]): the small session's scenario cannot be said in a file",
        next: "this is a bug of tapedeck; please report it with the tape")
    }
    do throws(ShrinkStop) {
      if try !fails(tape.bytes) {
        throw .failed(
          CommandFailure(
            Exit.trouble, "the check failed on the small session, and now passes: it is flaky",
            next: "make it give the same answer for the same tape"))
      }
    } catch {
      // Interrupted: it did fail, and this was only to make sure.
      if case .failed(let failure) = error { throw failure }
    }
    let contents = [tape.bytes, Array(text.utf8), Array(table.utf8), Array("\(command)\n".utf8)]
    let folder = URL(fileURLWithPath: files[1]).deletingLastPathComponent().path
    do {
      for policy in policies {
        // Named by its content: one that is there is the same.
        let file = "\(folder)/\(ScenarioText.policyName(policy))"
        if FileManager.default.fileExists(atPath: file) { continue }
        try SmallFile.write(policy, to: file, replacing: false)
        Console.say("the scenario needs \(file)")
      }
      for (file, bytes) in zip(files, contents) {
        try SmallFile.write(bytes, to: file, replacing: isReplacing)
      }
    } catch {
      throw CommandFailure(error)
    }
  }
}
