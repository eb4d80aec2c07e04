/// Looks for a table header or a key at the start of a line of TOML.
enum LineScanner {
  /// Parts of a dotted key behind these are dropped: no scenario has so many.
  private static let maximumKeys = 16

  /// What a line starts with.
  enum Kind: Equatable {
    /// `[table]`, or `[[table]]` where it is an element of an array.
    case header(isElement: Bool)
    /// `key =`.
    case key
  }

  /// A header or a key, and the bytes that it takes.
  struct Found: Equatable {
    var kind: Kind
    var keys: [String]
    var start: Int
    var end: Int
  }

  /// Returns what the line starts with, or nil.
  static func scan(_ line: [UInt8]) -> Found? {
    var offset = skipSpace(line, 0)
    let start = offset
    var brackets = 0
    while brackets < 2, offset < line.count, line[offset] == UInt8(ascii: "[") {
      brackets += 1
      offset += 1
    }
    guard let keys = keys(line, &offset), offset < line.count else { return nil }
    let closing = brackets == 0 ? UInt8(ascii: "=") : UInt8(ascii: "]")
    guard line[offset] == closing else { return nil }
    let kind: Kind = brackets == 0 ? .key : .header(isElement: brackets == 2)
    return Found(kind: kind, keys: keys, start: start, end: offset + 1)
  }

  /// Returns where a header starts with what can start no key; nil where it does not.
  static func brokenHeader(_ line: [UInt8]) -> Int? {
    var offset = skipSpace(line, 0)
    guard offset < line.count, line[offset] == UInt8(ascii: "[") else { return nil }
    offset = skipSpace(line, offset + 1)
    if offset < line.count, line[offset] == UInt8(ascii: "[") {
      offset = skipSpace(line, offset + 1)
    }
    guard offset < line.count else { return offset }
    let isFine =
      switch line[offset] {
      case UInt8(ascii: "]"), UInt8(ascii: "\""), UInt8(ascii: "'"): true
      case let byte: byte < 0x80 && isWord(byte)
      }
    return isFine ? nil : offset
  }

  /// Returns where the key or the header that a line starts with has too many parts.
  static func deepKey(_ line: [UInt8]) -> Int? {
    var quote: UInt8?
    var dots = 0
    var offset = 0
    while offset < line.count {
      let byte = line[offset]
      if let open = quote {
        if byte == open { quote = nil }
        if byte == UInt8(ascii: "\\"), open == UInt8(ascii: "\"") { offset += 1 }
      } else {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): quote = byte
        case UInt8(ascii: "."):
          dots += 1
          if dots >= ParserGuard.maximumParts { return offset }
        case UInt8(ascii: "="), UInt8(ascii: "]"), UInt8(ascii: "#"): return nil
        default: break
        }
      }
      offset += 1
    }
    return nil
  }

  /// Whether a byte belongs to a bare key.
  static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), 0x80...:
      true
    default: false
    }
  }

  private static func skipSpace(_ line: [UInt8], _ from: Int) -> Int {
    var offset = from
    while offset < line.count,
      line[offset] == UInt8(ascii: " ") || line[offset] == UInt8(ascii: "\t")
    { offset += 1 }
    return offset
  }

  /// Reads `a."b".'c'`.
  private static func keys(_ line: [UInt8], _ offset: inout Int) -> [String]? {
    var keys: [String] = []
    while true {
      offset = skipSpace(line, offset)
      guard offset < line.count else { return nil }
      let quote = line[offset]
      let isQuoted = quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'")
      if isQuoted { offset += 1 }
      let start = offset
      while offset < line.count, isQuoted ? line[offset] != quote : isWord(line[offset]) {
        offset += line[offset] == UInt8(ascii: "\\") && quote == UInt8(ascii: "\"") ? 2 : 1
      }
      offset = min(offset, line.count)
      if keys.count < maximumKeys {
        keys.append(String(decoding: line[start..<offset], as: UTF8.self))
      }
      if isQuoted { offset += 1 } else if start == offset { return nil }
      offset = skipSpace(line, offset)
      guard offset < line.count, line[offset] == UInt8(ascii: ".") else { return keys }
      offset += 1
    }
  }
}
