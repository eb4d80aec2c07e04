import Determinism
import Testing

/// Compares with values of 60 digits and more.
@Suite struct ElementaryTests {
  /// A function, its table, and the error that its documentation promises.
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let boundUlps: Double
    let function: @Sendable ([Double]) -> Double

    init(_ name: String, _ boundUlps: Double, _ function: @escaping @Sendable ([Double]) -> Double)
    {
      self.name = name
      self.boundUlps = boundUlps
      self.function = function
    }

    var testDescription: String { name }
  }

  static let cases = [
    Case("exp", 1) { Elementary.exp($0[0]) },
    Case("log", 1) { Elementary.log($0[0]) },
    Case("log1p", 1) { Elementary.log1p($0[0]) },
    Case("pow", 1) { Elementary.pow($0[0], $0[1]) },
    Case("tanh", 1) { Elementary.tanh($0[0]) },
    Case("sin", 1) { Elementary.sin($0[0]) },
    Case("cos", 1) { Elementary.cos($0[0]) },
    Case("inverseNormal", 8) { Elementary.inverseNormal($0[0]) },
  ]

  @Test(arguments: cases)
  func `a function keeps its error bound at every reference point`(_ example: Case) throws {
    let table = try ReferenceTable(example.name)
    #expect(table.rows.count > 1000)
    let worst = table.worstError(of: example.function)
    #expect(worst.ulps <= example.boundUlps, "\(worst)")
  }

  /// The error bound leaves the last bit open; this does not.
  ///
  /// The number changes with an algorithm or the points, never with processor or optimisation.
  @Test func `the bits at all reference points are the recorded ones`() throws {
    var hasher = DigestHasher(domain: 0)
    for example in Self.cases {
      for row in try ReferenceTable(example.name).rows {
        hasher.combine(example.function(row.arguments).bitPattern)
      }
    }
    #expect(hasher.finalize() == 6_906_861_087_315_250_488)
  }
}
