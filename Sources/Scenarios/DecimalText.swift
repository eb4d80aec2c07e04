/// A decimal number, exactly: `significand` / 10^`decimals`.
struct DecimalText: Equatable {
  /// All digits, with the sign.
  let significand: Int64
  /// How many of them stand after the point, 0 to 18; trailing zeros are not counted.
  let decimals: Int

  /// Reads `-?digits(.digits)?`; nil for anything else and for what needs more than 18 digits.
  init?(_ text: String) {
    self.init(text, exponent: 0)
  }

  /// Reads the shortest decimal that denotes a number: 0.07 is seven hundredths.
  init?(_ number: Double) {
    guard number.isFinite else { return nil }
    let parts = number.description.split(separator: "e")
    guard parts.count <= 2, let exponent = parts.count == 2 ? Int(parts[1]) : 0 else { return nil }
    self.init(String(parts[0]), exponent: exponent)
  }

  /// A whole number.
  init(_ whole: Int64) {
    significand = whole
    decimals = 0
  }

  private init?(_ text: String, exponent: Int) {
    var significand: Int64 = 0
    var decimals = -exponent
    var digits = 0
    var hasPoint = false
    var rest = Substring(text).utf8
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative { rest = rest.dropFirst() }
    for byte in rest {
      if byte == UInt8(ascii: "."), !hasPoint, digits > 0 {
        hasPoint = true
        continue
      }
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      let (shifted, overflow) = significand.multipliedReportingOverflow(by: 10)
      let (sum, overflow2) = shifted.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
      if overflow || overflow2 { return nil }
      significand = sum
      digits += 1
      if hasPoint { decimals += 1 }
    }
    guard digits > 0, rest.last != UInt8(ascii: ".") else { return nil }
    while decimals > 0, significand % 10 == 0 {
      significand /= 10
      decimals -= 1
    }
    // A number such as 2e+20: the exponent leaves zeros to append.
    while decimals < 0 {
      let (shifted, overflow) = significand.multipliedReportingOverflow(by: 10)
      if overflow { return nil }
      significand = shifted
      decimals += 1
    }
    guard decimals <= 18 else { return nil }
    self.significand = isNegative ? -significand : significand
    self.decimals = decimals
  }

  /// The number times 10^`places`; nil where that is not whole or too large.
  func scaled(_ places: Int) -> Int64? {
    guard places >= decimals else { return nil }
    var value = significand
    for _ in decimals..<places {
      let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
      if overflow { return nil }
      value = shifted
    }
    return value
  }

  /// The number times 10^`places` as a `Double`, rounded at most twice; never -0.
  func scaledNumber(_ places: Int) -> Double {
    if significand == 0 { return 0 }
    var power = 1.0  // exact: 10^22 is the largest power of ten that a Double holds
    for _ in 0..<min(abs(places - decimals), 22) { power *= 10 }
    return places >= decimals ? Double(significand) * power : Double(significand) / power
  }
}
