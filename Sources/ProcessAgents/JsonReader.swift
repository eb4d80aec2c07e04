/// A line that is no JSON.
public struct JsonError: Error, Equatable, Sendable {
  /// The byte of the line, from 1, where it stops making sense.
  public let column: Int
  /// What was expected there.
  public let expected: String
}

extension JsonValue {
  /// How deep lists and objects may lie within each other.
  static let maximumDepth = 16

  /// Reads a line that holds one value.
  ///
  /// - Throws: `JsonError` for anything else.
  /// - Complexity: O(bytes), but for the names of an object, which are compared in pairs.
  public init(line bytes: [UInt8]) throws(JsonError) {
    var reader = JsonReader(bytes)
    self = try reader.value(depth: 0)
    try reader.end()
  }
}

/// Reads the values of one line; nothing in it is trusted.
private struct JsonReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  private var byte: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func error(_ expected: String) -> JsonError {
    JsonError(column: position + 1, expected: expected)
  }

  private mutating func skipSpace() {
    while let byte, byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A { position += 1 }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard byte == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  mutating func end() throws(JsonError) {
    skipSpace()
    guard byte == nil else { throw error("the end of the line") }
  }

  mutating func value(depth: Int) throws(JsonError) -> JsonValue {
    guard depth < JsonValue.maximumDepth else {
      throw error("values at most \(JsonValue.maximumDepth) deep")
    }
    skipSpace()
    switch byte {
    case UInt8(ascii: "{"): return try object(depth)
    case UInt8(ascii: "["): return try list(depth)
    case UInt8(ascii: "\""): return .text(try text())
    default: return try word()
    }
  }

  private mutating func object(_ depth: Int) throws(JsonError) -> JsonValue {
    position += 1
    var members: [JsonValue.Member] = []
    if take("}") { return .object([]) }
    repeat {
      skipSpace()
      guard byte == UInt8(ascii: "\"") else { throw error("a name in quotes") }
      let key = try text()
      guard members.count < 64 else { throw error("at most 64 members") }
      guard !members.contains(where: { $0.key == key }) else {
        throw error("each name only once, not \(key) again")
      }
      guard take(":") else { throw error("a colon") }
      members.append(JsonValue.Member(key, try value(depth: depth + 1)))
    } while take(",")
    guard take("}") else { throw error("a comma or the end of the object") }
    return .object(members)
  }

  private mutating func list(_ depth: Int) throws(JsonError) -> JsonValue {
    position += 1
    var values: [JsonValue] = []
    if take("]") { return .list([]) }
    repeat { values.append(try value(depth: depth + 1)) } while take(",")
    guard take("]") else { throw error("a comma or the end of the list") }
    return .list(values)
  }

  private mutating func word() throws(JsonError) -> JsonValue {
    let start = position
    while let byte, Self.isWord(byte) { position += 1 }
    let word = String(decoding: bytes[start..<position], as: UTF8.self)
    switch word {
    case "null": return .null
    case "true": return .flag(true)
    case "false": return .flag(false)
    default:
      if let number = Int64(word), !word.hasPrefix("+") { return .integer(number) }
      if Double(word)?.isFinite == true, word.first != "+" { return .number(word) }
      position = start
      throw error("a value")
    }
  }

  /// Whether a byte may stand in a number or a word.
  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
      UInt8(ascii: "."):
      true
    default: false
    }
  }

  // MARK: Texts

  private mutating func text() throws(JsonError) -> String {
    position += 1
    var content: [UInt8] = []
    while let byte {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: content, as: UTF8.self) else {
          throw error("a text in UTF-8")
        }
        return text
      case UInt8(ascii: "\\"): content += Array(String(Character(try escape())).utf8)
      case 0..<0x20: throw error("no control character within a text")
      default: content.append(byte)
      }
    }
    throw error("a closing quote")
  }

  private mutating func escape() throws(JsonError) -> Unicode.Scalar {
    guard let byte else { throw error("an escape") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicode()
    default: throw error("an escape")
    }
  }

  private mutating func unicode() throws(JsonError) -> Unicode.Scalar {
    let first = try hexadecimal()
    if let scalar = Unicode.Scalar(first) { return scalar }
    // A pair of surrogates stands for one scalar beyond 16 bits.
    guard (0xD800...0xDBFF).contains(first), byte == UInt8(ascii: "\\") else {
      throw error("the second half of a pair")
    }
    position += 1
    guard byte == UInt8(ascii: "u") else { throw error("the second half of a pair") }
    position += 1
    let second = try hexadecimal()
    guard (0xDC00...0xDFFF).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw error("the second half of a pair") }
    return scalar
  }

  private mutating func hexadecimal() throws(JsonError) -> UInt32 {
    guard position + 4 <= bytes.count else { throw error("four hexadecimal digits") }
    var value: UInt32 = 0
    for byte in bytes[position..<position + 4] {
      guard byte < 0x80, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error("four hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
    }
    position += 4
    return value
  }
}
