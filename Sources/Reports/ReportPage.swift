/// A session, or a fork beside its parent, as a page and as pictures.
///
/// The output is a pure function of the input: the same series give the same bytes.
public struct ReportPage: Sendable {
  /// The session, or the parent of the fork.
  public var parent: RunSeries
  /// The fork and what is known about it, if there is one.
  public var fork: (RunSeries, ForkNote)?

  /// Creates a page.
  public init(parent: RunSeries, fork: (RunSeries, ForkNote)? = nil) {
    self.parent = parent
    self.fork = fork
  }

  /// The page: one HTML file that needs no other and can be read without its script.
  public var html: String {
    Markup.page(
      title: heading, content: [header, divergence, figureElements, table].joined(), isLive: true)
  }

  /// The charts as files of their own: price.svg, pnl.svg and inventory.svg.
  public var figures: [(name: String, svg: String)] {
    var charts = charts
    for index in charts.indices { charts[index].source = source }
    return ChartDrawing.aligned(charts, width: .wide, isFile: true).map {
      ("\($0.chart.name).svg", $0.svg)
    }
  }

  private var heading: String {
    let title = fork?.0.title ?? parent.title
    return title.isEmpty ? "Untitled session" : title
  }

  private var labels: String {
    [fork?.0.label, parent.label].compactMap(\.self).filter { !$0.isEmpty }
      .joined(separator: "; parent: ")
  }

  /// The line beneath the heading of a picture that stands alone.
  private var source: String {
    let parts = [fork == nil ? "" : ForkNote.caption, labels, heading]
    return parts.filter { !$0.isEmpty }.joined(separator: " \u{00B7} ")
  }

  private var header: String {
    var text = "<header>\n<h1>\(Markup.escape(heading))</h1>\n"
    if !labels.isEmpty { text += "<p>\(Markup.escape(labels))</p>\n" }
    text += "<p class=\"facts\">\(extent)</p>\n</header>\n"
    return text
  }

  private var extent: String {
    let agents = Self.counted(AgentPair.pairs(of: parent, and: fork?.0).count, "agent")
    guard let first = parent.steps.first, let last = parent.steps.last else {
      return "No steps, \(agents)"
    }
    let steps = Self.counted(parent.steps.count, "sampled step")
    let range =
      first == last
      ? "step \(FixedDecimal.text(first))"
      : "steps \(FixedDecimal.text(first)) to \(FixedDecimal.text(last))"
    return "\(steps) (\(range)), \(agents)"
  }

  private var divergence: String {
    guard let (_, note) = fork else { return "" }
    let step = FixedDecimal.text(note.forkStep)
    var text = "<section class=\"divergence\">\n<h2>Fork at step \(step)</h2>\n"
    if note.interventions.isEmpty {
      text += "<p>No intervention.</p>\n"
    } else {
      let items = note.interventions.map { "<li>\(Markup.escape($0))</li>\n" }
      text += "<ul>\n\(items.joined())</ul>\n"
    }
    if let difference = note.firstDifference {
      text += "<p>First difference: \(Markup.escape(difference))</p>\n"
    } else {
      text += "<p>No difference between the two journals.</p>\n"
    }
    if let unfinished = note.unfinished {
      text += "<p class=\"caution\">\(Markup.escape(unfinished))</p>\n"
    }
    return text + caution + "</section>\n"
  }

  /// The words that stand wherever a fork is compared with its parent.
  var caution: String {
    let caption = ForkNote.caption
    return "<p class=\"caution\">This is \(Markup.escape(caption)).</p>\n"
      + "<p class=\"note\">\(Markup.escape(ForkNote.explanation))</p>\n"
  }

  private var figureElements: String { ChartDrawing.figures(charts) }

  private static func counted(_ count: Int, _ noun: String) -> String {
    "\(FixedDecimal.text(Int64(count))) \(noun)\(count == 1 ? "" : "s")"
  }
}
