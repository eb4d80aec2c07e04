import Filters

/// Errors of filter expressions, in words, with the place shown below the expression.
extension CommandFailure {
  init(_ error: FilterError, in expression: String, of option: String) {
    let (what, next) = error.fault.words
    self.init(
      Exit.usage, "\(option): \(what)\n\(Self.marked(expression, error.range))", next: next)
  }

  /// The expression and a caret under what is wrong; only a part of one that is very long.
  private static func marked(_ expression: String, _ range: Range<Int>) -> String {
    let bytes = Array(expression.utf8)
    let lower = min(range.lowerBound, bytes.count)
    let upper = min(max(range.upperBound, lower), bytes.count)
    let characters = { (bytes: ArraySlice<UInt8>) in
      // A tab or a line end would shift what stands below it.
      String(decoding: bytes, as: UTF8.self).map { $0.isWhitespace ? " " : $0 }
    }
    let before = characters(bytes[..<lower])
    let marked = characters(bytes[lower..<upper])
    let after = characters(bytes[upper...])
    let shownBefore = before.suffix(60)
    let shownAfter = after.prefix(40)
    let shownMarked = marked.prefix(60)
    let isCutBefore = shownBefore.count < before.count
    let isCutAfter = shownAfter.count < after.count || shownMarked.count < marked.count
    let prefix = isCutBefore ? "..." : ""
    let indent = String(repeating: " ", count: prefix.count + shownBefore.count)
    let line =
      prefix + String(shownBefore) + String(shownMarked) + String(shownAfter)
      + (isCutAfter ? "..." : "")
    let tildes = String(repeating: "~", count: max(0, shownMarked.count - 1))
    return "    \(line)\n    \(indent)^\(tildes)"
  }
}
