import Agents
import ArgumentParser
import Counterfactual
import Filters
import Journal
import JournalFiles
import MarketData
import MarketModel
import Replay
import Session

/// `tapedeck find`: events for which an expression holds, or that make one about the state true.
struct Find<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "find", abstract: "Find events by what they say, or by what they make true.",
      discussion: """
        --where prints the events for which an expression holds. --when folds the tape and finds \
        the first event after which a condition on the state holds; with --backward the latest \
        event that made it true: it holds after it and did not before. @T means before tick T's \
        first event: --at T starts there, and --backward goes back from there.

        Exit 0 where something was found, 1 where nothing was.
        \(FilterHelp.events)

        \(FilterHelp.state)
        """)
  }

  @OptionGroup var input: TapeOptions

  @Option(name: .customLong("where"), help: "Events for which this expression holds.")
  var filter: String?

  @Option(name: .customLong("when"), help: "The event that makes this condition on the state true.")
  var condition: String?

  @Flag(help: "With --where: only the first.")
  var first = false

  @Flag(help: "With --where: only the last.")
  var last = false

  @Flag(help: "With --where: only how many there are.")
  var count = false

  @Option(help: "With --when: start at this tick, or go back from it.")
  var at: Tick?

  @Flag(help: "With --when: go back from the end, or from --at.")
  var backward = false

  @OptionGroup var options: OutputOptions

  func validate() throws {
    guard (filter == nil) != (condition == nil) else {
      throw ValidationError("either --where EXPRESSION or --when CONDITION is needed")
    }
    if [first, last, count].count(where: { $0 }) > 1 {
      throw ValidationError("only one of --first, --last and --count makes sense")
    }
    if condition != nil, first || last || count {
      throw ValidationError("--first, --last and --count go with --where")
    }
    if filter != nil, at != nil || backward {
      throw ValidationError("--at and --backward go with --when; with --where write tick >= T")
    }
  }

  func run() throws {
    let tape = try input.open().readingAhead
    let found: Bool
    if let filter {
      found = try list(tape, try tape.filter(filter))
    } else {
      found = try search(tape, condition ?? "")
    }
    let status = tape.warn()
    if status != 0 { throw ExitCode(status) }
    if !found { throw ExitCode(Exit.differs) }
  }

  // MARK: Events

  private func list(_ tape: OpenedTape, _ filter: EventFilter) throws -> Bool {
    var printer = EventPrinter(tape, json: options.json, versioned: true)
    var matches = 0
    var latest: (SequenceNumber, TapeEvent)?
    do {
      var scan = EventScan(tape.lineage)
      var event = FlatEvent()
      while let sequence = try scan.next(into: &event) {
        guard filter.matches(&event, sequence: sequence) else { continue }
        matches += 1
        if count { continue }
        let found = try scan.event()
        latest = (sequence, found)
        if !last { try printer.print(sequence, found) }
        if first { break }
      }
    } catch let error as ReplayError<FileFailure> {
      try printer.flush()
      throw CommandFailure(error, tape.paths)
    }
    if last, let (sequence, event) = latest { try printer.print(sequence, event) }
    try printer.flush()
    if count { try Console.data(options.json ? Json.text(["count": matches]) : "\(matches)") }
    return matches > 0
  }

  // MARK: The state

  private func search(_ tape: OpenedTape, _ text: String) throws -> Bool {
    let condition = try tape.condition(text)
    if let at { try tape.check(tick: at) }
    var keyframes = try TapeKeyframes(tape.paths)
    let result: StateSearch<Roster>.Result
    do throws(ReplayError<FileFailure>) {
      result =
        backward
        ? try StateSearch<Roster>.latest(
          tape.lineage, ValueWatch(condition, stops: false), before: at, &keyframes)
        : try StateSearch<Roster>.first(tape.lineage, condition, from: at ?? 0, &keyframes)
    } catch {
      throw CommandFailure(error, tape.paths)
    }
    if let mismatch = result.mismatch { throw CommandFailure(mismatch, tape.path) }
    if let change = result.watch.change {
      let report = ChangeReport(tape, result.watch.paths, change)
      try Console.write(options.json ? try report.json(condition: text) : try report.text())
      return true
    }
    return try tellNothing(tape, result, text)
  }

  /// Says that no event made the condition true, and whether it held all the time.
  private func tellNothing(
    _ tape: OpenedTape, _ result: StateSearch<Roster>.Result, _ text: String
  ) throws -> Bool {
    let holds = result.heldAtStart
    let place = result.start == 0 ? "from the opening on" : "before event \(result.start) already"
    if options.json {
      try Console.data(
        Json.text([
          "condition": text, "found": false, "holds_at_start": holds, "start": result.start,
        ]))
    } else if holds {
      try Console.data("holds \(place)")
    } else {
      let end = try tape.unfinishedTick().map { " up to tick \($0), where the tape is unfinished" }
      Console.say("tapedeck: no event makes it true" + (end ?? ""))
    }
    // Forwards this is the answer; backwards an event was asked for, and there is none.
    return holds && !backward
  }
}

extension OpenedTape {
  /// The paths of its state.
  var statePaths: StatePaths { StatePaths(lineage.scenario, agents: names.agents) }

  /// Compiles a condition on its state.
  func condition(_ text: String) throws(CommandFailure) -> StateCondition {
    do {
      return try StateCondition(try FilterExpression(text), statePaths)
    } catch {
      throw CommandFailure(error, in: text, of: "--when")
    }
  }

  /// Refuses a tick that the session does not have.
  func check(tick: Tick) throws(CommandFailure) {
    let horizon = lineage.scenario.horizon
    if tick < 0 || tick > horizon {
      throw CommandFailure(ForkError<FileFailure>.beyondEnd(tick: tick, lastTick: horizon), paths)
    }
  }
}
