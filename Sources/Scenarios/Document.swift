import MarketModel
import TOMLKit

/// Reads TOML; the only file that knows TOMLKit.
enum Document {
  /// Deeper than any scenario; what lies below is not looked at.
  private static let maximumDepth = 8

  /// Returns the tree of a document.
  ///
  /// - Throws: `ScenarioFileError` where the text is not TOML, holds a NUL, which TOMLKit would
  ///   take for the end, or is longer than `Limits.maximumGenesis`.
  static func parse(_ text: String, file: String) throws(ScenarioFileError) -> Node {
    guard text.utf8.count <= Limits.maximumGenesis else {
      throw ScenarioFileError(
        file: file, line: 0, column: 0, path: "",
        expected: "at most \(Limits.maximumGenesis) bytes", found: "\(text.utf8.count)")
    }
    for forbidden in ["\0", "\\u0000", "\\U00000000"] {
      if let position = SourceMap.position(of: forbidden, in: text) {
        throw ScenarioFileError(
          file: file, line: position.line, column: position.column, path: "",
          expected: "text without NUL", found: "one")
      }
    }
    if let fault = ParserGuard.fault(in: text) {
      throw ScenarioFileError(
        file: file, line: fault.position.line, column: fault.position.column, path: "",
        expected: fault.expected, found: "something else")
    }
    do {
      return node(try TOMLTable(string: text), depth: 0)
    } catch let error as TOMLParseError {
      throw ScenarioFileError(
        file: file, line: error.source.begin.line, column: error.source.begin.column, path: "",
        expected: "TOML", found: error.description)
    } catch {
      throw ScenarioFileError(
        file: file, line: 0, column: 0, path: "", expected: "TOML", found: "\(error)")
    }
  }

  private static func node(_ value: any TOMLValueConvertible, depth: Int) -> Node {
    switch value.type {
    case .int: value.int.map { .integer(Int64($0)) } ?? .other("an integer")
    case .double: value.double.map { .number($0) } ?? .other("a number")
    case .string: value.string.map { .text($0) } ?? .other("a text")
    case .bool: value.bool.map { .flag($0) } ?? .other("a flag")
    case .date: .other("a date")
    case .time: .other("a time")
    case .dateTime: .other("a date and time")
    case .array where depth < maximumDepth: value.array.map { list($0, depth: depth) } ?? .list([])
    case .table where depth < maximumDepth: value.table.map { node($0, depth: depth) } ?? .table([])
    case .array, .table: .other("too deep a nesting")
    }
  }

  private static func list(_ array: TOMLArray, depth: Int) -> Node {
    var values: [Node] = []
    for index in 0..<array.count { values.append(node(array[index], depth: depth + 1)) }
    return .list(values)
  }

  /// Entries come sorted by key, as TOMLKit keeps them.
  private static func node(_ table: TOMLTable, depth: Int) -> Node {
    var entries: [Node.Entry] = []
    for key in table.keys {
      guard let value = table[key] else { continue }
      entries.append(Node.Entry(key: key, value: node(value, depth: depth + 1)))
    }
    return .table(entries)
  }
}
