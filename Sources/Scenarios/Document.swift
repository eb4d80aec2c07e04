import CToml
import MarketModel

/// Reads TOML; the only file that knows the parser.
enum Document {
  /// Deeper than any scenario; what lies below is not looked at.
  private static let maximumDepth = 8

  /// Returns the tree of a document.
  ///
  /// - Throws: `ScenarioFileError` where the text is not TOML, holds a NUL, or is longer than
  ///   `Limits.maximumGenesis`.
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
    return try read(text, file: file)
  }

  private static func read(_ text: String, file: String) throws(ScenarioFileError) -> Node {
    var tree = Tree()
    var error = tapedeck_toml_error()
    // Safe: the visitor runs within the call, and what it is handed is copied there.
    let code = unsafe withUnsafeMutablePointer(to: &tree) { tree in
      unsafe tapedeck_toml_read(
        text, text.utf8.count, Int32(maximumDepth), tree,
        { context, item in
          guard let context = unsafe context, let item = unsafe item else { return }
          unsafe context.assumingMemoryBound(to: Tree.self).pointee.add(item.pointee)
        }, &error)
    }
    if code == 0, let root = tree.root { return root }
    let message = unsafe withUnsafeBytes(of: error.message) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    throw ScenarioFileError(
      file: file, line: Int(error.line), column: Int(error.column), path: "", expected: "TOML",
      found: message)
  }

  /// The values as they come, one after the other.
  private struct Tree {
    /// A table or a list whose values are coming; those of a list have no keys.
    private struct Open {
      var key: String?
      var isList: Bool
      var entries: [Node.Entry] = []
    }

    private var open: [Open] = []
    private(set) var root: Node?

    mutating func add(_ item: tapedeck_toml_item) {
      let key = unsafe text(item.key, item.key_size)
      switch unsafe item.kind {
      case TAPEDECK_TOML_TABLE: open.append(Open(key: key, isList: false))
      case TAPEDECK_TOML_LIST: open.append(Open(key: key, isList: true))
      case TAPEDECK_TOML_END:
        guard let done = open.popLast() else { return }
        close(done.key, done.isList ? .list(done.entries.map { $0.value }) : .table(done.entries))
      case TAPEDECK_TOML_INTEGER: close(key, unsafe .integer(item.integer))
      case TAPEDECK_TOML_NUMBER: close(key, unsafe .number(item.number))
      case TAPEDECK_TOML_TEXT: close(key, .text(unsafe text(item.text, item.text_size) ?? ""))
      case TAPEDECK_TOML_FLAG: close(key, unsafe .flag(item.integer != 0))
      case TAPEDECK_TOML_DATE: close(key, .other("a date"))
      case TAPEDECK_TOML_TIME: close(key, .other("a time"))
      case TAPEDECK_TOML_TOO_DEEP: close(key, .other("too deep a nesting"))
      default: close(key, .other("a date and time"))
      }
    }

    /// Puts a whole value where it belongs.
    private mutating func close(_ key: String?, _ value: Node) {
      if open.isEmpty {
        root = value
      } else {
        open[open.count - 1].entries.append(Node.Entry(key: key ?? "", value: value))
      }
    }

    private func text(_ start: UnsafePointer<CChar>?, _ count: Int) -> String? {
      guard let start = unsafe start else { return nil }
      return unsafe String(
        decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
    }
  }
}
