import Agents
import Counterfactual
import Training

/// What came of a selection.
extension Select {
  func text(
    _ result: SelectionResult, _ names: [String], _ walk: WalkForward, _ unit: Double
  ) -> String {
    var rows = [["trial", "Sharpe ratio", "95 % over tests", "mean gain of a test"]]
    for trial in result.trials {
      let interval = trial.interval.map {
        "\($0.lowerBound.fixed(4)) .. \($0.upperBound.fixed(4))"
      }
      rows.append([
        "\(names[trial.candidate]) seed \(trial.seed)", trial.sharpe.value.fixed(4),
        interval ?? "-", (trial.gain / unit).fixed(2),
      ])
    }
    let folds = walk.folds.map { fold in
      "learns from \(fold.training.lowerBound) to \(fold.training.upperBound - 1), "
        + "tested on \(fold.test.lowerBound) to \(fold.test.upperBound - 1)"
    }
    var text = folds.enumerated().map { "fold \($0 + 1): \($1)\n" }.joined()
    text += TextTable.text(rows)
    return text + verdict(result, names)
  }

  private func verdict(_ result: SelectionResult, _ names: [String]) -> String {
    let probability = result.deflated.fixed(3)
    // One trial is the best of none.
    if result.count == 1 {
      return "probability that its Sharpe ratio is above 0: \(probability)\n"
    }
    let best = result.best
    let others = result.count - result.trials.count
    return "best of \(result.trials.count) trials: \(names[best.candidate]) seed \(best.seed)\n"
      + (others > 0
        ? "with those of earlier calls there were \(result.count) trials (\(tapes ?? ""))\n" : "")
      + "the best of so many that are worth nothing would be expected to have "
      + "\(result.expectedHighest.fixed(4))\n"
      + "deflated Sharpe ratio (the probability that it is better than that): \(probability)\n"
  }

  func object(
    _ result: SelectionResult, _ names: [String], _ walk: WalkForward, _ unit: Double
  ) -> [String: Any] {
    let folds = walk.folds.map {
      [
        "training": [$0.training.lowerBound, $0.training.upperBound],
        "test": [$0.test.lowerBound, $0.test.upperBound],
      ]
    }
    let trials = result.trials.map { trial -> [String: Any] in
      var object: [String: Any] = [
        "candidate": names[trial.candidate], "seed": trial.seed, "sharpe": trial.sharpe.value,
        "returns": trial.sharpe.count, "skewness": trial.sharpe.skewness,
        "kurtosis": trial.sharpe.kurtosis, "mean_gain": trial.gain / unit,
      ]
      if let interval = trial.interval {
        object["interval"] = [interval.lowerBound, interval.upperBound]
      }
      return object
    }
    return [
      "trials": trials, "folds": folds, "trial_count": result.count,
      "best": ["candidate": names[result.best.candidate], "seed": result.best.seed],
      "expected_highest": result.expectedHighest, "deflated_sharpe": result.deflated,
    ]
  }

  func command(_ parent: OpenedTape) -> String {
    var line = "tapedeck select \(parent.path.shellWord) --agent \(agent.shellWord)"
    for path in input.parent { line += " --parent \(path.shellWord)" }
    for text in candidate { line += " --candidate \(text.shellWord)" }
    line += " --at \(at) --folds \(folds) --purge \(purge) --seeds \(seeds) --tests \(tests)"
    if let until { line += " --until \(until)" }
    line += " --updates \(updates) --episodes \(episodes)"
    if let tapes { line += " --tapes \(tapes.shellWord)" }
    if let rules { line += " --rules \(rules.shellWord)" }
    for text in self.set { line += " --set \(text.shellWord)" }
    for name in hold { line += " --hold \(name.shellWord)" }
    return line
  }
}
