/// An effect card as a page: each estimate with its interval, drawn to a scale of its own.
///
/// The output is a pure function of the input.
public struct EffectPage: Sendable {
  /// The effect on one number, in the unit that people read.
  public struct Row: Sendable {
    /// What it is on.
    public var name: String
    /// With how many decimals it is shown.
    public var decimals: Int
    /// The mean of the paired differences.
    public var mean: Double
    /// The 95 % interval; nil where there is none.
    public var interval: ClosedRange<Double>?
    /// Where 95 % of the effects of placebos lie; nil where there are none.
    public var placebos: ClosedRange<Double>?
    /// The probability among all questions asked.
    public var adjustedProbability: Double?
    /// The probability among placebos.
    public var placeboProbability: Double?
    /// How many times the variance unpaired runs would have; nil where the effect never varies.
    public var varianceFactor: Double?
    /// The effect while nobody reacts, and what reactions add.
    public var parts: (direct: Double, reaction: Double)?

    /// Creates a row with an estimate alone.
    public init(name: String, decimals: Int, mean: Double, interval: ClosedRange<Double>?) {
      self.name = name
      self.decimals = decimals
      self.mean = mean
      self.interval = interval
    }
  }

  /// What is asked.
  public var title: String
  /// The differences, in words.
  public var interventions: [String]
  /// How it was found out: what is told and its value.
  public var facts: [(name: String, value: String)]
  /// The estimates.
  public var rows: [Row]
  /// The line that makes it again.
  public var command: String

  /// Creates a page.
  public init(
    title: String, interventions: [String], facts: [(name: String, value: String)], rows: [Row],
    command: String
  ) {
    self.title = title
    self.interventions = interventions
    self.facts = facts
    self.rows = rows
    self.command = command
  }

  /// The page: one HTML file that needs no other.
  public var html: String {
    let items = interventions.map { "<li>\(Markup.escape($0))</li>\n" }.joined()
    let content = """
      <header>
      <h1>\(Markup.escape(title))</h1>
      </header>
      <section class="divergence">
      <h2>Intervention</h2>
      <ul>
      \(items)</ul>
      </section>
      <section>
      <h2>Effects</h2>
      <p class="note">Dot: mean of the paired differences. Line: its 95 % interval by Student\u{2019}s \
      t.\(hasPlacebos ? " Shade: where 95 % of the placebos\u{2019} effects lie." : "") Each row has a scale \
      of its own about 0. <em>Adjusted p</em>: by Student\u{2019}s t, adjusted for the number of \
      questions (Benjamini and Hochberg). <em>Variance</em>: how many times that of unpaired \
      runs it is smaller.</p>
      <div class="scroll">
      \(table)</div>
      </section>
      <section>
      <h2>How it was found out</h2>
      \(factTable)<p class="note">Again with:</p>
      <pre>\(Markup.escape(command))</pre>
      </section>

      """
    return Markup.page(title: title, content: content, style: Self.style)
  }

  private var hasPlacebos: Bool { rows.contains { $0.placebos != nil } }
  private var hasParts: Bool { rows.contains { $0.parts != nil } }

  // MARK: Tables

  private var table: String {
    var heads = ["", "", "mean", "95 % interval"]
    if hasParts { heads += ["direct", "reaction"] }
    heads.append("adjusted p")
    if hasPlacebos { heads.append("placebo p") }
    heads.append("variance")
    var text = "<table class=\"effects\">\n<thead><tr>"
    for head in heads { text += "<th scope=\"col\">\(head)</th>" }
    text += "</tr></thead>\n<tbody>\n"
    for row in rows { text += self.row(row) }
    return text + "</tbody>\n</table>\n"
  }

  private func row(_ row: Row) -> String {
    let number = { FixedDecimal.text($0, decimals: row.decimals, signed: true) }
    var cells = [
      Self.drawing(row), number(row.mean),
      row.interval.map { "\(number($0.lowerBound)) \u{2026} \(number($0.upperBound))" }
        ?? FixedDecimal.missing,
    ]
    if hasParts {
      cells += [
        row.parts.map { number($0.direct) } ?? FixedDecimal.missing,
        row.parts.map { number($0.reaction) } ?? FixedDecimal.missing,
      ]
    }
    cells.append(Self.probability(row.adjustedProbability))
    if hasPlacebos { cells.append(Self.probability(row.placeboProbability)) }
    cells.append(
      row.varianceFactor.map { FixedDecimal.text($0, decimals: 1) + "\u{00D7}" } ?? "exact")
    var text = "<tr><th scope=\"row\">\(Markup.escape(row.name))</th>"
    for cell in cells { text += "<td>\(cell)</td>" }
    return text + "</tr>\n"
  }

  private static func probability(_ value: Double?) -> String {
    guard let value else { return FixedDecimal.missing }
    return value < 0.001 ? "&lt; 0.001" : FixedDecimal.text(value, decimals: 3)
  }

  private var factTable: String {
    var text = "<table>\n<tbody>\n"
    for fact in facts {
      text +=
        "<tr><th scope=\"row\">\(Markup.escape(fact.name))</th>"
        + "<td>\(Markup.escape(fact.value))</td></tr>\n"
    }
    return text + "</tbody>\n</table>\n"
  }

  // MARK: Drawings

  private static let width = 168
  private static let height = 18

  /// The estimate about a line at 0.
  private static func drawing(_ row: Row) -> String {
    let ends = [row.mean, row.interval?.lowerBound, row.interval?.upperBound]
    let bounds = ends + [row.placebos?.lowerBound, row.placebos?.upperBound]
    let reach = bounds.compactMap { $0?.magnitude }.max() ?? 0
    func place(_ value: Double) -> String {
      let share = reach > 0 && value.isFinite ? value / reach : 0
      let tenths = Int((Double(width) * 5 + share * (Double(width) * 5 - 60)).rounded())
      return FixedDecimal.coordinate(tenths: tenths)
    }
    let middle = height / 2
    var text =
      "<svg class=\"chart estimate\" viewBox=\"0 0 \(width) \(height)\" role=\"img\" "
      + "aria-label=\"\(Markup.escape(row.name))\">"
    if let placebos = row.placebos {
      let (low, high) = (place(placebos.lowerBound), place(placebos.upperBound))
      text += "<path class=\"area kn\" d=\"M\(low) 1H\(high)V\(height - 1)H\(low)z\"/>"
    }
    let zero = FixedDecimal.coordinate(tenths: width * 5)
    text += "<path class=\"zero\" d=\"M\(zero) 0V\(height)\"/>"
    if let interval = row.interval {
      let (low, high) = (place(interval.lowerBound), place(interval.upperBound))
      text += "<path class=\"line k0\" d=\"M\(low) \(middle)H\(high)\"/>"
    }
    return text + "<path class=\"dot k0\" d=\"M\(place(row.mean)) \(middle)h0\"/></svg>"
  }

  private static let style = """
    .effects td{white-space:nowrap;padding-left:14px}
    .effects th:first-child{white-space:nowrap}
    .estimate{width:168px;height:18px}
    section h2+p{margin-top:6px}
    pre{overflow-x:auto;padding:10px 12px;border:1px solid var(--rule);border-radius:4px;\
    font-size:13.5px}
    td{overflow-wrap:anywhere}

    """
}
