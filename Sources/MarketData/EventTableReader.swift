public import MarketModel

/// Reads the lines that `EventTableWriter` writes.
///
/// In CSV the first line names the columns, in any order. The column `tick` must hold an integer
/// and is otherwise ignored: the time says it already. A cell or key that the kind of event does
/// not have is an error, as nothing would be read from it.
public struct EventTableReader: Sendable {
  private let format: EventTableFormat
  private let codec: FieldCodec
  private let file: String
  private var lineCount = 0
  /// For each column of a CSV file, the standard column; nil before the header.
  private var header: [Int]?

  /// Creates a reader; the file is named in errors only.
  public init(format: EventTableFormat, names: NameTables, file: String) {
    self.format = format
    codec = FieldCodec(names)
    self.file = file
  }

  /// Reads the next line, without its end; returns nil for a header and for an empty line.
  ///
  /// - Throws: `ImportError.malformed` or `wrongColumnCount`.
  public mutating func read(
    line: String
  ) throws(ImportError) -> (sequence: SequenceNumber, record: EventRecord)? {
    try read(utf8: Array(line.utf8))
  }

  /// Does the same with a line that is UTF-8.
  ///
  /// - Throws: `ImportError.malformed` or `wrongColumnCount`.
  public mutating func read(
    utf8 line: [UInt8]
  ) throws(ImportError) -> (sequence: SequenceNumber, record: EventRecord)? {
    lineCount += 1
    var bytes = line
    if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
    guard !bytes.isEmpty else { return nil }
    var scanner = TableScanner(bytes, file: file, line: lineCount)
    let cells: [TableCell?]
    switch format {
    case .csv:
      let fields = try scanner.csvFields()
      guard let header else {
        self.header = try readHeader(fields)
        return nil
      }
      cells = try arrange(fields, header)
    case .jsonLines:
      cells = try arrange(try scanner.jsonMembers())
    }
    return try TableRow(cells: cells, format: format, codec: codec, place: place(0)).event()
  }

  private func place(_ column: Int) -> ImportPlace {
    ImportPlace(file: file, line: lineCount, column: column)
  }

  private func readHeader(_ fields: [String]) throws(ImportError) -> [Int] {
    let columns = EventTableColumns.all
    var header: [Int] = []
    for (index, name) in fields.enumerated() {
      guard let column = columns.column(named: name), !header.contains(column) else {
        throw .malformed(
          place(index + 1), expected: "the name of a column that is not named yet", found: name)
      }
      header.append(column)
    }
    for column in 0...EventTableColumns.cause where !header.contains(column) {
      throw .malformed(
        place(0), expected: "a column \(columns.names[column])",
        found: fields.joined(separator: ","))
    }
    return header
  }

  private func arrange(
    _ fields: [String], _ header: [Int]
  ) throws(ImportError) -> [TableCell?] {
    guard fields.count == header.count else {
      throw .wrongColumnCount(place(0), expected: "\(header.count)", found: fields.count)
    }
    var cells = [TableCell?](repeating: nil, count: EventTableColumns.all.names.count)
    for (index, text) in fields.enumerated() {
      let value: TableValue = text.isEmpty ? .none : .text(text)
      cells[header[index]] = TableCell(column: index + 1, value: value)
    }
    return cells
  }

  private func arrange(
    _ members: [(key: TableCell, value: TableCell)]
  ) throws(ImportError) -> [TableCell?] {
    let columns = EventTableColumns.all
    var cells = [TableCell?](repeating: nil, count: columns.names.count)
    for (key, value) in members {
      guard case .text(let name) = key.value, let column = columns.column(named: name),
        cells[column] == nil
      else {
        throw .malformed(
          place(key.column), expected: "a key of an event, once", found: key.value.description)
      }
      cells[column] = value
    }
    return cells
  }
}
