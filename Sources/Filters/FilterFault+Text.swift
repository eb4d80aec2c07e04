extension FilterFault {
  /// What is wrong, and what to do about it.
  public var words: (what: String, next: String?) {
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
  public static func hint(_ nearest: String?, _ known: [String]) -> String {
    if let nearest { return "did you mean \(nearest)?" }
    let shown = known.prefix(40).joined(separator: ", ")
    return "known: \(shown)\(known.count > 40 ? ", ..." : "")"
  }
}
