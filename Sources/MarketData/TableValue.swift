/// What a cell of an event table says.
enum TableValue: Equatable {
  /// Nothing: an index that stands for none, or no cause.
  case none
  case number(Int64)
  case flag(Bool)
  /// A word, a name or hexadecimal digits; in CSV, whatever the cell holds. It says where the text
  /// stands in its line (`TableScanner`), so that reading a cell takes no memory.
  case text(Range<Int>)
}

/// A cell and where it stands: a field of a CSV line, or the first byte of a JSON value, from 1.
struct TableCell: Equatable {
  var column: Int
  var value: TableValue

  /// What stands for a cell that a line does not have.
  static let absent = TableCell(column: -1, value: .none)
}
