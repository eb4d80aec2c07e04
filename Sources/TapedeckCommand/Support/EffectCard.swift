import Counterfactual
import MarketModel
import Reports
import Session

/// The effect of a difference on everything that is looked at, and how to get it again.
struct EffectCard {
  let study: EffectStudy
  /// The differences, in words.
  let interventions: [String]
  /// The fork's tick.
  let tick: Tick
  /// The seed of the replicates.
  let seed: UInt64
  /// Ticks from the fork to the end.
  let ticks: Tick
  /// Shorter spans that are looked at too.
  let spans: [Tick]
  /// Lots of each placebo.
  let placeboSize: Lots
  /// Agents that are held in all runs.
  let held: [String]
  /// The line that makes it again.
  let command: String
  /// Whether the effect is split at a policy that has learned nothing.
  var isLearned = false
  /// The session, with all agents that an intervention adds.
  let scenario: Scenario

  // MARK: For people

  /// What is shown of it: JSON has the rest.
  private var shown: [EffectStudy.Row] {
    study.rows.filter { row in
      switch row.metric {
      case .agent(_, .fees), .agent(_, .drawdown), .market(_, .trades): false
      default: true
      }
    }
  }

  /// The card for people.
  var text: String {
    var text = "\(study.count) pairs over \(ticks) ticks, \(others); seeds made of \(seed)\n"
    text += TextTable.text(mainTable)
    if !spans.isEmpty { text += "after fewer ticks:\n" + TextTable.text(spanTable) }
    if study.rows.contains(where: { $0.parts != nil }) {
      text += partCaption + TextTable.text(partTable)
    }
    if let count = study.rows.first?.placebos.count, count > 0 {
      text +=
        "placebos: \(count) random orders of \(lots); 95 % of their effects lie within\n"
        + TextTable.text(placeboTable)
    }
    // What is measured again is the whole: a policy that knows nothing is not a file.
    return text + (isLearned ? "the total again with: " : "again with: ") + "\(command)\n"
  }

  private var others: String {
    held.isEmpty ? "others react" : "held: " + held.joined(separator: ", ")
  }

  /// The estimates.
  var mainTable: [[String]] {
    let hasPlacebos = study.rows.contains { $0.placeboProbability != nil }
    var head = ["effect on", "mean", "95 % interval", "bootstrap", "sign p", "adjusted p"]
    if hasPlacebos { head.append("placebo p") }
    var table = [head + ["variance"]]
    for row in shown {
      let estimate = row.estimate
      var cells = [
        name(row.metric), signed(estimate.mean, row.metric),
        range(estimate.interval, row.metric), range(estimate.bootstrap, row.metric),
        Self.share(estimate.signProbability), Self.share(row.adjusted),
      ]
      if hasPlacebos { cells.append(Self.share(row.placeboProbability)) }
      table.append(cells + [Self.factor(estimate)])
    }
    return table
  }

  private var spanTable: [[String]] {
    var table = [["effect on"] + spans.map { "\($0) ticks" } + ["\(ticks) ticks"]]
    for row in shown {
      table.append(
        [name(row.metric)]
          + (row.spans + [row.estimate]).map {
            signed($0.mean, row.metric) + " (" + Self.factor($0) + ")"
          })
    }
    return table
  }

  private var partCaption: String {
    isLearned
      ? "of that, by a policy that has learned nothing here, and by what it learned:\n"
      : "of that, while nobody reacts, and by reactions"
        + " (\(study.infeasible) commands became impossible):\n"
  }

  /// What the two parts of an effect are called.
  private var partNames: (first: String, second: String) {
    isLearned ? ("untrained", "learning") : ("direct", "reaction")
  }

  /// Direct effects and reactions, or what an untrained policy does and what it learned.
  var partTable: [[String]] {
    let (first, second) = partNames
    var table = [["effect on", "total", first, "95 % interval", second, "95 % interval"]]
    for row in shown {
      guard let (direct, reaction) = row.parts else { continue }
      table.append([
        name(row.metric), signed(row.estimate.mean, row.metric),
        signed(direct.mean, row.metric), range(direct.interval, row.metric),
        signed(reaction.mean, row.metric), range(reaction.interval, row.metric),
      ])
    }
    return table
  }

  private var placeboTable: [[String]] {
    var table = [["effect on", "placebos", "this"]]
    for row in shown where !row.placebos.isEmpty {
      table.append([
        name(row.metric), range(Self.middle(row.placebos), row.metric),
        signed(row.estimate.mean, row.metric),
      ])
    }
    return table
  }

