import MarketModel

extension FilterExpression {
  /// The most bytes that an expression may have.
  public static let maximumSize = 1 << 16
  /// How often parentheses and `not` may stand within each other.
  public static let maximumDepth = 64

  /// Reads an expression.
  ///
  /// Whether its fields exist and fit what they are compared with is asked when it is compiled.
  /// - Throws: `FilterError`, with the place.
  /// - Complexity: O(bytes).
  public init(_ text: String) throws(FilterError) {
    guard text.utf8.count <= Self.maximumSize else {
      throw FilterError(
        Self.maximumSize..<text.utf8.count, .tooLong(limit: Self.maximumSize))
    }
    var parser = try FilterParser(text)
    self = try parser.whole()
  }
}

/// Reads an expression by recursive descent, one function for each level of precedence.
struct FilterParser {
  private static let relations = "a relation: == != < <= > >= in contains"

  private var lexer: FilterLexer
  private var token = FilterToken.end
  private var range = 0..<0
  private var depth = 0

  init(_ text: String) throws(FilterError) {
    lexer = FilterLexer(text)
    try advance()
  }

  private mutating func advance() throws(FilterError) { (token, range) = try lexer.next() }

  /// The error where something else stands; words among `words` may be what was meant.
  private func expected(_ what: String, _ words: [String] = []) -> FilterError {
    var nearest: String?
    if case .name(let name) = token { nearest = Spelling.nearest(to: name, among: words) }
    return FilterError(range, .expected(what, nearest: nearest))
  }

  mutating func whole() throws(FilterError) -> FilterExpression {
    let expression = try any()
    guard token == .end else {
      throw expected("and, or, or the end of the expression", ["and", "or"])
    }
    return expression
  }

  private mutating func any() throws(FilterError) -> FilterExpression {
    var parts = [try all()]
    while token == .or {
      try advance()
      parts.append(try all())
    }
    return parts.count == 1 ? parts[0] : .any(parts)
  }

  private mutating func all() throws(FilterError) -> FilterExpression {
    var parts = [try one()]
    while token == .and {
      try advance()
      parts.append(try one())
    }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  private mutating func one() throws(FilterError) -> FilterExpression {
    switch token {
    case .not:
      try enter()
      let other = try one()
      depth -= 1
      return .not(other)
    case .open:
      try enter()
      let expression = try any()
      depth -= 1
      guard token == .close else { throw expected("and, or, or )", ["and", "or"]) }
      try advance()
      return expression
    case .name(let field): return .comparison(try comparison(field))
    default: throw expected("a field, not, or (")
    }
  }

  private mutating func enter() throws(FilterError) {
    depth += 1
    guard depth <= FilterExpression.maximumDepth else {
      throw FilterError(range, .tooDeep(limit: FilterExpression.maximumDepth))
    }
    try advance()
  }

  private mutating func comparison(_ field: String) throws(FilterError) -> FilterComparison {
    let fieldRange = range
    try advance()
    guard case .relation(let relation) = token else {
      throw expected(Self.relations, ["in", "contains"])
    }
    let relationRange = range
    try advance()
    var values: [FilterValue] = []
    if relation == .oneOf {
      guard token == .open else { throw expected("( and a list of values") }
      repeat {
        try advance()
        values.append(try value())
      } while token == .comma
      guard token == .close else { throw expected(", or )") }
      try advance()
    } else {
      values.append(try value())
    }
    return FilterComparison(
      field, relation, values, fieldRange: fieldRange, relationRange: relationRange)
  }

  private mutating func value() throws(FilterError) -> FilterValue {
    let literal: FilterValue.Literal
    switch token {
    case .number(let number): literal = .number(number)
    case .duration(let number, let unit): literal = .duration(number, unit)
    case .text(let text): literal = .text(text)
    case .name(let word): literal = .word(word)
    default: throw expected("a number, a duration such as 5ms, or a word or text in quotes")
    }
    let value = FilterValue(literal, range: range)
    try advance()
    return value
  }
}
