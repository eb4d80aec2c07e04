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
  private let clock: TickClock
  /// By raw value of the kind - 1.
  private let lines: [EventTableLine]

  /// Creates a writer; the clock gives the column `tick`.
  public init(format: EventTableFormat, names: NameTables, clock: TickClock) {
    self.format = format
    self.clock = clock
    let texts = EventTableTexts(format, FieldCodec(names))
    lines = EventKind.allCases.map { EventTableLine($0, texts) }
  }

  /// The first line, without its end; nil for JSON lines.
  public var header: String? {
    format == .csv ? EventTableColumns.all.names.joined(separator: ",") : nil
  }

  /// Returns the line of an event, without its end.
  ///
  /// - Complexity: O(columns + payload).
  public func line(sequence: SequenceNumber, record: EventRecord) -> String {
    var (event, text) = (FlatEvent(), [UInt8]())
    event.set(record)
    append(&event, sequence: sequence, to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// Appends the line of an event, without its end, as UTF-8; `inout` only to be cheap.
  ///
  /// - Precondition: the event is of a known kind.
  /// - Complexity: O(fields + payload).
  public func append(
    _ event: inout FlatEvent, sequence: SequenceNumber, to text: inout [UInt8]
  ) {
    let line = lines[Int(event.row.kind) - 1]
    for part in line.parts {
      text += part.before
      switch part.value {
      case .sequence: ExactDecimal.append(sequence, to: &text)
      case .tick: ExactDecimal.append(clock.tick(at: event.time), to: &text)
      case .time: ExactDecimal.append(event.time, to: &text)
      case .cause:
        if let cause = event.cause {
          ExactDecimal.append(cause, to: &text)
        } else {
          text += format.none
        }
      case .field(let index, let cell): cell.append(event.row.words[index], format, to: &text)
      case .payload: Hexadecimal.append(event.row.payload, to: &text)
      }
    }
    text += line.end
  }
}
