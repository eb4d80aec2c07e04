import MarketModel

extension FilterExpression {
  /// The expression as text, which reads as an equal one.
  public var text: String { text(within: .any) }

  /// What an expression is a part of.
  private enum Surrounding {
    case any, all, not
  }

  private func text(within surrounding: Surrounding) -> String {
    switch self {
    case .comparison(let comparison): comparison.text
    case .not(let other): "not " + other.text(within: .not)
    case .all(let parts):
      Self.join(parts, " and ", .all, inParentheses: surrounding != .any)
    case .any(let parts):
      Self.join(parts, " or ", .any, inParentheses: surrounding != .any)
    }
  }

  private static func join(
    _ parts: [FilterExpression], _ word: String, _ inner: Surrounding, inParentheses: Bool
  ) -> String {
    let texts = parts.map { part -> String in
      // An `or` within an `or` is another tree than one with all its parts.
      if inner == .any, case .any = part { return part.text(within: .all) }
      return part.text(within: inner)
    }
    let text = texts.joined(separator: word)
    return inParentheses ? "(\(text))" : text
  }
}

extension FilterComparison {
  /// The comparison as text.
  public var text: String {
    let list = values.map { $0.text }.joined(separator: ", ")
    return "\(FilterLexer.path(field)) \(relation.text) \(relation == .oneOf ? "(\(list))" : list)"
  }
}

extension FilterValue {
  /// The value as text.
  public var text: String {
    switch literal {
    case .number(let number): number.text
    case .duration(let number, let unit): number.text + unit.rawValue
    case .text(let text): FilterLexer.quoted(text)
    case .word(let word): FilterLexer.path(word)
    }
  }
}

extension FilterDecimal {
  /// The number with all its decimals.
  public var text: String { ExactDecimal.text(Int128(significand), decimals: decimals) }
}
