extension TableScanner {
  /// The members of a flat JSON object, in their order.
  mutating func jsonMembers() throws(ImportError) -> [(key: TableCell, value: TableCell)] {
    var members: [(key: TableCell, value: TableCell)] = []
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
    return members
  }

  private func error(_ expected: String, at cell: TableCell) -> ImportError {
    .malformed(
      ImportPlace(file: place.file, line: place.line, column: cell.column), expected: expected,
      found: cell.value.description)
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
    while let byte, !Array(",}: \t".utf8).contains(byte) { position += 1 }
    let value: TableValue? =
      switch text(start..<position) {
      case "null": TableValue.none
      case "true": .flag(true)
      case "false": .flag(false)
      default: DecimalText.integer(bytes, start..<position).map { .number($0) }
      }
    guard let value else {
      position = start
      throw malformed("a string, a 64-bit integer, true, false or null", column: column)
    }
    return TableCell(column: column, value: value)
  }

  private mutating func jsonString() throws(ImportError) -> String {
    position += 1
    var content: [UInt8] = []
    while let byte {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: content, as: UTF8.self)
      case UInt8(ascii: "\\"): content += Array(String(try jsonEscape()).utf8)
      case 0..<0x20: throw malformed("no control character within a string", column: position)
      default: content.append(byte)
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
    guard position + 4 <= bytes.count else { return nil }
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Hexadecimal.value(bytes[position]) else { return nil }
      unit = unit << 4 | UInt32(digit)
      position += 1
    }
    return unit
  }
}
