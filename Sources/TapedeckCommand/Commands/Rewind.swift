import Agents
import ArgumentParser
import Journal
import JournalFiles
import Market
import MarketModel
import Replay
import Session

/// `tapedeck replay`: folds a tape and tells the state's digests.
///
/// No decider runs.
struct Rewind<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "replay", abstract: "Fold a tape up to a tick and tell the state's digests.")
  }

  @OptionGroup var input: TapeOptions

  @Option(help: "Stop before this tick's first event.")
  var to: Tick?

  @Option(help: "Print the digest root after every event: --digests event.")
  var digests: DigestDetail?

  @OptionGroup var options: OutputOptions

  @specialized(where Roster == BuiltInAgents)
  func run() throws {
    let tape = try input.open().readingAhead
    let horizon = tape.lineage.scenario.horizon
    if let to, to < 0 || to > horizon {
      throw CommandFailure(
        Exit.usage, "\(tape.path): there is no tick \(to); the session ends at \(horizon)",
        next: "choose a tick between 0 and \(horizon)")
    }
    do {
      var replayer = try Replayer<Roster, TapeFile>(tape.lineage)
      if digests == .event {
        let clock = tape.lineage.scenario.clock
        let limit = to ?? Tick.max
        while try replayer.step(while: { clock.tick(at: $1.time) < limit }) != nil {
          let root = StateTree.hexadecimal(replayer.state.digests().root)
          try Console.data("\(replayer.nextSequence - 1) \(root)")
        }
      } else if let to {
        try replayer.advance(to: to)
      } else {
        try replayer.run()
      }
      if let mismatch = replayer.mismatch {
        throw CommandFailure(mismatch, tape.path)
      }
      if digests == nil { try Console.write(summary(replayer)) }
    } catch let error as ReplayError<FileFailure> {
      throw CommandFailure(error, tape.paths)
    }
    for name in OpenedTape.foreignMemories(tape, Roster.self) {
      Console.say("tapedeck: the memory of \(name) is foreign to this build; all else is whole")
    }
    if let to { try tape.noteEnd(before: to) }
    let status = tape.warn()
    if status != 0 { throw ExitCode(status) }
  }

  private func summary(_ replayer: Replayer<Roster, TapeFile>) -> String {
    let state = replayer.state
    let digests = state.digests()
    if options.json {
      var components: [String: Any] = [:]
      for (index, name) in SessionDigests.componentNames.enumerated() {
        components[name] = StateTree.hexadecimal(digests.components[index])
      }
      return Json.text([
        "tick": state.tick, "time": state.time, "events": replayer.nextSequence,
        "root": StateTree.hexadecimal(digests.root), "components": components,
        "memory_root": digests.memoryRoot.map { StateTree.hexadecimal($0) } as Any? ?? "foreign",
        "digests_compared": replayer.comparedDigests,
      ]) + "\n"
    }
    var text = "tick \(state.tick)\nevents \(replayer.nextSequence)\n"
    text += "root \(StateTree.hexadecimal(digests.root))\n"
    let memory = digests.memoryRoot.map { StateTree.hexadecimal($0) } ?? "foreign"
    text += "memory_root \(memory)\n"
    for (index, name) in SessionDigests.componentNames.enumerated() {
      text += "\(name) \(StateTree.hexadecimal(digests.components[index]))\n"
    }
    return text + "digests_compared \(replayer.comparedDigests)\n"
  }
}

/// How often digests are printed.
enum DigestDetail: String, ExpressibleByArgument, CaseIterable {
  /// After every event.
  case event
}

extension OpenedTape {
  /// The agents whose type a roster does not know, though a decider was there when they were
  /// recorded.
  static func foreignMemories<Roster: AgentRoster>(
    _ tape: OpenedTape, _ roster: Roster.Type
  ) -> [String] {
    let known =
      Roster.entries.map { $0.typeName }
      + [AgentDescription.foreignType, ProcessSettings.typeName]
    return tape.lineage.scenario.agents.filter { !known.contains($0.type) }
      .map { $0.account.name }
  }
}
