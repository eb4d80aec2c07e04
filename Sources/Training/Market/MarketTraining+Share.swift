import Agents
import MarketModel

/// One policy that several agents learn, from what each of them saw, did and got: each is another row of what a
/// learner of one agent learns from.
extension MarketTraining {
  /// Refuses agents that do not begin alike.
  func expectOneBeginning() throws(MarketTrainingError) {
    let begins = trainees.map { trainee in
      // How each trades is its own.
      var before = trainee.before
      before?.trading = nil
      return before
    }
    for place in trainees.indices where begins[place] != begins[0] {
      throw .setting(
        "shared", expected: "agents that begin with one policy, or all of them with none")
    }
    for other in trainees where other.width != trainees[0].width {
      throw .setting("shared", expected: "agents that all trade a pair, or none of them")
    }
    for other in trainees where other.trader.speaks != trainees[0].trader.speaks {
      throw .setting("shared", expected: "agents that all have signal_to, or none of them")
    }
  }

  /// What all agents saw, did and got, episode by episode: by name, so that in which order they are told
  /// changes nothing.
  func together(_ episodes: [[MarketEpisode]]) -> [MarketEpisode] {
    let order = trainees.indices.sorted {
      trainees[$0].settings.agent < trainees[$1].settings.agent
    }
    return episodes.flatMap { episode in order.map { episode[$0] } }
  }

  /// Learns once for all agents, and returns what it came to for each: they gained different things.
  ///
  /// - Throws: `MarketTrainingError` where a number is not finite; what is learned then has no meaning.
  mutating func learnTogether(
    _ episodes: [[MarketEpisode]], _ workspace: inout MarketLearner.Workspace
  ) throws(MarketTrainingError) -> [MarketUpdate] {
    let update = try trainees[0].learn(together(episodes), &workspace)
    return trainees.indices.map { place in
      if place > 0 { trainees[place].share(trainees[0]) }
      return MarketUpdate(
        update, gain: MarketEpisode.meanGain(episodes.map { $0[place] }))
    }
  }
}
