/// Writes the `d` attribute of a path, in relative coordinates, which are the shortest.
enum PathData {
  /// Returns straight lines from point to point; a run of one point becomes a dot.
  static func line(_ runs: [[PlotPoint]]) -> String {
    var text = ""
    for run in runs {
      guard var last = run.first else { continue }
      text += move(to: last)
      if run.count == 1 { text += "h0" }
      var started = false
      for point in run.dropFirst() where point != last {
        text += offset(from: last, to: point, isFirst: !started)
        started = true
        last = point
      }
    }
    return text
  }

  /// Returns lines that hold each value until the next point.
  static func steps(_ runs: [[PlotPoint]]) -> String {
    var text = ""
    for run in runs {
      guard var last = run.first else { continue }
      text += move(to: last)
      if run.count == 1 { text += "h0" }
      for (index, point) in run.enumerated() {
        // Equal values join into one stretch.
        let isLast = index + 1 == run.count
        guard point.y != last.y || isLast else { continue }
        if point.x != last.x { text += "h" + FixedDecimal.coordinate(tenths: point.x - last.x) }
        if point.y != last.y { text += "v" + FixedDecimal.coordinate(tenths: point.y - last.y) }
        last = point
      }
    }
    return text
  }

  /// Returns closed areas between two lines whose runs match.
  static func area(lower: [[PlotPoint]], upper: [[PlotPoint]]) -> String {
    var text = ""
    for (below, above) in zip(lower, upper) where below.count + above.count > 2 {
      text += line([above + below.reversed()]) + "z"
    }
    return text
  }

  private static func move(to point: PlotPoint) -> String {
    "M" + FixedDecimal.coordinate(tenths: point.x) + " "
      + FixedDecimal.coordinate(tenths: point.y)
  }

  private static func offset(from last: PlotPoint, to point: PlotPoint, isFirst: Bool) -> String {
    let x = FixedDecimal.coordinate(tenths: point.x - last.x)
    let y = FixedDecimal.coordinate(tenths: point.y - last.y)
    // A minus sign parts two numbers by itself.
    return (isFirst ? "l" : x.hasPrefix("-") ? "" : " ") + x + (y.hasPrefix("-") ? "" : " ") + y
  }
}
