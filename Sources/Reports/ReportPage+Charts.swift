/// The three charts.
extension ReportPage {
  var charts: [Chart] { [priceChart, pnlChart, inventoryChart] }

  private var priceChart: Chart {
    var series: [Chart.Series] = []
    if let (run, _) = fork {
      let changed = Self.firstDifference(parent, run)
      series += prices(of: parent, from: changed, isParent: true)
      series += prices(of: run, from: 0, isParent: false)
    } else {
      series += prices(of: parent, from: 0, isParent: false)
    }
    let compared = fork == nil ? "" : " The parent is grey and dashed, the fork solid."
    return Chart(
      name: "price", title: "Price",
      description: "Theoretical price and the band from best bid to best ask at the end of each "
        + "step, in currency units." + compared,
      valueTitle: "Price, currency units", series: series, forkStep: fork?.1.forkStep)
  }

  private func prices(of run: RunSeries, from start: Int, isParent: Bool) -> [Chart.Series] {
    let ending = fork == nil ? "" : isParent ? ", parent" : ", fork"
    let steps = Array(run.steps.dropFirst(start))
    let bids = run.bestBid.dropFirst(start).map { Self.finite($0) }
    let asks = run.bestAsk.dropFirst(start).map { Self.finite($0) }
    let prices = run.midPrice.dropFirst(start).map { Self.finite($0) }
    let colour = isParent ? nil : 0
    return [
      Chart.Series(
        name: "best bid to ask" + ending, colour: isParent ? nil : 5, isParent: isParent,
        shape: .band, steps: steps, values: bids, upperValues: asks),
      Chart.Series(
        name: "theoretical price" + ending, colour: colour, isParent: isParent, steps: steps,
        values: prices),
    ]
  }

  private var pnlChart: Chart {
    var chart = agentChart { agent in agent.pnl.map { Self.finite($0) } }
    chart.name = "pnl"
    chart.title = "Profit and loss"
    chart.description =
      "Each agent\u{2019}s PnL at the end of each step, in currency units, from 0." + comparison
    chart.valueTitle = "PnL, currency units"
    return chart
  }

  private var inventoryChart: Chart {
    var chart = agentChart { agent in agent.inventory.map { Double($0) } }
    chart.name = "inventory"
    chart.title = "Inventory"
    chart.description =
      "Lots each agent holds at the end of each step; negative is short." + comparison
    chart.valueTitle = "Inventory, lots"
    chart.hasWholeValues = true
    for index in chart.series.indices { chart.series[index].shape = .steps }
    return chart
  }

  private var comparison: String {
    fork == nil ? "" : " The parent\u{2019}s lines are thin and dashed, the fork\u{2019}s solid."
  }

  /// Returns a chart with a line per agent, and one more per agent of the parent of a fork.
  private func agentChart(_ values: (AgentSeries) -> [Double?]) -> Chart {
    let pairs = AgentPair.pairs(of: parent, and: fork?.0)
    var faint: [Chart.Series] = []
    var solid: [Chart.Series] = []
    for (place, pair) in pairs.enumerated() {
      // Over a parent's dashed lines, dashes are only for colours that come back.
      let dash = (fork == nil ? place : place / Palette.lines.count) % Palette.dashCount
      var series = Chart.Series(
        name: pair.printedName, colour: place, dash: dash, steps: parent.steps, values: [])
      if fork == nil, let agent = pair.parent {
        series.values = values(agent)
        solid.append(series)
      }
      guard let (run, _) = fork else { continue }
      if let agent = pair.parent {
        var before = series
        let start = pair.fork.map { Self.commonCount(parent, agent, run, $0, values) } ?? 0
        before.name += ", parent"
        before.steps = Array(parent.steps.dropFirst(start))
        before.values = Array(values(agent).dropFirst(start))
        before.isParent = true
        before.isListed = pair.fork == nil
        faint.append(before)
      }
      if let agent = pair.fork {
        series.steps = run.steps
        series.values = values(agent)
        solid.append(series)
      }
    }
    var chart = Chart(
      name: "", title: "", description: "", valueTitle: "", includesZero: true,
      series: faint + solid, forkStep: fork?.1.forkStep)
    if fork != nil, !pairs.isEmpty { chart.keys = Self.keys }
    if pairs.isEmpty { chart.emptyNote = "No agents took part." }
    return chart
  }

  private static var keys: [Chart.Series] {
    [
      Chart.Series(name: "fork", colour: nil, steps: [], values: [], isKey: true),
      Chart.Series(
        name: "parent", colour: nil, isParent: true, steps: [], values: [], isKey: true),
    ]
  }

  private static func finite(_ value: Double?) -> Double? {
    guard let value, value.isFinite else { return nil }
    return min(max(value, -AxisScale.limit), AxisScale.limit)
  }

  /// Returns how many samples a fork's line covers exactly; the last of them is kept as a joint.
  private static func commonCount(
    _ parent: RunSeries, _ before: AgentSeries, _ fork: RunSeries, _ after: AgentSeries,
    _ values: (AgentSeries) -> [Double?]
  ) -> Int {
    let left = zip(parent.steps, values(before))
    let right = zip(fork.steps, values(after))
    let common = zip(left, right).prefix { $0.0 == $1.0 && $0.1 == $1.1 }.count
    return max(common - 1, 0)
  }

  /// Returns the sample before the first at which prices or quotes differ.
  private static func firstDifference(_ parent: RunSeries, _ fork: RunSeries) -> Int {
    let count = min(parent.steps.count, fork.steps.count)
    let same = (0..<count).prefix { index in
      parent.steps[index] == fork.steps[index]
        && sample(parent.midPrice, index) == sample(fork.midPrice, index)
        && sample(parent.bestBid, index) == sample(fork.bestBid, index)
        && sample(parent.bestAsk, index) == sample(fork.bestAsk, index)
    }
    return max(same.count - 1, 0)
  }

  private static func sample(_ values: [Double?], _ index: Int) -> Double? {
    index < values.count ? values[index] : nil
  }

  private static func sample(_ values: [Double], _ index: Int) -> Double? {
    index < values.count ? values[index] : nil
  }
}
