/// Takes one line of CSV or of JSON lines apart.
struct TableScanner {
  /// No line has more fields or members; a line of a mebibyte could have a million.
  static let maximumCells = 1024

  let bytes: [UInt8]
  let place: ImportPlace
  var position = 0

  init(_ bytes: [UInt8], file: String, line: Int) {
    self.bytes = bytes
    place = ImportPlace(file: file, line: line)
  }

  var byte: UInt8? { position < bytes.count ? bytes[position] : nil }

  func text(_ range: Range<Int>) -> String {
    range.isEmpty ? "" : String(decoding: bytes[range], as: UTF8.self)
  }

  func malformed(_ expected: String, column: Int) -> ImportError {
    let rest = position..<min(position + 20, bytes.count)
    return .malformed(
      ImportPlace(file: place.file, line: place.line, column: column), expected: expected,
      found: rest.isEmpty ? "the end of the line" : text(rest))
  }

  /// The fields of a CSV line, unquoted.
  mutating func csvFields() throws(ImportError) -> [String] {
    var fields: [String] = []
    while true {
      guard fields.count < Self.maximumCells else {
        throw malformed("at most \(Self.maximumCells) fields", column: fields.count + 1)
      }
      if byte == UInt8(ascii: "\"") {
        fields.append(try quotedField(column: fields.count + 1))
      } else {
        let start = position
        position = plainEnd()
        if byte == UInt8(ascii: "\"") {
          throw malformed("a field quoted as a whole or not at all", column: fields.count + 1)
        }
        fields.append(text(start..<position))
      }
      guard let byte else { return fields }
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
    while end < bytes.count, bytes[end] != UInt8(ascii: ","), bytes[end] != UInt8(ascii: "\"") {
      end += 1
    }
    return end
  }

  private mutating func quotedField(column: Int) throws(ImportError) -> String {
    position += 1
    var field: [UInt8] = []
    while let byte {
      position += 1
      if byte == UInt8(ascii: "\"") {
        guard self.byte == UInt8(ascii: "\"") else { return String(decoding: field, as: UTF8.self) }
        position += 1
      }
      field.append(byte)
    }
    throw malformed("a closing quote", column: column)
  }
}
