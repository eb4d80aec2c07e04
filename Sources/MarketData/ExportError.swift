public import MarketModel

/// Facts that cannot be written as LOBSTER rows.
public enum ExportError: Error, Equatable, Sendable {
  /// A fact does not fit the book that the facts before it give.
  case doesNotFold(fact: FactKey, expected: String)
  /// A value has no place in the format.
  case notRepresentable(fact: FactKey, expected: String, found: Int64)
}

extension ExportError: CustomStringConvertible {
  /// Returns one line for a person: which fact, what was expected, what was found.
  public var description: String {
    switch self {
    case .doesNotFold(let fact, let expected):
      "fact \(fact.number) of feed \(fact.feed): expected \(expected), found otherwise"
    case .notRepresentable(let fact, let expected, let found):
      "fact \(fact.number) of feed \(fact.feed): expected \(expected), found \(found)"
    }
  }
}
