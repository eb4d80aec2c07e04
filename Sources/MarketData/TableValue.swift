/// What a cell of an event table says.
enum TableValue: Equatable {
  /// Nothing: an index that stands for none, or no cause.
  case none
  case number(Int64)
  case flag(Bool)
  /// A word, a name or hexadecimal digits; in CSV, whatever the cell holds.
  case text(String)

  /// The cell as it was found, for messages.
  var description: String {
    switch self {
    case .none: ""
    case .number(let value): "\(value)"
    case .flag(let value): "\(value)"
    case .text(let text): text
    }
  }
}

/// A cell and where it stands: a field of a CSV line, or the first byte of a JSON value, from 1.
struct TableCell: Equatable {
  var column: Int
  var value: TableValue
}
