public import MarketModel

/// The text formats of an event table.
public enum EventTableFormat: Sendable, CaseIterable {
  /// A header and one line for each event, quoted as RFC 4180 says.
  case csv
  /// One flat JSON object for each event, with its keys in the order of the schema.
  case jsonLines
}

/// Writes events of every kind as lines of text, by their schemas alone.
///
/// Integers are exact. Enums are words, flags `true` and `false`, payloads lower-case hexadecimal,
/// indices names (`NameTables`); the index -1, for none, is empty in CSV and `null` in JSON, as is
/// a missing cause.
///
/// - Source: [RFC 4180](https://www.rfc-editor.org/rfc/rfc4180),
///   [JSON Lines](https://jsonlines.org).
public struct EventTableWriter: Sendable {
  private let format: EventTableFormat
  private let codec: FieldCodec
  private let clock: TickClock

  /// Creates a writer; the clock gives the column `tick`.
  public init(format: EventTableFormat, names: NameTables, clock: TickClock) {
    self.format = format
    codec = FieldCodec(names)
    self.clock = clock
  }

  /// The first line, without its end; nil for JSON lines.
  public var header: String? {
    format == .csv ? EventTableColumns.all.names.joined(separator: ",") : nil
  }

  /// Returns the line of an event, without its end.
  ///
  /// - Complexity: O(columns + payload).
  public func line(sequence: SequenceNumber, record: EventRecord) -> String {
    let columns = EventTableColumns.all
    let kind = record.event.kind
    let schema = EventSchema.of(kind)
    let row = record.event.row
    var cells: [(column: Int, value: TableValue)] = [
      (EventTableColumns.sequence, .number(sequence)),
      (EventTableColumns.tick, .number(clock.tick(at: record.time))),
      (EventTableColumns.time, .number(record.time)),
      (EventTableColumns.kind, .text(schema.name)),
      (EventTableColumns.cause, record.cause.map { .number($0) } ?? .none),
    ]
    for (index, column) in columns.fields(of: kind).enumerated() {
      cells.append((column, codec.value(of: row.words[index], schema.fields[index].type)))
    }
    if schema.hasPayload { cells.append((columns.payload, .text(Hexadecimal.text(row.payload)))) }
    return switch format {
    case .csv: Self.csv(cells)
    case .jsonLines: Self.json(cells)
    }
  }

  private static func csv(_ cells: [(column: Int, value: TableValue)]) -> String {
    var texts = [String](repeating: "", count: EventTableColumns.all.names.count)
    for cell in cells { texts[cell.column] = quoted(cell.value.description) }
    return texts.joined(separator: ",")
  }

  private static func quoted(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") })
    else { return text }
    let parts = text.split(separator: "\"", omittingEmptySubsequences: false)
    return "\"\(parts.joined(separator: "\"\""))\""
  }

  private static func json(_ cells: [(column: Int, value: TableValue)]) -> String {
    let names = EventTableColumns.all.names
    let members = cells.map { cell in
      let value =
        switch cell.value {
        case .none: "null"
        case .number(let number): "\(number)"
        case .flag(let flag): "\(flag)"
        case .text(let text): escaped(text)
        }
      return "\"\(names[cell.column])\":\(value)"
    }
    return "{" + members.joined(separator: ",") + "}"
  }

  /// A JSON string; names hold no control characters (`NameTables`).
  private static func escaped(_ text: String) -> String {
    var bytes: [UInt8] = [UInt8(ascii: "\"")]
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
        bytes.append(UInt8(ascii: "\\"))
      }
      bytes.append(byte)
    }
    bytes.append(UInt8(ascii: "\""))
    return String(decoding: bytes, as: UTF8.self)
  }
}
