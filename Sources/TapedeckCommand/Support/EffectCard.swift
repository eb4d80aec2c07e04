import Counterfactual
import Foundation
import MarketModel

/// The effect of a difference on everything that is looked at, and how to get it again.
struct EffectCard {
  /// One outcome's effect.
  struct Row {
    let name: String
    /// How many decimals its figures are shown with.
    let decimals: Int
    let estimate: EffectEstimate
  }

  let rows: [Row]
  private let count: Int
  private let seed: UInt64
  private let ticks: Tick
  private let held: [String]
  private let command: String

  init(
    _ pairs: [(treated: RunOutcome, control: RunOutcome)], agents: [String],
    currencyDecimals: Int, priceDecimals: Int, seed: UInt64, ticks: Tick, held: [String],
    command: String
  ) {
    count = pairs.count
    self.seed = seed
    self.ticks = ticks
    self.held = held
    self.command = command
    var rows: [Row] = []
    func add(_ name: String, _ decimals: Int, _ value: (RunOutcome) -> Double) {
      let values = pairs.map { (treated: value($0.treated), control: value($0.control)) }
      rows.append(Row(name: name, decimals: decimals, estimate: EffectEstimate(values, seed: seed)))
    }
    let unit = (0..<currencyDecimals).reduce(1.0) { value, _ in value * 10 }
    // An agent that joins is in one run of each pair only: before it had nothing.
    for (index, name) in agents.enumerated() {
      add("gain of \(name)", currencyDecimals) { $0.gains[index] / unit }
      add("inventory of \(name)", 2) { Double($0.inventories[index]) }
      add("fills of \(name)", 2) { Double($0.fills[index]) }
    }
    add("volume", 2) { Double($0.volume) }
    let increments = (0..<priceDecimals).reduce(1.0) { value, _ in value * 10 }
    add("price", priceDecimals) { $0.price / increments }
    self.rows = rows
  }

  /// The card for people.
  var text: String {
    var table = [
      ["effect on", "mean", "95 % interval", "bootstrap", "sign p", "correlation", "variance"]
    ]
    for row in rows {
      let estimate = row.estimate
      table.append([
        row.name, Self.signed(estimate.mean, row.decimals),
        Self.range(estimate.interval, row.decimals),
        Self.range(estimate.bootstrap, row.decimals),
        String(format: "%.3f", estimate.signProbability),
        estimate.correlation.map { String(format: "%.3f", $0) } ?? "-",
        estimate.varianceFactor.map { String(format: "%.1f", $0) + "x" } ?? "exact",
      ])
    }
    let others = held.isEmpty ? "others react" : "held: " + held.joined(separator: ", ")
    return "\(count) pairs over \(ticks) ticks, \(others); seeds made of \(seed)\n"
      + TextTable.text(table) + "again with: \(command)\n"
  }

  /// The card for programs.
  var object: [String: Any] {
    [
      "pairs": count, "seed": seed, "ticks": ticks, "held": held, "command": command,
      "outcomes": rows.map { row in
        let estimate = row.estimate
        var object: [String: Any] = [
          "name": row.name, "mean": estimate.mean, "deviation": estimate.deviation,
          "sign_probability": estimate.signProbability,
        ]
        if let interval = estimate.interval {
          object["interval"] = [interval.lowerBound, interval.upperBound]
        }
        if let bootstrap = estimate.bootstrap {
          object["bootstrap"] = [bootstrap.lowerBound, bootstrap.upperBound]
        }
        if let correlation = estimate.correlation { object["correlation"] = correlation }
        if let factor = estimate.varianceFactor { object["variance_factor"] = factor }
        return object
      },
    ]
  }

  private static func signed(_ value: Double, _ decimals: Int) -> String {
    String(format: "%+.\(decimals)f", value == 0 ? 0 : value)
  }

  private static func range(_ range: ClosedRange<Double>?, _ decimals: Int) -> String {
    guard let range else { return "-" }
    return signed(range.lowerBound, decimals) + " .. " + signed(range.upperBound, decimals)
  }
}
