import Counterfactual
import Market
import MarketModel
import Session

/// Shares and difference rewards, averaged over sessions.
struct AttributionTable {
  private let runs: [AttributedRun]
  private let metrics: [OutcomeMetric]
  private let players: [AgentIndex]
  private let scenario: Scenario
  private let seed: UInt64
  private let student: StudentT?

  init(
    _ runs: [AttributedRun], metrics: [OutcomeMetric], players: [AgentIndex], scenario: Scenario,
    seed: UInt64
  ) {
    self.runs = runs
    self.metrics = metrics
    self.players = players
    self.scenario = scenario
    self.seed = seed
    student = runs.count > 1 ? StudentT(degrees: runs.count - 1) : nil
  }

  private func estimate(_ value: (AttributedRun) -> Double) -> EffectEstimate {
    EffectEstimate(
      runs.map { (treated: value($0), control: 0) }, seed: seed, resamples: 0, by: student)
  }

  /// The 95 % interval: over sessions, or of the drawn orders of one; nil where it is exact.
  private func interval(_ player: Int, _ number: Int) -> ClosedRange<Double>? {
    let share = estimate { $0.shares.shares[player][number] }
    if let interval = share.interval { return interval }
    let error = runs[0].shares.errors[player][number]
    return error > 0 ? share.mean - error...share.mean + error : nil
  }

  func text(note: String) -> String {
    var text = ""
    for (number, metric) in metrics.enumerated() {
      var rows = [[metric.name(in: scenario), "share", "95 % interval", "difference reward"]]
      for (player, agent) in players.enumerated() {
        rows.append([
          scenario.agents[Int(agent)].account.name,
          metric.signed(estimate { $0.shares.shares[player][number] }.mean, in: scenario),
          interval(player, number).map {
            metric.signed($0.lowerBound, in: scenario) + " .. "
              + metric.signed($0.upperBound, in: scenario)
          } ?? (runs.count > 1 ? "-" : "exact"),
          metric.signed(estimate { $0.rewards[player][number] }.mean, in: scenario),
        ])
      }
      rows.append([
        "together", metric.signed(estimate { $0.shares.total[number] }.mean, in: scenario), "", "",
      ])
      text += TextTable.text(rows)
    }
    return text + note + "\n"
  }

  var object: [String: Any] {
    [
      "outcomes": metrics.enumerated().map { number, metric in
        let scale = metric.unit(in: scenario).scale
        return [
          "name": metric.name(in: scenario),
          "total": estimate { $0.shares.total[number] }.mean / scale,
          "agents": players.enumerated().map { player, agent in
            var object: [String: Any] = [
              "agent": scenario.agents[Int(agent)].account.name,
              "share": estimate { $0.shares.shares[player][number] }.mean / scale,
              "difference_reward": estimate { $0.rewards[player][number] }.mean / scale,
            ]
            if let interval = interval(player, number) {
              object["interval"] = [interval.lowerBound / scale, interval.upperBound / scale]
            }
            return object
          },
        ] as [String: Any]
      }
    ]
  }
}
