internal import MarketModel

/// Walks over the comma-separated numbers of one line.
struct FieldCursor {
  private let bytes: [UInt8]
  private let file: String
  private let line: Int
  private var position = 0
  private var column = 0

  init(_ bytes: [UInt8], file: String, line: Int) {
    self.bytes = bytes
    self.file = file
    self.line = line
  }

  /// The number of fields in a line.
  static func columnCount(of bytes: [UInt8]) -> Int {
    bytes.reduce(1) { $1 == UInt8(ascii: ",") ? $0 + 1 : $0 }
  }

  /// The place of the field that was read last.
  var place: ImportPlace { ImportPlace(file: file, line: line, column: column) }

  /// Checks the number of fields.
  func expectColumns(_ expected: Int) throws(ImportError) {
    let found = Self.columnCount(of: bytes)
    guard found == expected else {
      throw .wrongColumnCount(
        ImportPlace(file: file, line: line), expected: "\(expected)", found: found)
    }
  }

  private mutating func field() -> Range<Int> {
    let start = position
    while position < bytes.count, bytes[position] != UInt8(ascii: ",") { position += 1 }
    let field = start..<position
    position += 1
    column += 1
    return field
  }

  private func malformed(_ field: Range<Int>, _ expected: String) -> ImportError {
    .malformed(place, expected: expected, found: String(decoding: bytes[field], as: UTF8.self))
  }

  /// Reads an integer within `range`.
  mutating func integer(
    in range: ClosedRange<Int64>, _ expected: String
  ) throws(ImportError) -> Int64 {
    let field = field()
    guard let value = DecimalText.integer(bytes, field), range.contains(value) else {
      throw malformed(field, expected)
    }
    return value
  }

  /// Reads an amount of seconds as nanoseconds, and whether decimals beyond the ninth were cut.
  mutating func seconds() throws(ImportError) -> (time: Nanoseconds, isTruncated: Bool) {
    let field = field()
    let point = bytes[field].firstIndex(of: UInt8(ascii: "."))
    let whole = field.lowerBound..<(point ?? field.upperBound)
    let expected = "seconds after midnight as a decimal number"
    guard bytes[field].first != UInt8(ascii: "-"),
      let seconds = DecimalText.integer(bytes, whole),
      seconds < Limits.maximumTime / 1_000_000_000
    else { throw malformed(field, expected) }
    guard let point else { return (seconds * 1_000_000_000, false) }
    let decimals = (point + 1)..<field.upperBound
    guard !decimals.isEmpty else { throw malformed(field, expected) }
    var fraction: Int64 = 0
    for (index, byte) in bytes[decimals].enumerated() {
      guard let digit = DecimalText.digit(byte) else { throw malformed(field, expected) }
      if index < 9 { fraction = fraction * 10 + digit }
    }
    for _ in stride(from: decimals.count, to: 9, by: 1) { fraction *= 10 }
    return (seconds * 1_000_000_000 + fraction, decimals.count > 9)
  }

  /// The error for the field that was read last, where its value does not fit.
  func unexpected(_ found: Int64, _ expected: String) -> ImportError {
    .malformed(place, expected: expected, found: "\(found)")
  }
}
