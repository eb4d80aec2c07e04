import Counterfactual
import Determinism
import Market
import MarketModel
import Session

/// The effects that a sweep found: at each tick, of each arm, on each number.
struct SweepEffects {
  /// One effect.
  struct Row {
    let tick: Tick
    let arm: String
    let metric: OutcomeMetric
    /// The name of the number.
    let name: String
    let estimate: EffectEstimate
    /// The probability, adjusted for all effects of the sweep.
    var adjusted: Double?
    fileprivate let scenario: Scenario

    /// How many of its unit the number has.
    var scale: Double { metric.unit(in: scenario).scale }
  }

  private(set) var rows: [Row] = []

  /// Reads the results tick by tick.
  init(_ folder: SweepFolder, _ scenario: Scenario) throws(CommandFailure) {
    let jobs = folder.plan.jobs
    let width = folder.plan.arms.count + 1
    let size = folder.plan.seeds * width
    for (index, point) in folder.plan.points.enumerated() {
      var outcomes: [RunOutcome] = []
      for job in jobs[index * size..<(index + 1) * size] {
        guard let result = try folder.result(job.key) else {
          throw CommandFailure(Exit.loss, "fork \(job.key.hexadecimal) has no result yet")
        }
        outcomes.append(result.outcome)
      }
      for (arm, name) in folder.plan.arms.enumerated() {
        var joined = scenario
        for case .addAgent(let agent) in point.interventions[arm] { joined.agents.append(agent) }
        let replicates = (0..<folder.plan.seeds).map { seed in
          Replicate(
            controls: [outcomes[seed * width]], treated: [outcomes[seed * width + arm + 1]])
        }
        let metrics = OutcomeMetric.all(
          agents: joined.agents.count, instruments: joined.instruments.count)
        let study = EffectStudy(
          replicates, metrics: metrics, seed: folder.plan.seed, resamples: 0)
        rows += study.rows.map {
          Row(
            tick: point.tick, arm: name, metric: $0.metric, name: $0.metric.name(in: joined),
            estimate: $0.estimate, adjusted: nil, scenario: joined)
        }
      }
    }
    let adjusted = Multiplicity.adjusted(rows.map { $0.estimate.probability ?? 1 })
    for index in rows.indices where rows[index].estimate.probability != nil {
      rows[index].adjusted = adjusted[index]
    }
  }

  func text(all: Bool) -> String {
    var table = [
      ["tick", "differs", "effect on", "mean", "95 % interval", "adjusted p", "variance"]
    ]
    for row in rows {
      switch row.metric {
      case .agent(_, .gain), .market(_, .volume): break
      default: if !all { continue }
      }
      table.append([
        "\(row.tick)", row.arm, row.name, row.metric.signed(row.estimate.mean, in: row.scenario),
        row.estimate.interval.map {
          row.metric.signed($0.lowerBound, in: row.scenario) + " .. "
            + row.metric.signed($0.upperBound, in: row.scenario)
        } ?? "-",
        row.adjusted.map { $0.fixed(3) } ?? "-",
        row.estimate.varianceFactor.map { $0.fixed(1) + "x" }
          ?? (row.estimate.count > 1 ? "exact" : "-"),
      ])
    }
    return TextTable.text(table)
  }

  /// RFC 4180; amounts in the units that people read.
  var csv: String {
    var text = "tick,differs,outcome,pairs,mean,low,high,probability,adjusted,variance_factor\r\n"
    for row in rows {
      let estimate = row.estimate
      let numbers = [
        estimate.mean / row.scale, estimate.interval.map { $0.lowerBound / row.scale },
        estimate.interval.map { $0.upperBound / row.scale }, estimate.probability, row.adjusted,
        estimate.varianceFactor,
      ]
      text += "\(row.tick),\(Self.quoted(row.arm)),\(Self.quoted(row.name)),\(estimate.count),"
      text += numbers.map { $0.map { "\($0)" } ?? "" }.joined(separator: ",") + "\r\n"
    }
    return text
  }

  private static func quoted(_ text: String) -> String {
    if !text.contains(where: { "\",\r\n".contains($0) }) { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }

  var object: [String: Any] {
    [
      "effects": rows.map { row in
        var object: [String: Any] = [
          "tick": row.tick, "differs": row.arm, "outcome": row.name,
          "pairs": row.estimate.count, "mean": row.estimate.mean / row.scale,
        ]
        if let interval = row.estimate.interval {
          object["interval"] = [
            interval.lowerBound / row.scale, interval.upperBound / row.scale,
          ]
        }
        if let probability = row.estimate.probability { object["probability"] = probability }
        if let adjusted = row.adjusted { object["adjusted_probability"] = adjusted }
        if let factor = row.estimate.varianceFactor { object["variance_factor"] = factor }
        return object
      }
    ]
  }
}
