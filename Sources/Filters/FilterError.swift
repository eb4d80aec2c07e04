/// Why an expression is no good, and where in it.
public struct FilterError: Error, Equatable, Sendable {
  /// Where, in bytes of the expression's UTF-8; empty where something is missing.
  public let range: Range<Int>
  /// What is wrong there.
  public let fault: FilterFault

  /// Creates an error.
  public init(_ range: Range<Int>, _ fault: FilterFault) {
    self.range = range
    self.fault = fault
  }
}

/// What is wrong with an expression.
public enum FilterFault: Error, Equatable, Sendable {
  /// It has more bytes than that.
  case tooLong(limit: Int)
  /// Parentheses and `not` stand within each other more often than that.
  case tooDeep(limit: Int)
  /// Nothing begins with what stands there.
  case unexpectedCharacter
  /// A text has no end.
  case unterminatedText
  /// A number has more than 18 digits, no digit after its point, or a unit that is none.
  case invalidNumber
  /// Something else was expected there, and perhaps a word was misspelt.
  case expected(String, nearest: String?)
  /// There is no field of that name.
  case unknownField(String, nearest: String?, known: [String])
  /// Nothing of that kind (`agent`, `side`) has that name.
  case unknownWord(String, of: String, nearest: String?, known: [String])
  /// What the field is compared with is of another type.
  case otherType(field: String, expected: String)
  /// The field cannot be compared in that way.
  case otherRelation(field: String, expected: String)
}
