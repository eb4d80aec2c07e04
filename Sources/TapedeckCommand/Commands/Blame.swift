import Agents
import ArgumentParser
import Filters
import Journal
import JournalFiles
import MarketModel
import Replay
import Session

/// `tapedeck blame`: the last event that changed a value of the state.
struct Blame<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "blame",
      abstract: "Find the last event that changed a value of the state, and its causes.",
      discussion: """
        The value is the one that show prints at that tick: @T means before tick T's first event. \
        Without a tick it is the one at the end.

        Exit 0 where an event changed it, 1 where it is what it was at the opening.

        \(FilterHelp.paths)
        """)
  }

  @OptionGroup var input: TapeOptions

  @OptionGroup var value: PathAndTick

  @OptionGroup var options: OutputOptions

  func run() throws {
    let (named, limit) = try value.read()
    guard let path = named else {
      throw CommandFailure(
        Exit.usage, "no value is named", next: "write its path, such as agents.MM_01.cash")
    }
    let tape = try input.open().readingAhead
    if let limit { try tape.check(tick: limit) }
    let paths = try tape.values(path)
    var keyframes = try TapeKeyframes(tape.paths)
    let result: StateSearch<Roster>.Result
    do throws(ReplayError<FileFailure>) {
      result = try StateSearch<Roster>.latest(
        tape.lineage, ValueWatch(paths), before: limit, &keyframes)
    } catch {
      throw CommandFailure(error, tape.paths)
    }
    if let mismatch = result.mismatch { throw CommandFailure(mismatch, tape.path) }
    if let change = result.watch.change {
      let report = ChangeReport(tape, result.watch.paths, change)
      try Console.write(options.json ? try report.json() : try report.textWithCauses())
    } else {
      try tellNothing(result.watch)
    }
    if let limit { try tape.noteEnd(before: limit) }
    let status = tape.warn()
    if status != 0 { throw ExitCode(status) }
    if result.watch.change == nil { throw ExitCode(Exit.differs) }
  }

  private func tellNothing(_ watch: ValueWatch) throws {
    let values = zip(watch.paths, watch.values).map { ($0.text, $0.text(of: $1)) }
    if options.json {
      let list = values.map { ["path": $0.0, "value": $0.1] }
      try Console.data(Json.text(["found": false, "values": list]))
    } else {
      for (path, value) in values {
        try Console.data("\(path) = \(value), as at the opening")
      }
    }
  }
}

extension OpenedTape {
  /// The values of its state at a path.
  func values(_ path: String) throws(CommandFailure) -> [StatePath] {
    do {
      return try statePaths.values(path)
    } catch {
      throw CommandFailure(
        Exit.usage, "\(self.path): no value has the path \(path)",
        next: FilterFault.hint(error.nearest, error.known))
    }
  }
}
