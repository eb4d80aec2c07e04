/// Where the parts of a chart stand, in units of its view box.
struct ChartLayout: Sendable {
  /// The two sizes a page carries: one for screens and paper, one for telephones.
  enum Width: Int, Sendable {
    case wide = 960
    case narrow = 400
  }

  struct Entry: Sendable {
    var series: Chart.Series
    var name: String
    var x: Int
    var y: Int
  }

  /// Space to the left and to the right of a plot.
  struct Margins: Sendable {
    var left: Int
    var right: Int
  }

  static let fontSize = 12
  static let rowHeight = 18
  /// The length of a legend's line sample and its distance from the name.
  static let sample = 22
  static let sampleGap = 6

  var width: Width
  var height: Int
  var left: Int
  var right: Int
  var top: Int
  var bottom: Int
  /// The base line of the heading of a file; that of its source is 18 lower.
  var titleY: Int?
  var valueTitleY: Int
  var legend: [Entry] = []
  /// The series beside whose ends names stand, with the names as printed.
  var ends: [Entry] = []
  var steps: AxisScale
  var values: AxisScale

  var margins: Margins { Margins(left: left, right: width.rawValue - right) }
  var plotWidth: Int { right - left }
  var plotHeight: Int { bottom - top }

  /// Creates a layout whose plot is at least `margins` away from the edges.
  init(
    _ chart: Chart, width: Width, hasTitle: Bool, margins: Margins = Margins(left: 0, right: 0)
  ) {
    self.width = width
    let isWide = width == .wide
    values = chart.valueScale(tickCount: isWide ? 6 : 5)
    let size = Self.fontSize
    let labels = chart.hasData ? values.ticks.map(\.label) : []
    let widestLabel = labels.map { TextMeasure.width($0, size: size) }.max() ?? 0
    left = max(max(widestLabel, 12) + 10, margins.left)
    right = min(width.rawValue - 14, width.rawValue - margins.right)

    var y = 4
    if hasTitle {
      y += 20
      titleY = y
      y += 30
    }
    if isWide, chart.hasData {
      ends = chart.series.filter(\.isListed).map { series in
        let name = TextMeasure.truncated(series.printedName, size: size, limit: 190)
        return Entry(series: series, name: name, x: 0, y: 0)
      }
      let widest = ends.map { TextMeasure.width($0.name, size: size) }.max() ?? 0
      right = min(right, width.rawValue - widest - Self.sample - Self.sampleGap - 18)
      legend = Self.rows(of: chart.keys, width: width, top: y)
    } else if chart.hasData {
      legend = Self.rows(of: chart.entries, width: width, top: y)
    }
    steps = Self.stepScale(of: chart, tickCount: isWide ? 10 : 6, length: right - left)
    if let last = legend.last { y = last.y + 10 }
    valueTitleY = y + 14
    y += 14 + (chart.forkStep == nil ? 16 : 32)
    top = y
    bottom = top + max(isWide ? 250 : 210, ends.count * (Self.fontSize + 3))
    height = bottom + 42
  }

  /// Returns a scale with no more ticks than their labels leave room for.
  private static func stepScale(of chart: Chart, tickCount: Int, length: Int) -> AxisScale {
    var count = tickCount
    while true {
      let scale = chart.stepScale(tickCount: count)
      let widest = scale.ticks.map { TextMeasure.width($0.label, size: fontSize) }.max() ?? 0
      let fits = scale.ticks.count * (widest + 12) <= length
      if fits || count == 1 { return scale }
      count -= 1
    }
  }

  /// Returns entries set in rows that break at the right edge.
  private static func rows(of series: [Chart.Series], width: Width, top: Int) -> [Entry] {
    let limit = width == .wide ? 260 : 163
    var entries: [Entry] = []
    var x = 1
    var y = top + rowHeight - 6
    for one in series {
      let name = TextMeasure.truncated(one.printedName, size: fontSize, limit: limit)
      let extent = sample + sampleGap + TextMeasure.width(name, size: fontSize)
      if x > 1, x + extent > width.rawValue {
        x = 1
        y += rowHeight
      }
      entries.append(Entry(series: one, name: name, x: x, y: y))
      x += extent + 18
    }
    return entries
  }

  /// Returns where a step and a value are drawn, from the top left corner of the view box.
  func point(step: Int64, value: Double) -> PlotPoint {
    PlotPoint(
      x: left * 10 + steps.tenths(Double(step), length: plotWidth),
      y: bottom * 10 - values.tenths(value, length: plotHeight))
  }
}
