public import MarketModel

/// Reads spans of time such as `1.5us`, exactly, and writes them.
public enum DurationText {
  /// What a span is, for errors.
  static let expected =
    "a duration such as \"250ns\", \"1.5us\", \"2ms\", \"1s\", \"1min\" or \"1h\""

  /// From the shortest on; each goes into all behind it.
  private static let units: [(suffix: String, nanoseconds: Nanoseconds)] = [
    ("ns", 1), ("us", 1000), ("ms", 1_000_000), ("s", 1_000_000_000), ("min", 60_000_000_000),
    ("h", 3_600_000_000_000),
  ]

  /// Returns the span in nanoseconds; nil where it is none, negative, not whole or too long.
  static func nanoseconds(_ text: String) -> Nanoseconds? {
    // "s" is the end of others.
    let named = units.filter { text.hasSuffix($0.suffix) }
    guard let unit = named.max(by: { $0.suffix.utf8.count < $1.suffix.utf8.count }),
      let decimal = DecimalText(String(text.dropLast(unit.suffix.count))),
      decimal.significand >= 0
    else { return nil }
    // Cannot overflow: below 2^63 x 2^42.
    let scaled = UInt128(decimal.significand) * UInt128(unit.nanoseconds)
    var divisor: UInt128 = 1
    for _ in 0..<decimal.decimals { divisor *= 10 }
    guard scaled % divisor == 0, scaled / divisor <= UInt128(Limits.maximumTime) else { return nil }
    return Nanoseconds(scaled / divisor)
  }

  /// The span as a whole number of the longest unit that there is one of: `1500us`, `0ns`.
  public static func text(_ span: Nanoseconds) -> String {
    var text: [UInt8] = []
    append(span, to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// Appends the same to a text in UTF-8.
  public static func append(_ span: Nanoseconds, to text: inout [UInt8]) {
    var unit = units[0]
    for longer in units {
      if span == 0 || span % longer.nanoseconds != 0 { break }
      unit = longer
    }
    ExactDecimal.append(span / unit.nanoseconds, to: &text)
    text += unit.suffix.utf8
  }
}
