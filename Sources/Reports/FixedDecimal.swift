/// Prints numbers from integers alone, so that the same value gives the same bytes everywhere.
///
/// Thousands are set apart by a narrow no-break space, and the minus is U+2212.
enum FixedDecimal {
  /// More decimals than this are not printed.
  static let maximumDecimals = 8
  /// What stands for a value that is missing or not finite.
  static let missing = "\u{2013}"

  private static let largestScaled = 1e15

  /// Returns the value rounded to so many decimals, in powers of ten from 10^15 on.
  static func text(_ value: Double, decimals: Int, signed: Bool = false) -> String {
    guard value.isFinite else { return missing }
    var places = min(max(decimals, 0), maximumDecimals)
    while places > 0, (value * powerOfTen(places)).magnitude >= largestScaled { places -= 1 }
    let scaled = (value * powerOfTen(places)).rounded()
    guard scaled.magnitude < largestScaled else { return scientific(value, signed: signed) }
    return text(Int64(scaled), exponent: -places, signed: signed)
  }

  /// Returns `integer` times ten to the `exponent`, every digit printed.
  static func text(_ integer: Int64, exponent: Int = 0, signed: Bool = false) -> String {
    let sign = integer < 0 ? "\u{2212}" : signed && integer > 0 ? "+" : ""
    var digits = String(integer.magnitude)
    guard exponent < 0 else {
      let zeros = integer == 0 ? "" : String(repeating: "0", count: exponent)
      return sign + grouped(digits + zeros)
    }
    if digits.count <= -exponent {
      digits = String(repeating: "0", count: 1 - exponent - digits.count) + digits
    }
    return sign + grouped(String(digits.dropLast(-exponent))) + "." + digits.suffix(-exponent)
  }

  /// Returns a coordinate given in tenths of a unit, as short as SVG allows.
  static func coordinate(tenths: Int) -> String {
    let whole = tenths.magnitude / 10
    let tenth = tenths.magnitude % 10
    let sign = tenths < 0 ? "-" : ""
    if tenth == 0 { return sign + String(whole) }
    return sign + (whole == 0 ? "" : String(whole)) + "." + String(tenth)
  }

  /// Returns ten to the `exponent`, exact up to 10^22.
  static func powerOfTen(_ exponent: Int) -> Double {
    var power = 1.0
    for _ in 0..<max(exponent, 0) { power *= 10 }
    return power
  }

  private static func grouped(_ digits: String) -> String {
    guard digits.count > 3 else { return digits }
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { result.append("\u{202F}") }
      result.append(digit)
    }
    return result
  }

  private static func scientific(_ value: Double, signed: Bool) -> String {
    var mantissa = value
    var exponent = 0
    while mantissa.magnitude >= 9.9995 {
      mantissa /= 10
      exponent += 1
    }
    return text(mantissa, decimals: 3, signed: signed) + "\u{202F}\u{00D7}\u{202F}10"
      + superscript(exponent)
  }

  /// Returns the integer in raised digits.
  static func superscript(_ integer: Int) -> String {
    let raised = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]
    let digits = String(integer.magnitude).compactMap(\.wholeNumberValue).map { raised[$0] }
    return (integer < 0 ? "⁻" : "") + digits.joined()
  }
}
