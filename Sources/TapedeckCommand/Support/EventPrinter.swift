import Glibc
import Journal
import MarketData
import MarketModel
import Replay
import Session

/// Prints events as lines, for people or as JSON, many lines at once.
struct EventPrinter {
  private let text: EventText
  private let table: EventTableWriter
  private let isJson: Bool
  /// What a JSON object begins with.
  private let opening: [UInt8]
  private var event = FlatEvent()
  private var lines: [UInt8] = []
  /// Nobody who looks on is to wait for a line.
  private let limit = isatty(STDOUT_FILENO) == 1 ? 1 : 1 << 16

  /// Creates one; JSON objects have a `schema_version` where they are `versioned`.
  init(_ tape: OpenedTape, json: Bool, versioned: Bool) {
    text = EventText(names: tape.names, scenario: tape.lineage.scenario)
    table = EventTableWriter(
      format: .jsonLines, names: tape.names, clock: tape.lineage.scenario.clock)
    isJson = json
    opening = Array((versioned ? "{\"schema_version\":\(Json.version)," : "{").utf8)
  }

  /// Prints an event, or keeps its line for later.
  mutating func print(_ sequence: SequenceNumber, _ found: TapeEvent) throws {
    if !isJson {
      text.append(sequence, found, to: &lines)
    } else if case .known(let record) = found {
      event.set(record)
      let start = lines.count
      table.append(&event, sequence: sequence, to: &lines)
      // The object of a table, with what it is to begin with.
      lines.replaceSubrange(start...start, with: opening)
    } else {
      lines += Json.text(["sequence": sequence, "event": text.line(sequence, found)]).utf8
    }
    lines.append(UInt8(ascii: "\n"))
    if lines.count >= limit { try flush() }
  }

  /// Prints the lines that were kept.
  mutating func flush() throws {
    if lines.isEmpty { return }
    defer { lines.removeAll(keepingCapacity: true) }
    try Console.write(bytes: lines)
  }
}
