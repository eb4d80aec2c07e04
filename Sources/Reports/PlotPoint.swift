/// A point of a drawing, in tenths of a unit so that every machine rounds it the same way.
struct PlotPoint: Equatable, Sendable {
  var x: Int
  var y: Int
}

/// Unbroken runs of points with no more of them than a picture can show.
enum Thinning {
  /// Which points of a pixel column are kept.
  enum Kept {
    /// The lowest and the highest: enough for a line.
    case extremes
    /// Also the first and the last: what a step line holds between columns.
    case extremesAndEnds
  }

  /// Returns the runs that missing points divide, each thinned to the columns' extremes.
  ///
  /// `points` ascend in `x`. A gap narrower than a column is not visible and divides nothing.
  static func runs(_ points: [PlotPoint?], columnTenths: Int, kept: Kept) -> [[PlotPoint]] {
    var runs: [[PlotPoint]] = []
    var run: [PlotPoint] = []
    var gap = false
    for point in points {
      guard let point else {
        gap = true
        continue
      }
      if gap, let last = run.last, point.x - last.x > columnTenths {
        runs.append(thinned(run, columnTenths: columnTenths, kept: kept))
        run.removeAll(keepingCapacity: true)
      }
      gap = false
      run.append(point)
    }
    if !run.isEmpty { runs.append(thinned(run, columnTenths: columnTenths, kept: kept)) }
    return runs
  }

  private static func thinned(
    _ run: [PlotPoint], columnTenths: Int, kept: Kept
  ) -> [PlotPoint] {
    var result: [PlotPoint] = []
    var start = 0
    while start < run.count {
      let column = run[start].x / columnTenths
      var end = start
      var lowest = start
      var highest = start
      while end < run.count, run[end].x / columnTenths == column {
        if run[end].y < run[lowest].y { lowest = end }
        if run[end].y > run[highest].y { highest = end }
        end += 1
      }
      var indices = [lowest, highest]
      if kept == .extremesAndEnds || start == 0 { indices.append(start) }
      if kept == .extremesAndEnds || end == run.count { indices.append(end - 1) }
      var previous = -1
      for index in indices.sorted() where index != previous {
        result.append(run[index])
        previous = index
      }
      start = end
    }
    return result
  }

  /// Returns the points without those inside a stretch of equal values.
  static func withoutRepeats(_ points: [PlotPoint?]) -> [PlotPoint?] {
    var result: [PlotPoint?] = []
    for (index, point) in points.enumerated() {
      let isInside =
        index > 0 && index + 1 < points.count
        && points[index - 1]?.y == point?.y && points[index + 1]?.y == point?.y
      if !isInside { result.append(point) }
    }
    return result
  }
}
