/// The agents' figures.
extension ReportPage {
  /// One figure of an agent, in the order of the columns.
  struct Metric: Sendable {
    var name: String
    var decimals: Int
    /// Nil where the figure is not defined.
    var value: @Sendable (AgentMetrics) -> Double?
    /// Set for figures that are whole numbers and may be too large for a Double.
    var whole: (@Sendable (AgentMetrics) -> Int64)?
  }

  static func metrics(decimals: Int) -> [Metric] {
    [
      Metric(name: "PnL", decimals: decimals) { $0.finalPnl },
      Metric(name: "Sharpe ratio", decimals: 2) { $0.sharpe },
      Metric(name: "Max drawdown", decimals: decimals) { $0.maximumDrawdown },
      Metric(name: "Fills", decimals: 0, value: { _ in nil }, whole: { Int64($0.fillCount) }),
      Metric(name: "Fees", decimals: decimals) { $0.fees },
      Metric(
        name: "Lowest inventory", decimals: 0, value: { _ in nil }, whole: { $0.minimumInventory }),
      Metric(
        name: "Highest inventory", decimals: 0, value: { _ in nil },
        whole: { $0.maximumInventory }),
    ]
  }

  var table: String {
    let pairs = AgentPair.pairs(of: parent, and: fork?.0)
    var text = "<section id=\"agents\">\n<h2>Agents</h2>\n"
    if pairs.isEmpty {
      text += "<p class=\"note\">No agents took part.</p>\n"
    } else if fork == nil {
      text += "<div class=\"scroll\">\n\(agentTable(pairs))</div>\n"
    } else {
      text += "<div class=\"pairs\">\n" + pairs.map(pairTable).joined() + "</div>\n"
    }
    if fork != nil { text += caution }
    if !pairs.isEmpty { text += footnotes(pairs) }
    return text + "</section>\n"
  }

  private func footnotes(_ pairs: [AgentPair]) -> String {
    var text = "<p class=\"note\">PnL, drawdown and fees are in currency units, inventory is in "
    text += "lots. The Sharpe ratio is the mean of the per-step PnL changes divided by their "
    text += "standard deviation, times the square root of the number of steps (Sharpe 1994); a "
    text += "dash stands where that deviation is 0. Max drawdown is the largest fall of the PnL "
    text += "from a peak to a later trough.</p>\n"
    if pairs.contains(where: \.foreign) {
      text += "<p class=\"note\">Foreign: the agent\u{2019}s commands came from outside the "
      text += "simulator.</p>\n"
    }
    return text
  }

  /// Returns one table with a row per agent.
  private func agentTable(_ pairs: [AgentPair]) -> String {
    let metrics = Self.metrics(decimals: parent.printedDecimals).prefix(5)
    let names = metrics.map(\.name) + ["Inventory range"]
    let heads = names.map { "<th scope=\"col\" role=\"columnheader\">\($0)</th>" }.joined()
    var text = "<table class=\"agents\" role=\"table\" aria-label=\"Agents\">\n"
    text += "<thead role=\"rowgroup\"><tr role=\"row\">"
    text += "<th scope=\"col\" role=\"columnheader\">Agent</th>\(heads)</tr></thead>\n"
    text += "<tbody role=\"rowgroup\">\n"
    for pair in pairs {
      guard let agent = pair.parent else { continue }
      let figures = AgentMetrics(agent)
      text += "<tr role=\"row\"><th scope=\"row\" role=\"rowheader\">\(named(pair))</th>"
      for metric in metrics {
        text += "<td role=\"cell\" data-label=\"\(metric.name)\">\(metric.text(figures))</td>"
      }
      let low = FixedDecimal.text(figures.minimumInventory)
      let high = FixedDecimal.text(figures.maximumInventory)
      text += "<td role=\"cell\" data-label=\"Inventory range\">"
      text += "\(low) to \(high)</td></tr>\n"
    }
    return text + "</tbody>\n</table>\n"
  }

  /// Returns one agent's table with columns for parent, fork and difference.
  private func pairTable(_ pair: AgentPair) -> String {
    let decimals = max(parent.printedDecimals, fork?.0.printedDecimals ?? 0)
    let before = pair.parent.map { AgentMetrics($0) }
    let after = pair.fork.map { AgentMetrics($0) }
    var text = "<table>\n<caption><strong>\(named(pair))</strong></caption>\n<thead><tr>"
    text += "<th scope=\"col\">Figure</th><th scope=\"col\">Parent</th>"
    text += "<th scope=\"col\">Fork</th><th scope=\"col\">Difference</th></tr></thead>\n<tbody>\n"
    for metric in Self.metrics(decimals: decimals) {
      text += "<tr><th scope=\"row\">\(metric.name)</th><td>\(metric.text(before))</td>"
      text += "<td>\(metric.text(after))</td><td>\(metric.difference(before, after))</td></tr>\n"
    }
    return text + "</tbody>\n</table>\n"
  }

  private func named(_ pair: AgentPair) -> String {
    "<bdi>\(Markup.escape(pair.printedName))</bdi>"
      + (pair.foreign ? " <span>(foreign)</span>" : "")
  }
}

extension ReportPage.Metric {
  func text(_ metrics: AgentMetrics?) -> String {
    guard let metrics else { return FixedDecimal.missing }
    if let whole { return FixedDecimal.text(whole(metrics)) }
    return value(metrics).map { FixedDecimal.text($0, decimals: decimals) } ?? FixedDecimal.missing
  }

  /// Returns fork less parent, with its sign.
  func difference(_ before: AgentMetrics?, _ after: AgentMetrics?) -> String {
    guard let before, let after else { return FixedDecimal.missing }
    if let whole {
      let (exact, overflows) = whole(after).subtractingReportingOverflow(whole(before))
      guard overflows else { return FixedDecimal.text(exact, signed: true) }
      let rounded = Double(whole(after)) - Double(whole(before))
      return FixedDecimal.text(rounded, decimals: 0, signed: true)
    }
    guard let old = value(before), let new = value(after) else { return FixedDecimal.missing }
    return FixedDecimal.text(new - old, decimals: decimals, signed: true)
  }
}
