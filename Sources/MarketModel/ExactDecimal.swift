/// Integers shown as decimals, exactly.
public enum ExactDecimal {
  /// Returns `value` x 10^-decimals with all its decimals.
  public static func text(_ value: Int128, decimals: Int) -> String {
    if decimals == 0 { return "\(value)" }
    var digits = "\(value.magnitude)"
    if digits.utf8.count <= decimals {
      digits = String(repeating: "0", count: decimals + 1 - digits.utf8.count) + digits
    }
    let split = digits.index(digits.endIndex, offsetBy: -decimals)
    return "\(value < 0 ? "-" : "")\(digits[..<split]).\(digits[split...])"
  }

  /// Appends what `text` returns, as UTF-8; for those who write millions of them.
  ///
  /// - Precondition: at most 20 decimals.
  public static func append(_ value: Int64, decimals: Int = 0, to text: inout [UInt8]) {
    precondition(decimals <= 20, "Invariant: callers know how many decimals there are")
    // From the last digit on: 21 digits, a point and a sign at most.
    var digits = InlineArray<24, UInt8>(repeating: 0)
    var (first, written, rest) = (24, 0, value.magnitude)
    repeat {
      if written == decimals, decimals > 0 {
        first -= 1
        digits[first] = UInt8(ascii: ".")
      }
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      first -= 1
      digits[first] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit)
      (written, rest) = (written + 1, quotient)
    } while rest > 0 || written <= decimals
    if value < 0 {
      first -= 1
      digits[first] = UInt8(ascii: "-")
    }
    for index in first..<24 { text.append(digits[index]) }
  }
}
