import Agents
import ArgumentParser
import Journal
import JournalFiles
import MarketData
import MarketModel
import Replay
import Reports
import Session

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
    var files: [(String, String)]
    switch format {
    case .csv:
      try tape.expectSession()
      let tables = SessionTables(
        try tape.samples(Roster.self, instrument: try tape.instrument(instrument)))
      files = [
        ("prices.csv", tables.prices), ("actions.csv", tables.actions), ("pnl.csv", tables.pnl),
      ]
    case .events: files = [("events.csv", try events(tape, .csv))]
    case .jsonl: files = [("events.jsonl", try events(tape, .jsonLines))]
    case .raw: files = [("raw.jsonl", try raw(tape))]
    }
    do {
      try SmallFile.createFolder(output)
    } catch {
      throw CommandFailure(error)
    }
    for (name, text) in files {
      let path = "\(output)/\(name)"
      do {
        try SmallFile.write(Array(text.utf8), to: path, replacing: force)
      } catch {
        throw CommandFailure(error)
      }
      try Console.data(path)
    }
    let status = tape.warn()
    if status != 0 { throw ExitCode(status) }
  }

  private func raw(_ tape: OpenedTape) throws(CommandFailure) -> String {
    var text = ""
    var cursor = tape.lineage.cursor()
    do {
      while let item = try cursor.next() {
        guard case .event(let sequence, .known(let record)) = item else { continue }
        let row = record.event.row
        let schema = EventSchema.of(record.event.kind)
        var object: [String: Any] = [
          "sequence": sequence, "tick": tape.lineage.scenario.clock.tick(at: record.time),
          "time": record.time, "kind": schema.name, "cause": record.cause as Any,
          "fields": schema.fields.indices.map { row.words[$0] },
        ]
        if schema.hasPayload { object["payload"] = row.payload.map { hexadecimal($0) }.joined() }
        text += Json.text(object) + "\n"
      }
    } catch {
      throw CommandFailure(error, tape.paths)
    }
    return text
  }

  private func hexadecimal(_ byte: UInt8) -> String {
    String(UnicodeScalar(byte >> 4 < 10 ? 48 + byte >> 4 : 87 + byte >> 4))
      + String(UnicodeScalar(byte & 15 < 10 ? 48 + byte & 15 : 87 + byte & 15))
  }

  private func events(
    _ tape: OpenedTape, _ format: EventTableFormat
  ) throws(CommandFailure) -> String {
    let writer = EventTableWriter(
      format: format, names: tape.names, clock: tape.lineage.scenario.clock)
    var text = writer.header.map { $0 + "\n" } ?? ""
    var cursor = tape.lineage.cursor()
    do {
      while let item = try cursor.next() {
        guard case .event(let sequence, .known(let record)) = item else { continue }
        text += writer.line(sequence: sequence, record: record) + "\n"
      }
    } catch {
      throw CommandFailure(error, tape.paths)
    }
    return text
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
