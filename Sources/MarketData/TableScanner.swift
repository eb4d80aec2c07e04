/// Takes one line of CSV or of JSON lines apart.
struct TableScanner {
  /// No line has more fields or members; a line of a mebibyte could have a million.
  static let maximumCells = 1024

  /// The line, and behind it the texts that do not stand in it as they are: quoted or escaped.
  var bytes: [UInt8]
  /// Where the line ends.
  let end: Int
  let place: ImportPlace
  var position = 0

  init(_ bytes: [UInt8], file: String, line: Int) {
    self.bytes = bytes
    end = bytes.last == UInt8(ascii: "\r") ? bytes.count - 1 : bytes.count
    place = ImportPlace(file: file, line: line)
  }

  var byte: UInt8? { position < end ? bytes[position] : nil }

  func text(_ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self)
  }

  /// A cell as it was found, for messages.
  func text(_ value: TableValue) -> String {
    switch value {
    case .none: ""
    case .number(let value): "\(value)"
    case .flag(let value): "\(value)"
    case .text(let range): text(range)
    }
  }

  func malformed(_ expected: String, column: Int) -> ImportError {
    let rest = position..<min(position + 20, end)
    return .malformed(
      ImportPlace(file: place.file, line: place.line, column: column), expected: expected,
      found: rest.isEmpty ? "the end of the line" : text(rest))
  }

  /// Reads the fields of a CSV line, unquoted.
  mutating func readFields(into fields: inout [TableValue]) throws(ImportError) {
    fields.removeAll(keepingCapacity: true)
    while true {
      guard fields.count < Self.maximumCells else {
        throw malformed("at most \(Self.maximumCells) fields", column: fields.count + 1)
      }
      if byte == UInt8(ascii: "\"") {
        let field = try quotedField(column: fields.count + 1)
        fields.append(field.isEmpty ? .none : .text(field))
      } else {
        let start = position
        position = plainEnd()
        if byte == UInt8(ascii: "\"") {
          throw malformed("a field quoted as a whole or not at all", column: fields.count + 1)
        }
        fields.append(start == position ? .none : .text(start..<position))
      }
      guard let byte else { return }
      guard byte == UInt8(ascii: ",") else {
        throw malformed("a comma after the closing quote", column: fields.count)
      }
      position += 1
    }
  }

  /// Where the next comma or quotation mark stands, or the end of the line.
  private func plainEnd() -> Int {
    let bytes = bytes.span
    var end = position
    while end < self.end, bytes[end] != UInt8(ascii: ","), bytes[end] != UInt8(ascii: "\"") {
      end += 1
    }
    return end
  }

  private mutating func quotedField(column: Int) throws(ImportError) -> Range<Int> {
    position += 1
    let start = bytes.count
    while let byte {
      position += 1
      if byte == UInt8(ascii: "\"") {
        guard self.byte == UInt8(ascii: "\"") else { return start..<bytes.count }
        position += 1
      }
      bytes.append(byte)
    }
    throw malformed("a closing quote", column: column)
  }
}
