internal import MarketModel

/// The cells of one event by standard column, and how they become the event.
struct TableRow {
  let cells: [TableCell]
  let line: TableScanner
  let format: EventTableFormat
  let codec: FieldCodec

  func event() throws(ImportError) -> (sequence: SequenceNumber, record: EventRecord) {
    let columns = EventTableColumns.all
    let sequence = try integer(EventTableColumns.sequence, in: 0...Int64.max)
    _ = try integer(EventTableColumns.tick, in: Int64.min...Int64.max)
    let time = try integer(
      EventTableColumns.time, in: -Limits.maximumTime...Limits.maximumTime)
    let kindCell = try cell(EventTableColumns.kind)
    guard case .text(let name) = kindCell.value, let kind = columns.kind(named: line.text(name))
    else {
      throw malformed(kindCell, "the name of a kind of event")
    }
    let causeCell = try cell(EventTableColumns.cause)
    let cause =
      causeCell.value == .none
      ? nil : try integer(EventTableColumns.cause, in: 0...Int64.max)
    let event = try event(kind)
    return (sequence, EventRecord(time: time, cause: cause, event: event))
  }

  private func event(_ kind: EventKind) throws(ImportError) -> Event {
    let columns = EventTableColumns.all
    let schema = EventSchema.of(kind)
    let fields = columns.fields(of: kind)
    var row = EventRow(kind: kind.rawValue)
    for (index, column) in fields.enumerated() {
      let type = schema.fields[index].type
      let cell = try cell(column)
      guard let word = codec.word(of: cell.value, type, format, line) else {
        throw malformed(cell, codec.expectation(type))
      }
      row.words[index] = word
    }
    if schema.hasPayload { row.payload = try payload(columns.payload) }
    for column in columns.unused(by: kind) {
      let cell = cells[column]
      let isEmpty = format == .csv ? cell.value == .none : cell == .absent
      if !isEmpty {
        throw malformed(cell, "no \(columns.names[column]) in an event \(schema.name)")
      }
    }
    do {
      return try Event(row)
    } catch {
      throw .malformed(
        at(error.field < 0 ? 0 : cells[fields[error.field]].column),
        expected: "a value that the field may have", found: "\(error.value)")
    }
  }

  private func payload(_ column: Int) throws(ImportError) -> [UInt8] {
    let cell = try cell(column)
    if format == .csv, cell.value == .none { return [] }
    guard case .text(let range) = cell.value, range.count <= 2 * Limits.maximumPayload,
      let bytes = Hexadecimal.bytes(line.text(range))
    else { throw malformed(cell, "pairs of hexadecimal digits") }
    return bytes
  }

  private func cell(_ column: Int) throws(ImportError) -> TableCell {
    let cell = cells[column]
    if cell == .absent {
      throw .malformed(
        line.place, expected: "a value for \(EventTableColumns.all.names[column])", found: "none")
    }
    return cell
  }

  private func integer(
    _ column: Int, in range: ClosedRange<Int64>
  ) throws(ImportError) -> Int64 {
    let cell = try cell(column)
    guard let value = FieldCodec.number(cell.value, format, line), range.contains(value) else {
      throw malformed(
        cell, "an integer from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  private func at(_ column: Int) -> ImportPlace {
    ImportPlace(file: line.place.file, line: line.place.line, column: column)
  }

  private func malformed(_ cell: TableCell, _ expected: String) -> ImportError {
    .malformed(at(cell.column), expected: expected, found: line.text(cell.value))
  }
}
