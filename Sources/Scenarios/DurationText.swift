public import MarketModel

/// Reads spans of time such as `1.5us`, exactly, and writes them.
public enum DurationText {
  /// What a span is, for errors.
  static let expected =
    "a duration such as \"250ns\", \"1.5us\", \"2ms\", \"1s\", \"1min\" or \"1h\""

  /// Suffixes of which another is the end stand first: `s` would match `ms`.
  private static let units: [(suffix: String, nanoseconds: UInt128)] = [
    ("min", 60_000_000_000), ("ns", 1), ("us", 1000), ("ms", 1_000_000), ("s", 1_000_000_000),
    ("h", 3_600_000_000_000),
  ]

  /// Returns the span in nanoseconds; nil where it is none, negative, not whole or too long.
  static func nanoseconds(_ text: String) -> Nanoseconds? {
    guard let unit = units.first(where: { text.hasSuffix($0.suffix) }),
      let decimal = DecimalText(String(text.dropLast(unit.suffix.count))),
      decimal.significand >= 0
    else { return nil }
    // Cannot overflow: below 2^63 x 2^42.
    let scaled = UInt128(decimal.significand) * unit.nanoseconds
    var divisor: UInt128 = 1
    for _ in 0..<decimal.decimals { divisor *= 10 }
    guard scaled % divisor == 0, scaled / divisor <= UInt128(Limits.maximumTime) else { return nil }
    return Nanoseconds(scaled / divisor)
  }

  /// The span as a whole number of the longest unit that there is one of: `1500us`, `0ns`.
  public static func text(_ span: Nanoseconds) -> String {
    let longest = units.filter { span != 0 && UInt128(span.magnitude) % $0.nanoseconds == 0 }
      .max { $0.nanoseconds < $1.nanoseconds }
    guard let longest else { return "\(span)ns" }
    return "\(Int128(span) / Int128(longest.nanoseconds))\(longest.suffix)"
  }
}
