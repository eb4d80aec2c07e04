import Filters
import MarketModel
import TestSupport

/// Expressions that are a function of a seed.
enum RandomExpressions {
  /// Any tree over `comparison`.
  static func tree(
    _ numbers: inout KeyedNumbers, depth: Int,
    _ comparison: (inout KeyedNumbers) -> FilterComparison
  ) -> FilterExpression {
    if depth == 0 || numbers.once(in: 4) { return .comparison(comparison(&numbers)) }
    let count = Int(numbers.number(2...3))
    let parts = (0..<count).map { _ in tree(&numbers, depth: depth - 1, comparison) }
    switch numbers.number(0...2) {
    case 0: return .not(parts[0])
    case 1: return .all(parts)
    default: return .any(parts)
    }
  }

  /// An expression that reads, whether it makes sense or not.
  static func any(_ numbers: inout KeyedNumbers, depth: Int) -> FilterExpression {
    tree(&numbers, depth: depth) { numbers in
      let relation = numbers.pick(FilterRelation.allCases)
      let count = relation == .oneOf ? Int(numbers.number(1...3)) : 1
      let field = numbers.pick(["a", "agents.MM_01.cash", "b.\u{e9} x.\"q\\.3", "c.", "d..and"])
      return FilterComparison(field, relation, (0..<count).map { _ in value(&numbers) })
    }
  }

  private static func value(_ numbers: inout KeyedNumbers) -> FilterValue {
    let number = FilterDecimal(
      significand: numbers.number(-2000...2000), decimals: Int(numbers.number(0...4)))
    let literal: FilterValue.Literal =
      switch numbers.number(0...3) {
      case 0: .number(number)
      case 1: .duration(number, numbers.pick(FilterUnit.allCases))
      case 2: .text(numbers.pick(["", "and", "a\"b", "\\", "\\\"'", "MM_01", "\u{e9}\n"]))
      default: .word(numbers.pick(["buy", "x.y z", "MM_01", "none", "t-1#"]))
      }
    return FilterValue(literal)
  }
}