  /// The middle 95 % of values in ascending order.
  private static func middle(_ values: [Double]) -> ClosedRange<Double> {
    let cut = values.count / 40
    return values[cut]...values[values.count - 1 - cut]
  }

  private func name(_ metric: OutcomeMetric) -> String { metric.name(in: scenario) }

  private func signed(_ value: Double, _ metric: OutcomeMetric) -> String {
    metric.signed(value, in: scenario)
  }

  private func range(_ range: ClosedRange<Double>?, _ metric: OutcomeMetric) -> String {
    guard let range else { return "-" }
    return signed(range.lowerBound, metric) + " .. " + signed(range.upperBound, metric)
  }

  private static func share(_ value: Double?) -> String {
    value.map { $0.fixed(3) } ?? "-"
  }

  private static func factor(_ estimate: EffectEstimate) -> String {
    estimate.varianceFactor.map { $0.fixed(1) + "x" }
      ?? (estimate.count > 1 ? "exact" : "-")
  }

  // MARK: As a page

  /// The card as a page.
  func page(parent: String, identity: String) -> EffectPage {
    var facts = [
      ("parent", parent), ("identity of the parent", identity), ("fork", "at tick \(tick)"),
      ("runs", "\(study.count) pairs over \(ticks) ticks, \(others)"),
      ("noise", "each pair shares all of it from the fork on; seeds made of \(seed)"),
    ]
    if let count = study.rows.first?.placebos.count, count > 0 {
      facts.append(("placebos", "\(count) random orders of \(lots)"))
    }
    if study.rows.contains(where: { $0.parts != nil }) {
      facts.append(
        ("direct", "others held; \(study.infeasible) of their commands became impossible"))
    }
    return EffectPage(
      title: "Effect at tick \(tick): " + interventions.joined(separator: "; "),
      interventions: interventions, facts: facts.map { (name: $0.0, value: $0.1) },
      rows: shown.map(pageRow), command: command)
  }

  private var lots: String { "\(placeboSize) \(placeboSize == 1 ? "lot" : "lots")" }

  private func pageRow(_ row: EffectStudy.Row) -> EffectPage.Row {
    let (scale, decimals) = row.metric.unit(in: scenario)
    func scaled(_ range: ClosedRange<Double>) -> ClosedRange<Double> {
      range.lowerBound / scale...range.upperBound / scale
    }
    var shown = EffectPage.Row(
      name: name(row.metric), decimals: decimals, mean: row.estimate.mean / scale,
      interval: row.estimate.interval.map(scaled))
    if !row.placebos.isEmpty { shown.placebos = scaled(Self.middle(row.placebos)) }
    shown.adjustedProbability = row.adjusted
    shown.placeboProbability = row.placeboProbability
    shown.varianceFactor = row.estimate.varianceFactor
    shown.parts = row.parts.map { ($0.direct.mean / scale, $0.reaction.mean / scale) }
    return shown
  }

  // MARK: For programs

  /// The card for programs; amounts in the units that people read.
  var object: [String: Any] {
    [
      "pairs": study.count, "seed": seed, "tick": tick, "ticks": ticks, "held": held,
      "spans": spans, "interventions": interventions, "command": command,
      "infeasible": study.infeasible, "placebo_size": placeboSize,
      "outcomes": study.rows.map { row in
        let scale = row.metric.unit(in: scenario).scale
        var object = Self.object(row.estimate, scale)
        object["name"] = name(row.metric)
        if let adjusted = row.adjusted { object["adjusted_probability"] = adjusted }
        if !row.spans.isEmpty { object["spans"] = row.spans.map { Self.object($0, scale) } }
        if let (direct, reaction) = row.parts {
          object[partNames.first] = Self.object(direct, scale)
          object[partNames.second] = Self.object(reaction, scale)
        }
        if let probability = row.placeboProbability {
          object["placebo_probability"] = probability
          object["placebos"] = row.placebos.map { $0 / scale }
        }
        return object
      },
    ]
  }

  private static func object(_ estimate: EffectEstimate, _ scale: Double) -> [String: Any] {
    var object: [String: Any] = [
      "mean": estimate.mean / scale, "deviation": estimate.deviation / scale,
      "sign_probability": estimate.signProbability,
    ]
    if let interval = estimate.interval {
      object["interval"] = [interval.lowerBound / scale, interval.upperBound / scale]
    }
    if let bootstrap = estimate.bootstrap {
      object["bootstrap"] = [bootstrap.lowerBound / scale, bootstrap.upperBound / scale]
    }
    if let probability = estimate.probability { object["probability"] = probability }
    if let correlation = estimate.correlation { object["correlation"] = correlation }
    if let factor = estimate.varianceFactor { object["variance_factor"] = factor }
    return object
  }
}
