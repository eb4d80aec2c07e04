import Training

/// What a league came to, for people and for programs.
struct LeagueReport {
  let result: LeagueResult
  let agents: [String]
  /// What the ways of each agent are called.
  let names: [[String]]
  /// Minor units of one unit of the currency.
  let unit: Double
  let seed: UInt64
  let command: String

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
    var rows = [agents + agents.map { "gain of \($0)" }]
    for (profile, payoff) in result.game.payoffs.enumerated() {
      rows.append(words(profile) + payoff.map { ($0 / unit).fixed(2, isSigned: true) })
    }
    text += TextTable.text(rows, leading: agents.count)
    text +=
      "how often each would choose what, after \(LeagueResult.rounds) rounds of regret matching:\n"
    for (player, agent) in agents.enumerated() {
      let words = zip(names[player], result.mixtures[player]).map { "\($0) \($1.fixed(3))" }
      text += "  \(agent): \(words.joined(separator: ", "))\n"
    }
    text += "what each could still gain then by its best way alone:\n"
    for (agent, regret) in zip(agents, result.regrets(result.mixtures)) {
      let interval = regret.interval.map {
        " (\(($0.lowerBound / unit).fixed(2)) .. \(($0.upperBound / unit).fixed(2)))"
      }
      text += "  \(agent): \((regret.gain / unit).fixed(2))\(interval ?? "")\n"
    }
    return text + "again with: \(command)\n"
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
    let regrets = result.regrets(result.mixtures)
    let players = agents.indices.map { player -> [String: Any] in
      var object: [String: Any] = [
        "agent": agents[player], "ways": names[player], "mixture": result.mixtures[player],
        "regret": regrets[player].gain / unit,
      ]
      if let interval = regrets[player].interval {
        object["regret_interval"] = [interval.lowerBound / unit, interval.upperBound / unit]
      }
      return object
    }
    return [
      "players": players, "profiles": profiles, "seed": seed, "replicates": runs,
      "exploitability": result.game.exploitability(result.mixtures) / unit,
    ]
  }
}
