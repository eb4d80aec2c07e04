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

extension FilterFault {
  /// What is wrong, and what to do about it.
  var words: (what: String, next: String?) {
    switch self {
    case .tooLong(let limit): ("the expression has more than \(limit) bytes", nil)
    case .tooDeep(let limit):
      ("parentheses and not stand more than \(limit) deep within each other", nil)
    case .unexpectedCharacter:
      ("nothing begins with this character", "names and texts that have it stand in quotes")
    case .unterminatedText: ("this text has no end", "close its quotes")
    case .invalidNumber:
      (
        "not a number or duration",
        "write at most 18 digits, and one of ns us ms s min h after a duration"
      )
    case .expected(let what, let nearest):
      ("expected \(what)", nearest.map { "did you mean \($0)?" })
    case .unknownField(let name, let nearest, let known):
      ("no field is called \(name)", Self.hint(nearest, known))
    case .unknownWord(let word, let what, let nearest, let known):
      ("\(word) is not \(what)", Self.hint(nearest, known))
    case .otherType(let field, let expected): ("\(field) is compared with \(expected)", nil)
    case .otherRelation(let field, let expected): ("\(field) is asked with \(expected)", nil)
    }
  }

  /// What may have been meant, or what there is.
  static func hint(_ nearest: String?, _ known: [String]) -> String {
    if let nearest { return "did you mean \(nearest)?" }
    let shown = known.prefix(40).joined(separator: ", ")
    return "known: \(shown)\(known.count > 40 ? ", ..." : "")"
  }
}
