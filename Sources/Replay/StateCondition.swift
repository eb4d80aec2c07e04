public import Filters
import MarketModel

/// A filter expression about the state, with paths for fields.
public struct StateCondition: Sendable {
  /// The paths that it names, each once, in their order.
  public let paths: [StatePath]
  private let program: FilterProgram

  /// Compiles an expression.
  ///
  /// - Throws: `FilterError`, with the place.
  public init(
    _ expression: FilterExpression, _ known: StatePaths
  ) throws(FilterError) {
    var paths: [StatePath] = []
    var names: [String] = []
    for comparison in expression.comparisons where !names.contains(comparison.field) {
      do {
        paths.append(try known.path(comparison.field))
      } catch {
        throw FilterError(
          comparison.fieldRange,
          .unknownField(comparison.field, nearest: error.nearest, known: error.known))
      }
      names.append(comparison.field)
    }
    self.paths = paths
    program = try FilterProgram(
      expression, zip(names, paths).map { FilterField($0, [$1.type]) })
  }

  /// Whether it holds, where the paths have these values; a comparison with a value that is not
  /// there is false.
  public func holds(_ values: [Int64?]) -> Bool {
    program.run { test in
      guard let word = values[Int(test.field)] else { return false }
      return program.holds(test, word, type: 0)
    }
  }
}
