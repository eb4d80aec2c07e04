/// A filter expression: a condition on one event, or on one state.
///
///     any     all ("or" all)*
///     all     one ("and" one)*
///     one     "not" one | "(" any ")" | FIELD RELATION VALUE
///           | FIELD "in" "(" VALUE ("," VALUE)* ")" | FIELD "contains" VALUE
///
/// Two expressions are equal where they say the same; where in a text they stood does not matter.
public indirect enum FilterExpression: Equatable, Sendable {
  /// A field is compared with a value.
  case comparison(FilterComparison)
  /// The other does not hold.
  case not(FilterExpression)
  /// All of them hold; there are two at least.
  case all([FilterExpression])
  /// One of them holds at least; there are two at least.
  case any([FilterExpression])

  /// The comparisons, from left to right.
  public var comparisons: [FilterComparison] {
    switch self {
    case .comparison(let comparison): [comparison]
    case .not(let other): other.comparisons
    case .all(let parts), .any(let parts): parts.flatMap { $0.comparisons }
    }
  }
}

/// How a field is compared.
public enum FilterRelation: Equatable, Sendable, CaseIterable {
  /// `==`
  case equal
  /// `!=`
  case notEqual
  /// `<`
  case less
  /// `<=`
  case lessOrEqual
  /// `>`
  case greater
  /// `>=`
  case greaterOrEqual
  /// `in`: equal to one of several.
  case oneOf
  /// `contains`
  case contains

  /// How it is written.
  public var text: String {
    switch self {
    case .equal: "=="
    case .notEqual: "!="
    case .less: "<"
    case .lessOrEqual: "<="
    case .greater: ">"
    case .greaterOrEqual: ">="
    case .oneOf: "in"
    case .contains: "contains"
    }
  }
}

/// A field, a relation and what the field is compared with.
public struct FilterComparison: Equatable, Sendable {
  /// The name of the field, or the path of a value of the state.
  public let field: String
  /// Where it stands in the text; empty where there is no text.
  public let fieldRange: Range<Int>
  /// The relation.
  public let relation: FilterRelation
  /// Where the relation stands.
  public let relationRange: Range<Int>
  /// What the field is compared with: one value, or several for `in`.
  public let values: [FilterValue]

  /// Creates a comparison; ranges are those of a text that it was read from.
  ///
  /// - Precondition: there is a value, and one only unless the relation is `in`.
  public init(
    _ field: String, _ relation: FilterRelation, _ values: [FilterValue],
    fieldRange: Range<Int> = 0..<0, relationRange: Range<Int> = 0..<0
  ) {
    precondition(
      values.count == 1 || (values.count > 1 && relation == .oneOf),
      "Invariant: one value, or several for `in`")
    self.field = field
    self.fieldRange = fieldRange
    self.relation = relation
    self.relationRange = relationRange
    self.values = values
  }

  /// Whether both say the same, wherever they stand.
  public static func == (left: FilterComparison, right: FilterComparison) -> Bool {
    left.field == right.field && left.relation == right.relation && left.values == right.values
  }
}

/// What a field is compared with.
public struct FilterValue: Equatable, Sendable {
  /// A value as it was written.
  public enum Literal: Equatable, Sendable {
    /// `-12.50`
    case number(FilterDecimal)
    /// `1.5ms`
    case duration(FilterDecimal, FilterUnit)
    /// `"MM_01"`, or the same in single quotes.
    case text(String)
    /// `buy`: a word without quotes, which says the same as with them.
    case word(String)
  }

  /// What was written.
  public let literal: Literal
  /// Where it stands in the text; empty where there is no text.
  public let range: Range<Int>

  /// Creates a value.
  public init(_ literal: Literal, range: Range<Int> = 0..<0) {
    self.literal = literal
    self.range = range
  }

  /// Whether both say the same, wherever they stand.
  public static func == (left: FilterValue, right: FilterValue) -> Bool {
    left.literal == right.literal
  }
}

/// The unit of a duration.
public enum FilterUnit: String, Sendable, CaseIterable {
  /// Nanoseconds.
  case nanoseconds = "ns"
  /// Microseconds.
  case microseconds = "us"
  /// Milliseconds.
  case milliseconds = "ms"
  /// Seconds.
  case seconds = "s"
  /// Minutes.
  case minutes = "min"
  /// Hours.
  case hours = "h"

  /// How many nanoseconds it has.
  public var nanoseconds: Int64 {
    switch self {
    case .nanoseconds: 1
    case .microseconds: 1000
    case .milliseconds: 1_000_000
    case .seconds: 1_000_000_000
    case .minutes: 60_000_000_000
    case .hours: 3_600_000_000_000
    }
  }
}
