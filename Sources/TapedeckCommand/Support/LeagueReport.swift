import Training

/// What a league came to, for people and for programs.
struct LeagueReport {
  let result: LeagueResult
  let agents: [String]
  /// What the ways of each agent are called.
  let names: [[String]]
  /// What was played.
  let tape: String
  /// Minor units of one unit of the currency.
  let unit: Double
  let seed: UInt64
  let command: String
  /// What follows an agent's name and its opponents in a line that trains it where the league was played; nil
  /// where they were told how to trade, which such a line cannot.
  let place: String?

  private var runs: Int { result.gains[0].count }

  /// The way that each agent chooses in a profile.
  private func words(_ profile: Int) -> [String] {
    zip(names, result.game.choices(in: profile)).map { $0[$1] }
  }

  // MARK: For people

  /// The report for people.
  var text: String {
    let count = result.game.payoffs.count
    var text =
      "\(count) combinations, each played \(runs) times under the same noise; seeds made of \(seed)\n"
    var rows = [agents + agents.flatMap { ["gain of \($0)", "95 % interval"] }]
    for profile in result.game.payoffs.indices {
      rows.append(
        words(profile)
          + result.gain(profile).flatMap { [amount($0.mean), range($0.interval) ?? "one draw"] })
    }
    text += TextTable.text(rows, leading: agents.count)
    text +=
      "how often each would choose what, after \(LeagueResult.rounds) rounds of regret matching"
    text += runs > 1 ? " on the first \(runs / 2) runs:\n" : " on one draw:\n"
    for (player, agent) in agents.enumerated() {
      let words = zip(names[player], result.mixtures[player]).map { "\($0) \($1.fixed(3))" }
      text += "  \(agent): \(words.joined(separator: ", "))\n"
    }
    if let regrets = result.regrets() {
      text +=
        "what each could still gain by its best way alone, on the other \(runs - runs / 2) runs:\n"
      for (agent, regret) in zip(agents, regrets) {
        let interval = range(regret.interval).map { " (\($0))" }
        text += "  \(agent): \(amount(regret.mean))\(interval ?? "")\n"
      }
    }
    let lines = agents.indices.compactMap { training($0) }
    if !lines.isEmpty {
      text +=
        "to learn an answer to what the others would choose, and add it with another --policy:\n"
      text += lines.map { "  \($0)\n" }.joined()
    }
    return text + "again with: \(command)\n"
  }

  /// The line that trains an agent against what the others would choose; nil where opponents trade as no line can
  /// say.
  private func training(_ player: Int) -> String? {
    guard let place else { return nil }
    var line = "tapedeck train \(tape.shellWord) --agent \(agents[player].shellWord)"
    for other in agents.indices where other != player {
      let parts = result.mixtures[other].map { $0.fixed(3) }
      let chosen = parts.indices.filter { parts[$0] != "0.000" }
      // What everybody does by himself needs no word.
      if chosen == [0] { continue }
      for way in chosen {
        let name = names[other][way]
        let file = way > 0 && name == "strategy" ? "./strategy" : name
        line += " --against " + "\(agents[other])=\(file)@\(parts[way])".shellWord
      }
    }
    return line + place + " -o " + "answer.\(agents[player]).tape".shellWord
  }

  private func amount(_ minor: Double) -> String { (minor / unit).fixed(2, isSigned: true) }

  private func range(_ interval: ClosedRange<Double>?) -> String? {
    interval.map { "\(amount($0.lowerBound)) .. \(amount($0.upperBound))" }
  }

  // MARK: For programs

  /// The report as JSON.
  var object: [String: Any] {
    let profiles = result.game.payoffs.enumerated().map { profile, payoff -> [String: Any] in
      [
        "choices": words(profile), "gains": payoff.map { $0 / unit },
        "runs": result.gains[profile].map { $0.map { $0 / unit } },
      ]
    }
    let regrets = result.regrets()
    let players = agents.indices.map { player -> [String: Any] in
      var object: [String: Any] = [
        "agent": agents[player], "ways": names[player], "mixture": result.mixtures[player],
      ]
      object["train"] = training(player)
      if let regret = regrets?[player] {
        object["regret"] = regret.mean / unit
        if let interval = regret.interval {
          object["regret_interval"] = [interval.lowerBound / unit, interval.upperBound / unit]
        }
      }
      return object
    }
    return [
      "players": players, "profiles": profiles, "seed": seed, "replicates": runs,
    ]
  }
}
