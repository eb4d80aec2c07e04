/// The lines of a chart.
extension ChartDrawing {
  /// The lines in the finest columns whose text is not too large.
  var lines: String {
    var columnTenths = 10
    while true {
      let text = chart.series.map { path($0, columnTenths: columnTenths) }.joined()
      if text.utf8.count <= Self.maximumLineSize || columnTenths > 1_000 { return text }
      columnTenths += (columnTenths + 1) / 2
    }
  }

  private func path(_ series: Chart.Series, columnTenths: Int) -> String {
    let points = plotted(series.steps, series.values)
    let name = " data-name=\"\(Markup.escape(series.name))\""
    switch series.shape {
    case .line:
      let runs = Thinning.runs(points, columnTenths: columnTenths, kept: .extremes)
      return element(PathData.line(runs), style: styles("line", of: series), attributes: name)
        + dots(runs, of: series)
    case .steps:
      let runs = Thinning.runs(
        Thinning.withoutRepeats(points), columnTenths: columnTenths, kept: .extremesAndEnds)
      return element(PathData.steps(runs), style: styles("line", of: series), attributes: name)
        + dots(runs, of: series)
    case .band:
      return band(series, lower: points, columnTenths: columnTenths)
    }
  }

  /// Returns the area where both edges exist, and each edge wherever it exists.
  private func band(_ series: Chart.Series, lower: [PlotPoint?], columnTenths: Int) -> String {
    let upper = plotted(series.steps, series.upperValues)
    let count = min(lower.count, upper.count)
    let both = (0..<count).map { lower[$0] != nil && upper[$0] != nil }
    let area = PathData.area(
      lower: Thinning.runs(
        (0..<count).map { both[$0] ? lower[$0] : nil }, columnTenths: columnTenths,
        kept: .extremes),
      upper: Thinning.runs(
        (0..<count).map { both[$0] ? upper[$0] : nil }, columnTenths: columnTenths,
        kept: .extremes))
    var text = element(area, style: styles("area", of: series), attributes: "")
    for (edge, name) in [(lower, "best bid"), (upper, "best ask")] {
      let runs = Thinning.runs(edge, columnTenths: columnTenths, kept: .extremes)
      text += element(
        PathData.line(runs), style: styles("edge", of: series),
        attributes: " data-name=\"\(Markup.escape(name + (series.isParent ? ", parent" : "")))\"")
      text += dots(runs, of: series)
    }
    return text
  }

  /// Returns a dot for each value that stands alone and would be an invisible line.
  private func dots(_ runs: [[PlotPoint]], of series: Chart.Series) -> String {
    let single = runs.filter { $0.count == 1 }
    return element(
      PathData.line(single), style: "dot " + StyleSheet.colourClass(series.colour), attributes: "")
  }

  private func plotted(_ steps: [Int64], _ values: [Double?]) -> [PlotPoint?] {
    zip(steps, values).map { step, value in
      guard let value, value.isFinite else { return nil }
      return layout.point(step: step, value: value)
    }
  }

  private func element(_ data: String, style: String, attributes: String) -> String {
    data.isEmpty ? "" : "<path class=\"\(style)\"\(attributes) d=\"\(data)\"/>\n"
  }

  private func styles(_ kind: String, of series: Chart.Series) -> String {
    var text = kind + " " + StyleSheet.colourClass(series.colour)
    if series.isParent { text += " parent" } else if series.dash > 0 { text += " d\(series.dash)" }
    return text
  }
}

/// Names beside or above the lines.
extension ChartDrawing {
  var legendRows: String {
    layout.legend.map { entry in
      sample(entry, y: entry.y - 4)
        + named(entry, x: entry.x + ChartLayout.sample + ChartLayout.sampleGap, y: entry.y)
    }.joined()
  }

  /// Names to the right of the plot, as near to the ends of their lines as they fit.
  var endLabels: String {
    guard !layout.ends.isEmpty else { return "" }
    var ends: [(entry: ChartLayout.Entry, order: Int, end: PlotPoint?, y: Int)] = []
    for (order, entry) in layout.ends.enumerated() {
      let end = plotted(entry.series.steps, entry.series.values).compactMap(\.self).last
      ends.append((entry, order, end, end?.y ?? layout.bottom * 10))
    }
    ends.sort { ($0.y, $0.order) < ($1.y, $1.order) }
    let distance = (ChartLayout.fontSize + 3) * 10
    var lowest = layout.top * 10
    for index in ends.indices {
      ends[index].y = max(ends[index].y, lowest)
      lowest = ends[index].y + distance
    }
    var highest = layout.bottom * 10
    for index in ends.indices.reversed() {
      ends[index].y = min(ends[index].y, highest)
      highest = ends[index].y - distance
    }
    return ends.map { one in
      var entry = one.entry
      entry.x = layout.right + 14
      var text = ""
      // A line that ends within the plot would be continued by a leader.
      if let end = one.end, end.x >= (layout.right - 2) * 10 {
        text += "<path class=\"leader\" d=\"M\(FixedDecimal.coordinate(tenths: end.x + 20)) "
        text += "\(FixedDecimal.coordinate(tenths: end.y))L\(entry.x - 2) "
        text += "\(FixedDecimal.coordinate(tenths: one.y))\"/>\n"
      }
      text += sample(entry, y: one.y / 10)
      let x = entry.x + ChartLayout.sample + ChartLayout.sampleGap
      return text + named(entry, x: x, y: one.y / 10 + 4)
    }.joined()
  }

  private func sample(_ entry: ChartLayout.Entry, y: Int) -> String {
    let kind = entry.series.shape == .band ? "swatch" : "line"
    let size = ChartLayout.sample
    let style = styles(kind, of: entry.series)
    guard kind == "swatch" else {
      return "<path class=\"\(style)\" d=\"M\(entry.x) \(y)h\(size)\"/>\n"
    }
    return "<path class=\"\(style)\" d=\"M\(entry.x) \(y - 5)h\(size)v10h-\(size)z\"/>\n"
  }

  private func named(_ entry: ChartLayout.Entry, x: Int, y: Int) -> String {
    let full = entry.name == entry.series.name ? "" : entry.series.name
    let tip = full.isEmpty ? "" : "<title>\(Markup.escape(full))</title>"
    return "<text class=\"name\" x=\"\(x)\" y=\"\(y)\">\(tip)\(Markup.escape(entry.name))</text>\n"
  }
}
