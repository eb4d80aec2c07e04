import Foundation

/// Reference values of one elementary function, made by tools/reference/elementary.py.
struct ReferenceTable {
  struct Row {
    let arguments: [Double]
    let rounded: Double
    /// Exact value less `rounded`, in ulps of `rounded`.
    let difference: Double
  }

  let rows: [Row]

  init(_ name: String) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../fixtures/elementary")
    let text = try String(contentsOf: folder.appendingPathComponent("\(name).txt"), encoding: .utf8)
    rows = text.split(separator: "\n").map { line in
      let fields = line.split(separator: " ")
      let numbers = fields.dropLast().map { Double(bitPattern: UInt64($0, radix: 16) ?? 0) }
      return Row(
        arguments: Array(numbers.dropLast()), rounded: numbers.last ?? .nan,
        difference: Double(String(fields.last ?? "")) ?? .nan)
    }
  }

  /// Returns the greatest error in ulps of the exact value, and where it is.
  func worstError(of function: ([Double]) -> Double) -> (ulps: Double, at: Row?) {
    var worst = (ulps: 0.0, at: Row?.none)
    for row in rows {
      let value = function(row.arguments)
      var ulps = Double.infinity
      if row.rounded.isFinite {
        ulps = ((value - row.rounded) / row.rounded.ulp - row.difference).magnitude
      } else if value == row.rounded {
        ulps = 0
      }
      if !(ulps <= worst.ulps) { worst = (ulps, row) }
    }
    return worst
  }
}
