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
}
