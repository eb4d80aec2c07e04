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
  // Kept from line to line, so that they are made once.
  private var fields: [TableValue] = []
  private var members: [(key: TableCell, value: TableCell)] = []
  private var cells: [TableCell] = []

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
    var scanner = TableScanner(line, file: file, line: lineCount)
    if scanner.end == 0 { return nil }
    cells.removeAll(keepingCapacity: true)
    for _ in EventTableColumns.all.names { cells.append(.absent) }
    switch format {
    case .csv:
      try scanner.readFields(into: &fields)
      guard let header else {
        self.header = try readHeader(fields.map { scanner.text($0) })
        return nil
      }
      try arrange(header)
    case .jsonLines:
      try scanner.readMembers(into: &members)
      try arrange(scanner)
    }
    return try TableRow(cells: cells, line: scanner, format: format, codec: codec).event()
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

  private mutating func arrange(_ header: [Int]) throws(ImportError) {
    guard fields.count == header.count else {
      throw .wrongColumnCount(place(0), expected: "\(header.count)", found: fields.count)
    }
    for index in fields.indices {
      cells[header[index]] = TableCell(column: index + 1, value: fields[index])
    }
  }

  private mutating func arrange(_ line: TableScanner) throws(ImportError) {
    for (key, value) in members {
      guard case .text(let range) = key.value,
        let column = EventTableColumns.all.column(named: line.text(range)),
        cells[column] == .absent
      else {
        throw .malformed(
          place(key.column), expected: "a key of an event, once", found: line.text(key.value))
      }
      cells[column] = value
    }
  }
}
