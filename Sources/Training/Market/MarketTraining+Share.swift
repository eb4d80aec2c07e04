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
    let first = trainees[0].settings.agent
    for other in trainees where other.width != trainees[0].width {
      throw .setting(
        "shared", expected: "a pair of \(other.settings.agent) as of \(first), or of neither")
    }
    for other in trainees where other.trader.speaks != trainees[0].trader.speaks {
      throw .setting(
        "shared", expected: "signal_to of \(other.settings.agent) as of \(first), or of neither")
    }
  }

  /// Refuses agents one of which decides far more often: a learner takes as many decisions of each.
  func expectAlikeOften(_ episodes: [[MarketEpisode]]) throws(MarketTrainingError) {
    let counts = trainees.indices.map { place in
      (trainees[place].settings.agent, episodes.map { $0[place].count }.min() ?? 0)
    }
    guard let most = counts.max(by: { $0.1 < $1.1 }), let least = counts.min(by: { $0.1 < $1.1 })
    else { return }
    if least.1 > 0, most.1 > 2 * least.1 {
      throw .setting(
        "shared",
        expected: "agents that decide about as often: in an episode \(most.0) does so "
          + "\(most.1) times, \(least.0) \(least.1)")
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
    let update: MarketUpdate
    do throws(MarketTrainingError) {
      update = try trainees[0].learn(together(episodes), &workspace)
    } catch {
      // It is not known of whom.
      guard case .notFinite(_, let what, let place) = error else { throw error }
      throw .notFinite(agent: settings.names, what: what, place: place)
    }
    return trainees.indices.map { place in
      if place > 0 { trainees[place].share(trainees[0]) }
      return MarketUpdate(
        update, gain: MarketEpisode.meanGain(episodes.map { $0[place] }))
    }
  }
}
