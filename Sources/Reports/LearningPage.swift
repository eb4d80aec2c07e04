/// What the updates of a training came to, as a page and as pictures.
///
/// The output is a pure function of the input.
public struct LearningPage: Sendable {
  /// One number that an update comes to.
  public struct Measure: Sendable {
    /// What it is called; its picture's file too, with - for spaces.
    public var name: String
    /// What it is, in a sentence.
    public var description: String
    /// The number by update, in the order of the updates.
    public var values: [Double]

    /// Creates a measure.
    public init(name: String, description: String, values: [Double]) {
      self.name = name
      self.description = description
      self.values = values
    }
  }

  /// What is trained.
  public var title: String
  /// How: what is told and its value.
  public var facts: [(name: String, value: String)]
  /// The numbers of the updates.
  public var updates: [Int64]
  /// What they came to.
  public var measures: [Measure]

  /// Creates a page.
  public init(
    title: String, facts: [(name: String, value: String)], updates: [Int64], measures: [Measure]
  ) {
    self.title = title
    self.facts = facts
    self.updates = updates
    self.measures = measures
  }

  /// The page: one HTML file that needs no other and can be read without its script.
  public var html: String {
    var content = "<header>\n<h1>\(Markup.escape(title))</h1>\n"
    for (name, value) in facts {
      content += "<p class=\"facts\">\(Markup.escape(name)): \(Markup.escape(value))</p>\n"
    }
    content += "</header>\n" + ChartDrawing.figures(charts)
    return Markup.page(title: title, content: content, isLive: true)
  }

  /// The charts as files of their own.
  public var figures: [(name: String, svg: String)] {
    var charts = charts
    for index in charts.indices { charts[index].source = title }
    return ChartDrawing.aligned(charts, width: .wide, isFile: true).map {
      ("\($0.chart.name).svg", $0.svg)
    }
  }

  private var charts: [Chart] {
    measures.enumerated().map { place, measure in
      let values = measure.values.map {
        $0.isFinite ? min(max($0, -AxisScale.limit), AxisScale.limit) : nil
      }
      var chart = Chart(
        name: String(measure.name.map { $0 == " " ? "-" : $0 }),
        title: measure.name.prefix(1).uppercased() + measure.name.dropFirst(),
        description: measure.description, valueTitle: measure.name,
        series: [
          Chart.Series(name: measure.name, colour: place, steps: updates, values: values)
        ])
      chart.stepTitle = "update"
      chart.emptyNote = "No update was made."
      return chart
    }
  }
}
