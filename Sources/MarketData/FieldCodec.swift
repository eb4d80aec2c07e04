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

  /// The field that a cell gives, or nil where it does not fit the type.
  func word(of value: TableValue, _ type: FieldType, _ format: EventTableFormat) -> Int64? {
    if let index = index(of: type) {
      return switch value {
      case .none: -1
      case .text(let text): index.index(text)
      default: nil
      }
    }
    if let words = FieldWords.of(type) {
      guard case .text(let text) = value else { return nil }
      return words.value(text)
    }
    guard type == .flag else { return Self.number(value, format) }
    return switch value {
    case .flag(let value): value ? 1 : 0
    case .text("true") where format == .csv: 1
    case .text("false") where format == .csv: 0
    default: nil
    }
  }

  /// The integer that a cell gives, or nil.
  static func number(_ value: TableValue, _ format: EventTableFormat) -> Int64? {
    switch value {
    case .number(let number): number
    case .text(let text) where format == .csv: DecimalText.integer(text)
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
