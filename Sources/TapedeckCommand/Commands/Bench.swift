import Agents
import ArgumentParser
import FoundationEssentials
import Glibc
import Journal
import JournalFiles
import MarketModel
import Replay
import Session

/// `tapedeck bench`: how fast this build is here, with the digests of what it did.
struct Bench<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "bench", abstract: "Time this build here.",
      subcommands: [
        BenchFlow<Roster>.self, BenchAgents<Roster>.self, BenchForks<Roster>.self,
        BenchLearning.self,
      ],
      defaultSubcommand: BenchFlow<Roster>.self)
  }
}

/// `tapedeck bench flow`: the exchange and the tape on the order flow that is common to all.
struct BenchFlow<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "flow", abstract: "Time the exchange and the tape on the common order flow.",
      discussion: """
        The flow is that of a splitmix64 generator with seed 42: 20,000 limit orders, then half \
        limit orders, 40 % cancels and 10 % marketable orders. Its outcome is known: a run that \
        trades otherwise is no result. Medians of several runs, in processor time of one core. \
        tools/bench adds allocations, instruction counts, the memory of a long replay and the \
        figures of others.
        """)
  }

  @Option(help: "How many messages.")
  var messages = 1_000_000

  @Option(help: "How many runs; the median counts.")
  var runs = 3

  @Option(
    help:
      "Only one row: exchange, session, tape, file-none, file-frame, replay, scan, watch or filter."
  )
  var only: String?

  @Option(help: "The folder for the tapes of file-none and file-frame.")
  var folder = "."

  @Option(help: "Keep the tape of the first file-none as this file.")
  var keep: String?

  @Option(
    help: """
      Write the flow to this file before it is run: 24 bytes a message, little-endian: id (8), \
      price (4), quantity (4), type (1; 0 limit, 1 cancel, 2 marketable), side (1; 0 buy, \
      1 sell), 6 zeros.
      """)
  var writeFlow: String?

  @Flag(help: "Replace files that exist.")
  var force = false

  @OptionGroup var options: OutputOptions

  func run() throws {
    guard messages > 0, runs > 0 else {
      throw CommandFailure(Exit.usage, "--messages and --runs are at least 1")
    }
    if let only, !BenchTable.rowNames.contains(only) {
      throw CommandFailure(
        Exit.usage, "--only is one of: \(BenchTable.rowNames.joined(separator: ", "))")
    }
    if keep != nil, !wants("file-none") {
      throw CommandFailure(Exit.usage, "--keep needs the row file-none")
    }
    if let writeFlow {
      do {
        let records = OrderFlow.records(count: messages)
        try SmallFile.write(records, to: writeFlow, replacing: force)
      } catch {
        throw CommandFailure(error)
      }
    }
    var table = BenchTable(messages: messages, runs: runs)
    let run = FlowRun(OrderFlow(count: messages))
    for number in 0..<runs { try measure(run, &table, isFirst: number == 0) }
    try table.check()
    try Console.data(options.json ? table.json : table.text)
  }

  private func wants(_ name: String) -> Bool { only == nil || only == name }

  private func measure(_ run: FlowRun, _ table: inout BenchTable, isFirst: Bool) throws {
    if wants("exchange") {
      let (measure, outcome, events) = run.exchange()
      try table.add("exchange", measure, messages, outcome)
      table.exchangeEvents = events
    }
    if wants("session") {
      var sink = NoSink()
      let (measure, outcome) = try run.session(&sink) { _, _ in }
      try table.add("session", measure, messages, outcome)
    }
    let readers = ["tape", "replay", "scan", "watch", "filter"]
    if readers.contains(where: { wants($0) }) {
      var recorder = JournalRecorder(run.encoder, output: MemoryOutput())
      let (measure, outcome) = try run.session(&recorder) { $0.seal($1) }
      let tape = MemorySource(recorder.output.bytes)
      table.tapeBytes = tape.bytes.count
      if wants("tape") { try table.add("tape", measure, messages, outcome) }
      let rows: [(String, (MemorySource) throws -> (FlowMeasure, events: Int))] = [
        ("replay", FlowRun.replay), ("scan", FlowRun.scan), ("watch", FlowRun.watch),
        ("filter", FlowRun.filter),
      ]
      for (name, read) in rows where wants(name) {
        let (measure, events) = try read(tape)
        try table.add(name, measure, events)
        table.tapeEvents = events
      }
    }
    if wants("file-none") {
      try measureFile("file-none", .none, run, &table, keptAs: isFirst ? keep : nil)
    }
    if wants("file-frame") { try measureFile("file-frame", .frame, run, &table, keptAs: nil) }
  }

  private func measureFile(
    _ name: String, _ durability: Durability, _ run: FlowRun, _ table: inout BenchTable,
    keptAs kept: String?
  ) throws {
    let path = kept ?? "\(folder)/tapedeck-bench.\(getpid()).tape"
    defer { if kept == nil { try? FileManager.default.removeItem(atPath: path) } }
    let writer: TapeWriter
    do {
      writer = try TapeWriter(
        path: path, durability: durability, replacing: force || kept == nil)
    } catch {
      throw CommandFailure(error)
    }
    do {
      var recorder = try JournalRecorder(run.encoder, output: writer)
      let (measure, outcome) = try run.session(&recorder) { recorder, state in
        try recorder.seal(state)
        try recorder.output.finish(isSealed: true)
      }
      try table.add(name, measure, messages, outcome)
    } catch let error as SessionError<WriteError> {
      throw SessionRun<Roster>.failure(error, writer)
    } catch let error as WriteError {
      throw CommandFailure(error)
    }
  }
}
