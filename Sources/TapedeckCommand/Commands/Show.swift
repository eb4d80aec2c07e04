import Agents
import ArgumentParser
import JournalFiles
import MarketModel
import Replay
import Scenarios
import Session

/// `tapedeck show`: the state at a tick.
struct Show<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "show", abstract: "Show the state at a tick, whole or below a path.",
      discussion: """
        @T means before tick T's first event; without a tick it is the state at the end. A path is \
        agents.MM_01, books.STOCK, ...
        """)
  }

  @OptionGroup var input: TapeOptions

  @OptionGroup var part: PathAndTick

  @OptionGroup var options: OutputOptions

  func run() throws {
    let (named, asked) = try part.read()
    let path = named ?? ""
    let tape = try input.open().readingAhead
    let tick = asked ?? tape.lineage.scenario.horizon
    var state = try tape.state(at: tick, Roster.self)
    var entries = StateTree.entries(of: state, below: path)
    if entries.isEmpty, let values = try? tape.statePaths.values(path) {
      entries = values.map {
        StateEntry(path: $0.text, value: $0.text(of: $0.value(in: &state)))
      }
    }
    if entries.isEmpty {
      throw CommandFailure.unknown("path", path, among: paths(state), in: tape.path)
    }
    if options.json {
      var values: [String: Any] = [:]
      for entry in entries { values[entry.path] = entry.value }
      try Console.data(Json.text(["tick": tick, "state": values]))
    } else {
      for entry in entries { try Console.data("\(entry.path) = \(entry.value)") }
    }
    try tape.noteEnd(before: tick)
    let status = tape.warn()
    if status != 0 { throw ExitCode(status) }
  }
}

extension Show {
  /// All paths, those that end within another included, the shortest first.
  private func paths(_ state: SessionState<Roster>) -> [String] {
    var known: [String] = []
    for entry in StateTree.entries(of: state) {
      var path = ""
      for part in entry.path.split(separator: ".") {
        path += path.isEmpty ? String(part) : ".\(part)"
        if !known.contains(path) { known.append(path) }
      }
    }
    return known.sorted { ($0.count, $0) < ($1.count, $1) }
  }
}

extension OpenedTape {
  /// The state before the first event of a tick.
  func state<Roster: AgentRoster>(
    at tick: Tick, _ roster: Roster.Type
  ) throws(CommandFailure) -> SessionState<Roster> {
    try check(tick: tick)
    var keyframes = try TapeKeyframes(paths)
    let replayer: Replayer<Roster, TapeFile>
    do throws(ReplayError<FileFailure>) {
      var seeking = try Replayer<Roster, TapeFile>(lineage, before: tick, keyframes)
      try seeking.advance(to: tick, keeping: &keyframes)
      replayer = seeking
    } catch {
      throw CommandFailure(error, paths)
    }
    if let mismatch = replayer.mismatch { throw CommandFailure(mismatch, path) }
    return replayer.state
  }
}
