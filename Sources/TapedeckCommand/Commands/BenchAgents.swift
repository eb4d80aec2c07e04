import Agents
import ArgumentParser
import Journal
import JournalFiles
import Market
import MarketModel
import Replay
import Session

/// `tapedeck bench agents`: how fast a session of agents is recorded, folded and proved.
struct BenchAgents<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "agents", abstract: "Time the session of a tape: decided, folded, proved.",
      discussion: """
        record runs the scenario of the tape once more, its agents decide, and its events go onto \
        a tape in memory, which must end in the digest of the tape; replay folds the tape, V3 \
        verifies its digests and invariants, V4 runs every decider again beside it. Agents of this \
        build only: no fork, no import, no program. Processor time of one thread, medians of \
        several runs.
        """)
  }

  @OptionGroup var input: TapeOptions

  @Option(help: "How many runs; the median counts.")
  var runs = 3

  @OptionGroup var options: OutputOptions

  func validate() throws {
    guard (1...1000).contains(runs) else { throw ValidationError("--runs: 1 to 1000") }
  }

  @specialized(where Roster == BuiltInAgents)
  func run() throws {
    let tape = try input.open()
    var rows: [(name: String, seconds: [Double])] =
      ["record", "replay", "V3", "V4"].map { ($0, []) }
    let root = try root(tape)
    for _ in 0..<runs {
      for index in rows.indices {
        let start = FlowRun.seconds()
        try Self.time(rows[index].name, tape, root)
        rows[index].seconds.append(FlowRun.seconds() - start)
      }
    }
    let events = tape.lineage.nextSequence
    let medians = rows.map { ($0.name, $0.seconds.sorted()[runs / 2]) }
    try Console.data(
      options.json ? json(medians, events, root) : text(medians, events, root))
  }

  /// The digest in which the tape ends, where all its events are of agents that this build knows.
  private func root(_ tape: OpenedTape) throws(CommandFailure) -> UInt64 {
    let warning = tape.warn()
    if warning != 0 {
      throw CommandFailure(
        warning, "\(tape.path): is not whole", next: "see `tapedeck doctor \(tape.path)`")
    }
    let (scenario, genesis) = (tape.lineage.scenario, tape.lineage.tape.genesis)
    let foreign =
      OpenedTape.foreignMemories(tape, Roster.self).first
      ?? scenario.agents.first { $0.isForeign }?.account.name
    let obstacle: String?
    if tape.isTraining {
      obstacle = "is a training"
    } else if !tape.lineage.forks.isEmpty {
      obstacle = "is a fork"
    } else if scenario.provenance != .simulated {
      obstacle = "was imported"
    } else if let foreign {
      obstacle = "has \(foreign), for whom nothing in this build decides"
    } else if genesis.semanticsRevision != Semantics.revision {
      obstacle = "is of deciders of revision \(genesis.semanticsRevision)"
    } else if tape.lineage.nextSequence == 0 {
      obstacle = "has no event"
    } else {
      obstacle = nil
    }
    if let obstacle {
      throw CommandFailure(
        Exit.usage, "\(tape.path): \(obstacle); only a session of this build's own agents is timed",
        next: "record one: tapedeck record SCENARIO -o run.tape")
    }
    guard tape.scan.status == .sealed, let digests = tape.scan.seal?.digests else {
      throw CommandFailure(
        Exit.loss, "\(tape.path): is open, or what was salvaged",
        next: "record it to its end: tapedeck record SCENARIO -o run.tape")
    }
    return digests.digests.root
  }

  @specialized(where Roster == BuiltInAgents)
  private static func time(
    _ row: String, _ tape: OpenedTape, _ root: UInt64
  ) throws(CommandFailure) {
    let found: UInt64
    do throws(ReplayError<FileFailure>) {
      switch row {
      case "record": found = try decide(tape.lineage.scenario)
      case "replay":
        var replayer = try Replayer<Roster, TapeFile>(tape.lineage)
        try replayer.run()
        found = replayer.state.digests().root
      default:
        let level: VerificationLevel = row == "V3" ? .v3 : .v4
        let report = try Verification<Roster, TapeFile>.run(tape.lineage, level: level)
        if report.finding == nil { return }
        found = ~root
      }
    } catch {
      throw CommandFailure(error, tape.paths)
    }
    if found != root { throw otherDigests(tape) }
  }

  /// Runs a session onto a tape in memory and returns the digest in which it ends.
  @specialized(where Roster == BuiltInAgents)
  private static func decide(
    _ scenario: Scenario
  ) throws(ReplayError<FileFailure>) -> UInt64 {
    var session: MarketSession<Roster>
    do {
      session = try MarketSession<Roster>(scenario: scenario)
    } catch {
      throw .invalidScenario(error)
    }
    var recorder = JournalRecorder(
      JournalEncoder(genesis: Genesis(scenario: scenario)), output: MemoryOutput())
    do throws(SessionError<Never>) {
      try session.run(into: &recorder)
    } catch {
      switch error {
      case .reduction(let fault): throw .reduction(fault)
      }
    }
    recorder.seal(session.state)
    return session.state.digests().root
  }

  private static func otherDigests(_ tape: OpenedTape) -> CommandFailure {
    CommandFailure(
      Exit.differs, "\(tape.path): this build comes to other digests",
      next: "see where: tapedeck verify \(tape.path) --level V4")
  }

  // MARK: Showing

  private func text(
    _ medians: [(String, Double)], _ events: SequenceNumber, _ root: UInt64
  ) -> String {
    let rows = medians.map { name, seconds in
      [
        name, (Double(events) / seconds / 1e6).fixed(2), (seconds / Double(events) * 1e9).fixed(0),
      ]
    }
    return "  \(events) events, digest \(StateTree.hexadecimal(root)); median of \(runs)\n"
      + TextTable.text([["row", "million/s", "ns each"]] + rows)
  }

  private func json(
    _ medians: [(String, Double)], _ events: SequenceNumber, _ root: UInt64
  ) -> String {
    Json.text([
      "events": events, "digest": StateTree.hexadecimal(root),
      "rows": medians.map { name, seconds in
        [
          "name": name, "per_second": Double(events) / seconds,
          "nanoseconds": seconds / Double(events) * 1e9,
        ] as [String: Any]
      },
    ])
  }
}
