/// A token of an expression.
enum FilterToken: Equatable {
  /// A field, a path or a word without quotes.
  case name(String)
  /// A text in quotes.
  case text(String)
  case number(FilterDecimal)
  case duration(FilterDecimal, FilterUnit)
  /// `==` and the others, `in` and `contains`.
  case relation(FilterRelation)
  case and, or, not
  case open, close, comma
  case end
}

/// Cuts an expression into tokens.
struct FilterLexer {
  private let bytes: [UInt8]
  private var position = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  /// The next token and where it stands; `end` for ever after the last.
  mutating func next() throws(FilterError) -> (token: FilterToken, range: Range<Int>) {
    while let byte = peek(), byte == 0x20 || (0x09...0x0D).contains(byte) { position += 1 }
    let start = position
    let token = try token()
    return (token, start..<position)
  }

  private func peek(_ ahead: Int = 0) -> UInt8? {
    position + ahead < bytes.count ? bytes[position + ahead] : nil
  }

  private mutating func take(_ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard position + count <= bytes.count else { return false }
    let word = text.description.utf8
    guard word.elementsEqual(bytes[position..<position + count]) else { return false }
    position += count
    return true
  }

  private mutating func token() throws(FilterError) -> FilterToken {
    guard let byte = peek() else { return .end }
    if Self.isFirst(byte) { return try name() }
    if Self.isDigit(byte) { return try number() }
    if byte == UInt8(ascii: "-"), let next = peek(1), Self.isDigit(next) { return try number() }
    if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") { return .text(try quotedText()) }
    if take("==") { return .relation(.equal) }
    if take("!=") { return .relation(.notEqual) }
    if take("<=") { return .relation(.lessOrEqual) }
    if take(">=") { return .relation(.greaterOrEqual) }
    if take("<") { return .relation(.less) }
    if take(">") { return .relation(.greater) }
    if take("(") { return .open }
    if take(")") { return .close }
    if take(",") { return .comma }
    throw unexpected(byte)
  }

  /// What is usual elsewhere gets a hint.
  private func unexpected(_ byte: UInt8) -> FilterError {
    switch byte {
    case UInt8(ascii: "="):
      FilterError(position..<position + 1, .expected("a relation", nearest: "=="))
    case UInt8(ascii: "&"):
      FilterError(position..<position + 1, .expected("a word", nearest: "and"))
    case UInt8(ascii: "|"): FilterError(position..<position + 1, .expected("a word", nearest: "or"))
    case UInt8(ascii: "!"):
      FilterError(position..<position + 1, .expected("a word", nearest: "not"))
    default: FilterError(position..<position + 1, .unexpectedCharacter)
    }
  }

  // MARK: Names

  /// Bytes that a name may begin with; those of all letters but ASCII's are at least 0x80.
  private static func isFirst(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
      || byte >= 0x80
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isWithin(_ byte: UInt8) -> Bool {
    isFirst(byte) || isDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "#")
  }

  /// Whether a part of a path can be read without quotes.
  static func isBareName(_ part: String) -> Bool {
    !part.isEmpty && part.utf8.allSatisfy { isWithin($0) }
  }

  /// A path whose parts stand in quotes where they could not be read without; the first never does.
  static func path(_ path: String) -> String {
    let parts = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    return parts.enumerated().map { index, part in
      index == 0 || isBareName(part) ? part : quoted(part)
    }.joined(separator: ".")
  }

  /// A text in double quotes.
  static func quoted(_ text: String) -> String {
    var bytes: [UInt8] = [UInt8(ascii: "\"")]
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
        bytes.append(UInt8(ascii: "\\"))
      }
      bytes.append(byte)
    }
    bytes.append(UInt8(ascii: "\""))
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Parts with points between them; any but the first may stand in quotes.
  private mutating func name() throws(FilterError) -> FilterToken {
    var text: [UInt8] = []
    var isKeyword = true
    while let byte = peek() {
      if Self.isWithin(byte) {
        text.append(byte)
        position += 1
      } else if byte == UInt8(ascii: ".") {
        isKeyword = false
        text.append(byte)
        position += 1
        if let quote = peek(), quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
          text += Array(try quotedText().utf8)
        }
      } else {
        break
      }
    }
    let name = String(decoding: text, as: UTF8.self)
    return isKeyword ? Self.keyword(name) ?? .name(name) : .name(name)
  }

  private static func keyword(_ name: String) -> FilterToken? {
    switch name {
    case "and": .and
    case "or": .or
    case "not": .not
    case "in": .relation(.oneOf)
    case "contains": .relation(.contains)
    default: nil
    }
  }

  // MARK: Values

  /// A text in single or double quotes; a backslash stands before a quote or another one.
  private mutating func quotedText() throws(FilterError) -> String {
    let start = position
    let quote = bytes[position]
    position += 1
    var text: [UInt8] = []
    while let byte = peek() {
      position += 1
      if byte == quote { return String(decoding: text, as: UTF8.self) }
      if byte == UInt8(ascii: "\\"), let next = peek(),
        next == UInt8(ascii: "\\") || next == UInt8(ascii: "\"") || next == UInt8(ascii: "'")
      {
        text.append(next)
        position += 1
      } else {
        text.append(byte)
      }
    }
    throw FilterError(start..<position, .unterminatedText)
  }

  private mutating func number() throws(FilterError) -> FilterToken {
    let start = position
    let isNegative = bytes[position] == UInt8(ascii: "-")
    if isNegative { position += 1 }
    var value: Int64 = 0
    var digits = 0
    var decimals: Int?
    while let byte = peek() {
      if Self.isDigit(byte) {
        digits += 1
        if digits <= FilterDecimal.maximumDigits {
          value = value * 10 + Int64(byte - UInt8(ascii: "0"))  // at most 18 digits
        }
        if let known = decimals { decimals = known + 1 }
      } else if byte == UInt8(ascii: "."), decimals == nil {
        decimals = 0
      } else {
        break
      }
      position += 1
    }
    let unitStart = position
    while let byte = peek(), Self.isFirst(byte) { position += 1 }
    let unit = String(decoding: bytes[unitStart..<position], as: UTF8.self)
    guard digits <= FilterDecimal.maximumDigits, decimals != 0 else {
      throw FilterError(start..<position, .invalidNumber)
    }
    let number = FilterDecimal(
      significand: isNegative ? -value : value, decimals: decimals ?? 0)
    if unit.isEmpty { return .number(number) }
    guard let known = FilterUnit(rawValue: unit) else {
      throw FilterError(start..<position, .invalidNumber)
    }
    return .duration(number, known)
  }
}
