/// A value of a TOML document.
indirect enum Node: Equatable {
  case integer(Int64)
  case number(Double)
  case text(String)
  case flag(Bool)
  case list([Node])
  case table([Entry])
  /// What no scenario has a use for: a date, a time, or too deep a nesting.
  case other(String)

  /// A key and its value.
  struct Entry: Equatable {
    var key: String
    var value: Node
  }

  /// What it is, for an error.
  var described: String {
    switch self {
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .text(let value): Self.quoted(value)
    case .flag(let value): "\(value)"
    case .list: "a list"
    case .table: "a table"
    case .other(let kind): kind
    }
  }

  /// A text in quotes, cut where it is long, with control characters escaped.
  static func quoted(_ text: String) -> String {
    let limit = 60
    let scalars = text.unicodeScalars
    let cut = scalars.count > limit ? String(scalars.prefix(limit)) + "..." : text
    return cut.debugDescription
  }
}
