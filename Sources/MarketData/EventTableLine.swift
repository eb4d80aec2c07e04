import MarketModel

/// What the lines of one kind of event are made of, in order.
struct EventTableLine: Sendable {
  /// A value, and the bytes between the one before it and it.
  struct Part: Sendable {
    var before: [UInt8]
    var value: Value
  }

  enum Value: Sendable {
    case sequence
    case tick
    case time
    case cause
    case field(Int, EventTableCell)
    case payload
  }

  let parts: [Part]
  /// What stands after the last value.
  let end: [UInt8]

  init(_ kind: EventKind, _ texts: EventTableTexts) {
    let columns = EventTableColumns.all
    let schema = EventSchema.of(kind)
    var cells: [(column: Int, value: Value)] = [
      (EventTableColumns.sequence, .sequence), (EventTableColumns.tick, .tick),
      (EventTableColumns.time, .time), (EventTableColumns.cause, .cause),
    ]
    for (index, column) in columns.fields(of: kind).enumerated() {
      cells.append((column, .field(index, texts.cell(schema.fields[index].type))))
    }
    if schema.hasPayload { cells.append((columns.payload, .payload)) }
    switch texts.format {
    case .csv: (parts, end) = Self.csv(cells, schema.name)
    case .jsonLines: (parts, end) = Self.json(cells, schema.name)
    }
  }

  private static func csv(
    _ cells: [(column: Int, value: Value)], _ kind: String
  ) -> ([Part], [UInt8]) {
    var column = 0
    var parts: [Part] = []
    for cell in cells.sorted(by: { $0.column < $1.column }) {
      var before = [UInt8](repeating: UInt8(ascii: ","), count: cell.column - column)
      if case .cause = cell.value { before.insert(contentsOf: kind.utf8, at: 1) }
      parts.append(Part(before: before, value: cell.value))
      column = cell.column
    }
    let left = EventTableColumns.all.payload - column
    return (parts, [UInt8](repeating: UInt8(ascii: ","), count: left))
  }

  private static func json(
    _ cells: [(column: Int, value: Value)], _ kind: String
  ) -> ([Part], [UInt8]) {
    var parts: [Part] = []
    var end = "}"
    for cell in cells {
      var before = parts.isEmpty ? "{" : ","
      if case .cause = cell.value { before += "\"kind\":\"\(kind)\"," }
      before += "\"\(EventTableColumns.all.names[cell.column])\":"
      if case .payload = cell.value {
        before += "\""
        end = "\"}"
      }
      parts.append(Part(before: Array(before.utf8), value: cell.value))
    }
    return (parts, Array(end.utf8))
  }
}

/// How the values of a field are written.
enum EventTableCell: Sendable {
  case number
  /// By value, where that is not empty; others as numbers.
  case words([[UInt8]])
  /// By index; -1 is none, others are # and the index.
  case index([[UInt8]])

  func append(_ value: Int64, _ format: EventTableFormat, to text: inout [UInt8]) {
    switch self {
    case .words(let words) where words.indices.contains(Int(value)) && !words[Int(value)].isEmpty:
      text += words[Int(value)]
    case .number, .words: ExactDecimal.append(value, to: &text)
    case .index(let names) where names.indices.contains(Int(value)): text += names[Int(value)]
    case .index where value == -1: text += format.none
    case .index: text += format.quoted("#\(value)")
    }
  }
}

/// How the fields of each type are written.
struct EventTableTexts {
  let format: EventTableFormat
  private let codec: FieldCodec

  init(_ format: EventTableFormat, _ codec: FieldCodec) {
    self.format = format
    self.codec = codec
  }

  func cell(_ type: FieldType) -> EventTableCell {
    if let names = codec.names(of: type) { return .index(names.map(format.quoted)) }
    if let words = FieldWords.of(type) {
      return .words(words.words.map { $0.isEmpty ? [] : format.quoted($0) })
    }
    return type == .flag ? .words(["false", "true"].map { Array($0.utf8) }) : .number
  }
}

extension EventTableFormat {
  private static let null = Array("null".utf8)

  /// What is written where there is nothing.
  var none: [UInt8] { self == .csv ? [] : Self.null }

  /// A text as a cell.
  func quoted(_ text: String) -> [UInt8] {
    switch self {
    case .csv:
      let isPlain = text.utf8.allSatisfy { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "\"") }
      if isPlain { return Array(text.utf8) }
      let parts = text.split(separator: "\"", omittingEmptySubsequences: false)
      return Array("\"\(parts.joined(separator: "\"\""))\"".utf8)
    case .jsonLines:
      // Names hold no control characters (`NameTables`).
      let escaped = text.utf8.flatMap { byte in
        byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
          ? [UInt8(ascii: "\\"), byte] : [byte]
      }
      return [UInt8(ascii: "\"")] + escaped + [UInt8(ascii: "\"")]
    }
  }
}
