/// Where tables and keys stand in the text of a scenario file.
///
/// The parser tells positions of syntax errors only, so this looks for headers and keys itself, in
/// text that the parser accepted. It never decides what a value is: where it is mistaken, an error
/// names the wrong line and nothing else.
struct SourceMap: Sendable {
  /// A line and a column, both counted from 1; columns in Unicode scalars.
  struct Position: Equatable, Sendable {
    var line: Int
    var column: Int
  }

  /// A header or a key.
  private struct Mark: Sendable {
    var position: Position
    /// The last line of its value.
    var lastLine: Int
  }

  private let lines: [[UInt8]]
  private var marks: [[String]: Mark] = [:]

  /// Looks through a text.
  ///
  /// - Complexity: O(bytes).
  init(_ text: String) {
    lines = Self.lines(of: text)
    var table: [String] = []
    var counts: [[String]: Int] = [:]
    var value = ValueScanner()
    var key: [String]?
    for (index, line) in lines.enumerated() {
      var offset = 0
      if !value.isOpen {
        key = nil
        guard let found = LineScanner.scan(line) else { continue }
        let position = Self.position(line: index, offset: found.start, in: line)
        switch found.kind {
        case .header(let isElement):
          table = Self.resolve(found.keys, isElement: isElement, counts: &counts)
          mark(table, position)
          continue
        case .key:
          let steps = table + found.keys
          mark(steps, position)
          key = steps
          offset = found.end
        }
      }
      value.scan(line, from: offset)
      if let key { marks[key]?.lastLine = index }
    }
  }

  /// The position of a key, or of the last of its parents that is found.
  func position(of steps: [String]) -> Position? {
    for count in stride(from: steps.count, to: 0, by: -1) {
      guard let mark = marks[Array(steps.prefix(count))] else { continue }
      for word in steps.dropFirst(count).reversed() {
        if let position = position(of: word, within: mark) { return position }
      }
      return mark.position
    }
    return nil
  }

  /// The position of the first occurrence of a string.
  static func position(of string: String, in text: String) -> Position? {
    let needle = Array(string.utf8)
    let bytes = Array(text.utf8)
    var line = 0
    var lineStart = 0
    for offset in bytes.indices {
      if bytes[offset] == needle.first, bytes[offset...].starts(with: needle) {
        return position(
          line: line, offset: offset - lineStart, in: Array(bytes[lineStart...offset]))
      }
      if bytes[offset] == UInt8(ascii: "\n") {
        line += 1
        lineStart = offset + 1
      }
    }
    return nil
  }

  /// The lines of a text, without a byte order mark.
  static func lines(of text: String) -> [[UInt8]] {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let bytes = text.utf8.starts(with: mark) ? text.utf8.dropFirst(3) : text.utf8[...]
    return bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { Array($0) }
  }

  /// Marks a path and its parents, each only the first time.
  private mutating func mark(_ steps: [String], _ position: Position) {
    for count in stride(from: steps.count, to: 0, by: -1) {
      let path = Array(steps.prefix(count))
      if marks[path] != nil { return }
      marks[path] = Mark(position: position, lastLine: position.line - 1)
    }
  }

  /// Puts the index of the current element behind each key that names an array of tables.
  private static func resolve(
    _ keys: [String], isElement: Bool, counts: inout [[String]: Int]
  ) -> [String] {
    var steps: [String] = []
    for (index, key) in keys.enumerated() {
      steps.append(key)
      if isElement, index == keys.count - 1 { counts[steps, default: 0] += 1 }
      if let count = counts[steps] { steps.append("[\(count - 1)]") }
    }
    return steps
  }

  /// Finds a whole word in the lines of a value, behind its key.
  private func position(of word: String, within mark: Mark) -> Position? {
    let needle = Array(word.utf8)
    guard !needle.isEmpty, mark.lastLine >= mark.position.line - 1 else { return nil }
    for index in (mark.position.line - 1)...mark.lastLine {
      let line = lines[index]
      var offset = 0
      if index == mark.position.line - 1 {
        offset = Self.offset(ofColumn: mark.position.column, in: line)
      }
      while offset + needle.count <= line.count {
        let end = offset + needle.count
        if line[offset..<end].elementsEqual(needle),
          offset == 0 || !LineScanner.isWord(line[offset - 1]),
          end == line.count || !LineScanner.isWord(line[end])
        {
          return Self.position(line: index, offset: offset, in: line)
        }
        offset += 1
      }
    }
    return nil
  }

  /// The position of a byte of a line, both counted from 0.
  static func position(line: Int, offset: Int, in bytes: [UInt8]) -> Position {
    Position(line: line + 1, column: 1 + bytes.prefix(offset).count { $0 & 0xC0 != 0x80 })
  }

  private static func offset(ofColumn column: Int, in bytes: [UInt8]) -> Int {
    var left = column
    for (offset, byte) in bytes.enumerated() where byte & 0xC0 != 0x80 {
      left -= 1
      if left == 0 { return offset }
    }
    return bytes.count
  }
}
