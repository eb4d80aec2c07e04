public import MarketModel

/// What the name of a LOBSTER file says:
/// `TICKER_YYYY-MM-DD_startMs_endMs_{message|orderbook}_LEVEL.csv`, or with `.gz`.
public struct LobsterFileName: Equatable, Sendable {
  /// The ticker; the name without folder and suffixes where it does not follow the pattern.
  public var ticker: String
  /// The date as it is written.
  public var date: String?
  /// The beginning, in nanoseconds after midnight.
  public var startNanoseconds: Nanoseconds?
  /// The end, in nanoseconds after midnight.
  public var endNanoseconds: Nanoseconds?
  /// The number of levels.
  public var levelCount: Int?

  /// Reads a path.
  public init(_ path: String) {
    var stem = path.split(separator: "/").last.map(String.init) ?? path
    if stem.hasSuffix(".gz") { stem.removeLast(3) }
    if stem.hasSuffix(".csv") { stem.removeLast(4) }
    ticker = stem
    // A ticker may itself hold an underscore, so the parts are counted from the end.
    let parts = stem.split(separator: "_", omittingEmptySubsequences: false).map(String.init)
    guard parts.count >= 6 else { return }
    let tail = Array(parts.suffix(5))
    guard Self.isDate(tail[0]), tail[3] == "message" || tail[3] == "orderbook",
      let start = Self.milliseconds(tail[1]), let end = Self.milliseconds(tail[2]), start <= end,
      let levels = DecimalText.integer(tail[4]), levels > 0, levels <= Int64(Int32.max)
    else { return }
    ticker = parts.dropLast(5).joined(separator: "_")
    date = tail[0]
    startNanoseconds = start
    endNanoseconds = end
    levelCount = Int(levels)
  }

  private static func isDate(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count == 10 else { return false }
    return bytes.indices.allSatisfy { index in
      index == 4 || index == 7
        ? bytes[index] == UInt8(ascii: "-") : DecimalText.digit(bytes[index]) != nil
    }
  }

  private static func milliseconds(_ text: String) -> Nanoseconds? {
    guard let value = DecimalText.integer(text), value >= 0,
      value <= Limits.maximumTime / 1_000_000
    else { return nil }
    return value * 1_000_000
  }
}
