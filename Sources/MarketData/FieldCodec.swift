internal import MarketModel

/// Translates fields to cells and back, by their type alone.
struct FieldCodec: Sendable {
  private let agents: NameIndex
  private let instruments: NameIndex
  private let processes: NameIndex
  private let topics: NameIndex

  init(_ names: NameTables) {
    agents = NameIndex(names.agents)
    instruments = NameIndex(names.instruments)
    processes = NameIndex(names.processes)
    topics = NameIndex(names.topics)
  }

  private func index(of type: FieldType) -> NameIndex? {
    switch type {
    case .agent: agents
    case .instrument: instruments
    case .process: processes
    case .topic: topics
    default: nil
    }
  }

  /// The texts that stand for the indices of a type, from 0 on; nil where it is none.
  func names(of type: FieldType) -> [String]? { index(of: type)?.texts }

  /// The field that a cell of a line gives, or nil where it does not fit the type.
  func word(
    of value: TableValue, _ type: FieldType, _ format: EventTableFormat, _ line: TableScanner
  ) -> Int64? {
    if let index = index(of: type) {
      return switch value {
      case .none: -1
      case .text(let range): index.index(line.text(range))
      default: nil
      }
    }
    if let words = FieldWords.of(type) {
      guard case .text(let range) = value else { return nil }
      return words.value(line.text(range))
    }
    guard type == .flag else { return Self.number(value, format, line) }
    switch value {
    case .flag(let value): return value ? 1 : 0
    case .text(let range) where format == .csv:
      return ["false", "true"].firstIndex(of: line.text(range)).map { Int64($0) }
    default: return nil
    }
  }

  /// The integer that a cell of a line gives, or nil.
  static func number(
    _ value: TableValue, _ format: EventTableFormat, _ line: TableScanner
  ) -> Int64? {
    switch value {
    case .number(let number): number
    case .text(let range) where format == .csv: DecimalText.integer(line.bytes, range)
    default: nil
    }
  }

  /// What a cell of that type must hold, for messages.
  func expectation(_ type: FieldType) -> String {
    if index(of: type) != nil { return "the name of \(type), or # and its index" }
    if let words = FieldWords.of(type) { return "one of \(words.list)" }
    return type == .flag ? "true or false" : "an integer"
  }
}
