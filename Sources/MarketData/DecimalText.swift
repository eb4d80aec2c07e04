/// Reads integers from ASCII text, exactly.
enum DecimalText {
  /// The value of a digit, or nil.
  static func digit(_ byte: UInt8) -> Int64? {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") ? Int64(byte - UInt8(ascii: "0")) : nil
  }

  /// The value of an optional minus and at least one digit, or nil; also nil beyond 64 bits.
  static func integer(_ bytes: [UInt8], _ range: Range<Int>) -> Int64? {
    var rest = range
    let isNegative = !range.isEmpty && bytes[range.lowerBound] == UInt8(ascii: "-")
    if isNegative { rest = (range.lowerBound + 1)..<range.upperBound }
    guard !rest.isEmpty else { return nil }
    var value: Int64 = 0
    for index in rest {
      guard let digit = digit(bytes[index]) else { return nil }
      // Counts downwards, because the smallest integer has no positive counterpart.
      let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
      let (next, overflow2) = shifted.subtractingReportingOverflow(digit)
      guard !overflow, !overflow2 else { return nil }
      value = next
    }
    if isNegative { return value }
    return value == .min ? nil : -value
  }

  /// The value of a whole text, or nil.
  static func integer(_ text: String) -> Int64? {
    let bytes = Array(text.utf8)
    return integer(bytes, 0..<bytes.count)
  }
}
