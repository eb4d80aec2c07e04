import Agents
import ArgumentParser
import Journal
import JournalFiles
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
  private func root(_ tape: OpenedTape) throws -> UInt64 {
    let scenario = tape.lineage.scenario
    let isOwn =
      tape.lineage.forks.isEmpty && scenario.provenance == .simulated
      && OpenedTape.foreignMemories(tape, Roster.self).isEmpty
      && !scenario.agents.contains { $0.isForeign }
    guard isOwn, tape.scan.status == .sealed, let digests = tape.scan.seal?.digests else {
      throw CommandFailure(
        Exit.usage,
        "\(tape.path): only a whole session of this build's own agents can be run again",
        next: "record one: tapedeck record SCENARIO -o run.tape")
    }
    return digests.digests.root
  }

  @specialized(where Roster == BuiltInAgents)
  private static func time(_ row: String, _ tape: OpenedTape, _ root: UInt64) throws {
    switch row {
    case "record":
      var session = try MarketSession<Roster>(scenario: tape.lineage.scenario)
      var recorder = JournalRecorder(
        JournalEncoder(genesis: Genesis(scenario: tape.lineage.scenario)), output: MemoryOutput())
      try session.run(into: &recorder)
      recorder.seal(session.state)
      try expect(session.state.digests().root, root, tape)
    case "replay":
      var replayer = try Replayer<Roster, TapeFile>(tape.lineage)
      try replayer.run()
      try expect(replayer.state.digests().root, root, tape)
    default:
      let level: VerificationLevel = row == "V3" ? .v3 : .v4
      let report = try Verification<Roster, TapeFile>.run(tape.lineage, level: level)
      try expect(report.finding == nil ? root : ~root, root, tape)
    }
  }

  private static func expect(
    _ found: UInt64, _ root: UInt64, _ tape: OpenedTape
  ) throws(CommandFailure) {
    if found == root { return }
    throw CommandFailure(
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
