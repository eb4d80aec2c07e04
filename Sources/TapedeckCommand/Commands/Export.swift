import Agents
import ArgumentParser
import Journal
import JournalFiles
import MarketData
import MarketModel
import Replay
import Reports
import Session
import Synchronization

/// What `tapedeck export` writes.
enum ExportFormat: String, ExpressibleByArgument, CaseIterable {
  /// `prices.csv`, `actions.csv` and `pnl.csv`.
  case csv
  /// Every event as CSV, `events.csv`.
  case events
  /// Every event as JSON lines, `events.jsonl`.
  case jsonl
  /// Every event as JSON lines of plain numbers, `raw.jsonl`: what the bytes say, without names.
  case raw
}

/// `tapedeck export`: writes a tape as tables.
struct Export<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "export", abstract: "Write a tape as tables.",
      discussion: """
        csv: prices.csv, actions.csv, pnl.csv; events: events.csv; jsonl: events.jsonl. The last \
        two can be imported again. raw: raw.jsonl, plain numbers for comparing with other readers.
        """)
  }

  @OptionGroup var input: TapeOptions

  @Option(help: "csv, events, jsonl or raw.")
  var format: ExportFormat = .csv

  @Option(help: "The instrument of prices and inventories; the first by default.")
  var instrument: String?

  @Option(name: [.short, .long], help: "The folder to write to.")
  var output = "results/logs"

  @Flag(help: "Replace files that exist.")
  var force = false

  func run() throws {
    let tape = try input.open().readingAhead
    switch format {
    case .csv:
      try tape.expectSession()
      let tables = SessionTables(
        try tape.samples(Roster.self, instrument: try tape.instrument(instrument)))
      for table in SessionTables.Table.allCases {
        try write("\(table.rawValue).csv") { file throws in
          try tables.write(table) { (text) throws(WriteError) in try file.append(text) }
        }
      }
    case .events: try write("events.csv") { try table(tape, .csv, $0) }
    case .jsonl: try write("events.jsonl") { try table(tape, .jsonLines, $0) }
    case .raw:
      let clock = tape.lineage.scenario.clock
      try write("raw.jsonl") { try lines(tape, $0) { Self.appendRaw(&$0, $1, clock, to: &$2) } }
    }
    let status = tape.warn()
    if status != 0 { throw ExitCode(status) }
  }

  /// Writes a file of the folder, and prints its path.
  private func write(_ name: String, _ contents: (PartialFile) throws -> Void) throws {
    let path = "\(output)/\(name)"
    do {
      try SmallFile.createFolder(output)
      let file = try PartialFile(path, replacing: force)
      try contents(file)
      try file.finish()
    } catch let error as FileFailure {
      throw CommandFailure(error)
    } catch let error as WriteError {
      throw CommandFailure(error)
    }
    try Console.data(path)
  }

  private func table(_ tape: OpenedTape, _ format: EventTableFormat, _ file: PartialFile) throws {
    let writer = EventTableWriter(
      format: format, names: tape.names, clock: tape.lineage.scenario.clock)
    if let header = writer.header { try file.append(Array((header + "\n").utf8)) }
    try lines(tape, file) { writer.append(&$0, sequence: $1, to: &$2) }
  }

  /// Writes a line for each event that this build knows.
  private func lines(
    _ tape: OpenedTape, _ file: PartialFile,
    _ append: (inout FlatEvent, SequenceNumber, inout [UInt8]) -> Void
  ) throws {
    Console.listenForInterrupts()
    var text: [UInt8] = []
    do {
      var (scan, event) = (EventScan(tape.lineage), FlatEvent())
      while let sequence = try scan.next(into: &event) {
        // Made of it only so that fields which make no event are told.
        guard case .known = try scan.event() else { continue }
        append(&event, sequence, &text)
        text.append(UInt8(ascii: "\n"))
        if text.count < 1 << 20 { continue }
        try file.append(text)
        text.removeAll(keepingCapacity: true)
        if Console.isInterrupted.load(ordering: .relaxed) {
          throw CommandFailure(Exit.interrupted, "interrupted; nothing was written")
        }
      }
    } catch let error as ReplayError<FileFailure> {
      throw CommandFailure(error, tape.paths)
    }
    try file.append(text)
  }

  /// Appends an event as plain numbers: a JSON object whose keys are sorted.
  private static func appendRaw(
    _ event: inout FlatEvent, _ sequence: SequenceNumber, _ clock: TickClock,
    to text: inout [UInt8]
  ) {
    let schema = EventSchema.all[Int(event.row.kind) - 1]
    let fields = schema.fields.indices.map { "\(event.row.words[$0])" }.joined(separator: ",")
    let payload = event.row.payload.map { hexadecimal($0) }.joined()
    text += "{\"cause\":\(event.cause.map { "\($0)" } ?? "null"),\"fields\":[\(fields)]".utf8
    text += ",\"kind\":\"\(schema.name)\"".utf8
    if schema.hasPayload { text += ",\"payload\":\"\(payload)\"".utf8 }
    text += ",\"schema_version\":\(Json.version),\"sequence\":\(sequence)".utf8
    text += ",\"tick\":\(clock.tick(at: event.time)),\"time\":\(event.time)}".utf8
  }

  private static func hexadecimal(_ byte: UInt8) -> String {
    String(UnicodeScalar(byte >> 4 < 10 ? 48 + byte >> 4 : 87 + byte >> 4))
      + String(UnicodeScalar(byte & 15 < 10 ? 48 + byte & 15 : 87 + byte & 15))
  }
}

extension OpenedTape {
  /// The index of an instrument; the first for nil.
  func instrument(_ name: String?) throws(CommandFailure) -> InstrumentIndex {
    guard let name else { return 0 }
    if let index = names.instruments.firstIndex(of: name) { return InstrumentIndex(index) }
    throw CommandFailure.unknown("instrument", name, among: names.instruments, in: path)
  }
}
