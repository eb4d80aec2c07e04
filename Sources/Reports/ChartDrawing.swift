/// Draws a chart as one SVG element.
struct ChartDrawing {
  /// A drawing's lines take at most this many bytes; the labels take a few thousand more.
  static let maximumLineSize = 130_000

  let chart: Chart
  let layout: ChartLayout
  /// Whether it is a file of its own, with its style and heading in it.
  let isFile: Bool

  private init(_ chart: Chart, layout: ChartLayout, isFile: Bool) {
    self.chart = chart
    self.layout = layout
    self.isFile = isFile
  }

  /// Returns drawings whose plots stand in line, so that a step is at the same place in each.
  static func aligned(
    _ charts: [Chart], width: ChartLayout.Width, isFile: Bool = false
  ) -> [Self] {
    let free = charts.map { ChartLayout($0, width: width, hasTitle: isFile).margins }
    let margins = ChartLayout.Margins(
      left: free.map(\.left).max() ?? 0, right: free.map(\.right).max() ?? 0)
    return charts.map { chart in
      let layout = ChartLayout(chart, width: width, hasTitle: isFile, margins: margins)
      return Self(chart, layout: layout, isFile: isFile)
    }
  }

  var svg: String {
    var text = opening
    text += axes
    text += legendRows
    if chart.hasData {
      text += lines + endLabels
      if !isFile { text += "<path class=\"cursor\" d=\"\"/>\n" }
    } else {
      text += label(
        chart.emptyNote, x: (layout.left + layout.right) / 2, y: (layout.top + layout.bottom) / 2,
        style: "empty", anchor: "middle")
    }
    return text + "</svg>\n"
  }

  /// Charts as figures of a page, each in a wide and in a narrow drawing.
  static func figures(_ charts: [Chart]) -> String {
    let wide = aligned(charts, width: .wide)
    let narrow = aligned(charts, width: .narrow)
    return zip(wide, narrow).map { wide, narrow in
      let chart = wide.chart
      return "<figure id=\"\(chart.name)\">\n<figcaption><h2>\(Markup.escape(chart.title))</h2>"
        + "<p>\(Markup.escape(chart.description))</p></figcaption>\n"
        + wide.svg + narrow.svg + "</figure>\n"
    }.joined()
  }

  private var opening: String {
    let width = layout.width.rawValue
    let size = layout.width == .wide ? "wide" : "narrow"
    let id = "\(chart.name)-\(size)"
    var text = "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart \(size)\""
    let margin = isFile ? 16 : 0
    let outer = (width: width + 2 * margin, height: layout.height + 2 * margin)
    text += " viewBox=\"\(-margin) \(-margin) \(outer.width) \(outer.height)\""
    if isFile { text += " width=\"\(outer.width)\" height=\"\(outer.height)\"" }
    text += " role=\"img\" aria-labelledby=\"\(id)-title \(id)-text\""
    if chart.hasData, !isFile {
      text += " data-steps=\"\(layout.steps.lowText) \(layout.steps.highText)\""
      text += " data-values=\"\(layout.values.lowText) \(layout.values.highText)\""
      if chart.stepTitle != "step" { text += " data-axis=\"\(chart.stepTitle)\"" }
      text += " data-plot=\"\(layout.left) \(layout.top) \(layout.right) \(layout.bottom)\""
    }
    text += ">\n<title id=\"\(id)-title\">\(Markup.escape(chart.title))</title>\n"
    text += "<desc id=\"\(id)-text\">\(Markup.escape(chart.description))</desc>\n"
    guard let y = layout.titleY else { return text }
    text += "<style>\(StyleSheet.chartFile)</style>\n"
    text += "<rect class=\"paper\" x=\"\(-margin)\" y=\"\(-margin)\""
    text += " width=\"\(outer.width)\" height=\"\(outer.height)\"/>\n"
    let source = TextMeasure.truncated(chart.source, size: ChartLayout.fontSize, limit: width)
    return text + label(chart.title, x: 0, y: y, style: "heading")
      + label(source, x: 0, y: y + 18, style: "axis")
  }

  /// Returns one text element.
  func label(
    _ content: String, x: Int, y: Int, style: String, anchor: String = "start"
  ) -> String {
    "<text class=\"\(style)\" x=\"\(x)\" y=\"\(y)\" text-anchor=\"\(anchor)\">"
      + "\(Markup.escape(content))</text>\n"
  }
}

/// Axes, grid and the mark of a fork.
extension ChartDrawing {
  private var axes: String {
    var text = label(
      chart.valueTitle + (chart.hasData ? layout.values.unitSuffix : ""), x: 0,
      y: layout.valueTitleY, style: "axis")
    text += "<path class=\"grid\" d=\"M\(layout.left) \(layout.bottom)H\(layout.right)"
    guard chart.hasData else { return text + "\"/>\n" }
    var labels = ""
    for tick in layout.values.ticks {
      let tenths = layout.bottom * 10 - layout.values.tenths(tick.value, length: layout.plotHeight)
      let y = FixedDecimal.coordinate(tenths: tenths)
      text += "M\(layout.left) \(y)H\(layout.right)"
      labels += label(
        tick.label, x: layout.left - 8, y: (tenths + 45) / 10, style: "tick", anchor: "end")
    }
    for tick in layout.steps.ticks {
      let tenths = layout.left * 10 + layout.steps.tenths(tick.value, length: layout.plotWidth)
      text += "M\(FixedDecimal.coordinate(tenths: tenths)) \(layout.bottom)v5"
      // A label at the very edge would be cut off.
      let half = TextMeasure.width(tick.label, size: ChartLayout.fontSize) / 2
      let x = min(tenths / 10, layout.width.rawValue - half)
      labels += label(tick.label, x: x, y: layout.bottom + 19, style: "tick", anchor: "middle")
    }
    text += "\"/>\n" + labels
    text += label(
      chart.stepTitle, x: layout.right, y: layout.bottom + 36, style: "axis", anchor: "end")
    return text + zeroLine + forkMark
  }

  private var zeroLine: String {
    guard layout.values.low <= 0, layout.values.high >= 0 else { return "" }
    let tenths = layout.bottom * 10 - layout.values.tenths(0, length: layout.plotHeight)
    let y = FixedDecimal.coordinate(tenths: tenths)
    return "<path class=\"zero\" d=\"M\(layout.left) \(y)H\(layout.right)\"/>\n"
  }

  private var forkMark: String {
    guard let step = chart.forkStep, Double(step) >= layout.steps.low,
      Double(step) <= layout.steps.high
    else { return "" }
    let tenths = layout.left * 10 + layout.steps.tenths(Double(step), length: layout.plotWidth)
    let name = "fork at step \(FixedDecimal.text(step))"
    let half = TextMeasure.width(name, size: ChartLayout.fontSize) / 2
    let x = min(max(tenths / 10, half), layout.width.rawValue - half)
    return "<path class=\"fork\" d=\"M\(FixedDecimal.coordinate(tenths: tenths)) "
      + "\(layout.top - 6)V\(layout.bottom)\"/>\n"
      + label(name, x: x, y: layout.top - 11, style: "mark", anchor: "middle")
  }
}
