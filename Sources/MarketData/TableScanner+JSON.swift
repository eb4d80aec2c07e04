extension TableScanner {
  /// Reads the members of a flat JSON object, in their order.
  mutating func readMembers(
    into members: inout [(key: TableCell, value: TableCell)]
  ) throws(ImportError) {
    members.removeAll(keepingCapacity: true)
    try expect("{", "an object")
    repeat {
      guard members.count < Self.maximumCells else {
        throw malformed("at most \(Self.maximumCells) members", column: position + 1)
      }
      let key = try jsonValue()
      guard case .text = key.value else { throw error("a key", at: key) }
      try expect(":", "a colon")
      members.append((key, try jsonValue()))
    } while take(",")
    try expect("}", "a comma or the end of the object")
    skipSpace()
    guard byte == nil else { throw malformed("the end of the line", column: position + 1) }
  }

  private func error(_ expected: String, at cell: TableCell) -> ImportError {
    .malformed(
      ImportPlace(file: place.file, line: place.line, column: cell.column), expected: expected,
      found: text(cell.value))
  }

  private mutating func skipSpace() {
    while byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { position += 1 }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard let byte, byte == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(
    _ character: Unicode.Scalar, _ expected: String
  ) throws(ImportError) {
    guard take(character) else { throw malformed(expected, column: position + 1) }
  }

  private mutating func jsonValue() throws(ImportError) -> TableCell {
    skipSpace()
    let column = position + 1
    if byte == UInt8(ascii: "\"") {
      return TableCell(column: column, value: .text(try jsonString()))
    }
    let start = position
    while let byte, !Self.endsWord(byte) { position += 1 }
    guard let value = word(start..<position) else {
      position = start
      throw malformed("a string, a 64-bit integer, true, false or null", column: column)
    }
    return TableCell(column: column, value: value)
  }

  private static func endsWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: ":"), UInt8(ascii: " "),
      UInt8(ascii: "\t"):
      true
    default: false
    }
  }

  /// What an unquoted value says, or nil.
  private func word(_ range: Range<Int>) -> TableValue? {
    if let number = DecimalText.integer(bytes, range) { return .number(number) }
    return switch text(range) {
    case "null": TableValue.none
    case "true": .flag(true)
    case "false": .flag(false)
    default: nil
    }
  }

  private mutating func jsonString() throws(ImportError) -> Range<Int> {
    position += 1
    // Up to the first escape, all is as it stands.
    let start = position
    while let byte, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
      position += 1
    }
    if byte == UInt8(ascii: "\"") {
      position += 1
      return start..<position - 1
    }
    let text = bytes.count
    bytes += bytes[start..<position]
    while let byte {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return text..<bytes.count
      case UInt8(ascii: "\\"): bytes += String(try jsonEscape()).utf8
      case 0..<0x20: throw malformed("no control character within a string", column: position)
      default: bytes.append(byte)
      }
    }
    throw malformed("a closing quote", column: position + 1)
  }

  private mutating func jsonEscape() throws(ImportError) -> Unicode.Scalar {
    let column = position  // of the backslash before, from 1
    let escape = byte
    position += 1
    switch escape {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      guard let unit = codeUnit() else { break }
      if let scalar = Unicode.Scalar(unit) { return scalar }
      // Half of a surrogate pair: the other half must follow.
      guard unit < 0xDC00, byte == UInt8(ascii: "\\") else { break }
      position += 1
      guard byte == UInt8(ascii: "u") else { break }
      position += 1
      guard let low = codeUnit(), (0xDC00...0xDFFF).contains(low),
        let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
      else { break }
      return scalar
    default: break
    }
    position = column - 1
    throw malformed("an escape sequence of JSON", column: column)
  }

  private mutating func codeUnit() -> UInt32? {
    guard position + 4 <= end else { return nil }
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Hexadecimal.value(bytes[position]) else { return nil }
      unit = unit << 4 | UInt32(digit)
      position += 1
    }
    return unit
  }
}
