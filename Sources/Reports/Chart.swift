/// What a chart shows, apart from its size.
struct Chart: Sendable {
  /// How a series is drawn.
  enum Shape: Sendable {
    case line
    case steps
    /// The area between `values` and `upperValues`, with thin edges.
    case band
  }

  struct Series: Sendable {
    var name: String
    /// The colour's place in the palette; nil is the neutral grey.
    var colour: Int?
    /// The dash pattern's place in the style sheet; 0 is solid.
    var dash = 0
    /// Whether it belongs to the parent of a fork and is drawn faintly.
    var isParent = false
    var shape = Shape.line
    var steps: [Int64]
    var values: [Double?]
    var upperValues: [Double?] = []
    /// Whether the legend has an entry for it.
    var isListed = true
    /// Whether it only explains a way of drawing.
    var isKey = false

    var hasData: Bool {
      zip(steps, values).contains { $0.1 != nil }
        || zip(steps, upperValues).contains { $0.1 != nil }
    }

    var printedName: String { hasData || isKey ? name : name + ", no data" }
  }

  var name: String
  var title: String
  var description: String
  /// Which run it shows, for a picture that stands alone.
  var source = ""
  var valueTitle: String
  /// What is counted along the axis.
  var stepTitle = "step"
  var hasWholeValues = false
  var includesZero = false
  /// Entries that explain a way of drawing instead of a series.
  var keys: [Series] = []
  /// In drawing order.
  var series: [Series]
  var forkStep: Int64?
  /// What is said in place of data.
  var emptyNote = "No steps were recorded."

  /// Whether there is a value to draw.
  var hasData: Bool { series.contains(where: \.hasData) }

  func stepScale(tickCount: Int) -> AxisScale {
    let first = series.compactMap(\.steps.first).min() ?? 0
    let last = series.compactMap(\.steps.last).max() ?? first
    return .steps(first: first, last: last, tickCount: tickCount)
  }

  func valueScale(tickCount: Int) -> AxisScale {
    var low = Double.infinity
    var high = -Double.infinity
    for one in series {
      for values in [one.values, one.upperValues] {
        for case let value? in values.prefix(one.steps.count) {
          low = min(low, value)
          high = max(high, value)
        }
      }
    }
    if includesZero || low > high {
      low = min(low, 0)
      high = max(high, 0)
    }
    return .covering(low: low, high: high, tickCount: tickCount, integers: hasWholeValues)
  }

  /// Legend entries in order: keys, then listed series.
  var entries: [Series] { keys + series.filter(\.isListed) }
}
