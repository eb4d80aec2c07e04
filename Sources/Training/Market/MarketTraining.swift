public import Agents
public import Counterfactual
import Determinism
import Market
public import MarketModel
public import Session

/// Agents of a session that learn: a fork at a tick is played over and over, each time with other noise,
/// each of them doing what its policy says and all others deciding for themselves.
///
/// An update plays some episodes; then each agent learns from what it saw, did and got in them. `play` is
/// a pure function, so episodes may be played on any number of threads. As a value it is the whole state
/// of a training: a copy goes on as the original does, bit for bit.
public struct MarketTraining<Roster: AgentRoster>: Sendable {
  /// How they are trained.
  public let settings: MarketTrainingSettings
  /// The agents that learn, in the order of the settings.
  public internal(set) var trainees: [Trainee] = []
  /// The fork that is played, without a difference.
  private let plan: ForkPlan<Roster>
  /// Who does something else in each episode.
  private let opponents: Opponents

  // MARK: Beginning

  /// Prepares a training: plays the first episodes once, to know how long they are and what is seen.
  ///
  /// The draws of a learner are made of the seed alone where there is one. Where there are several they are made
  /// of the seed and the agent's name: who the others are, and in which order they are named, changes none.
  /// - Throws: `MarketTrainingError`.
  public init(
    _ plan: ForkPlan<Roster>, settings: MarketTrainingSettings, seed: UInt64
  ) throws(MarketTrainingError) {
    self.plan = plan
    self.settings = settings
    guard settings.episodes > 0 else { throw .setting("episodes", expected: "1 or more") }
    guard settings.seeds > 0 else { throw .setting("seeds", expected: "1 or more") }
    guard (1...MarketTrainingSettings.maximumTrainees).contains(settings.trainees.count) else {
      throw .setting("agent", expected: "1 to \(MarketTrainingSettings.maximumTrainees) that learn")
    }
    try settings.expectAlike()
    let central = settings.trainees.contains { $0.learning.hasCentralCritic }
    if central, settings.trainees.count > MarketTrainingSettings.maximumCentral {
      throw .setting(
        "central_critic",
        expected: "at most \(MarketTrainingSettings.maximumCentral) agents that learn")
    }
    let opening = plan.opening
    opponents = try Opponents(settings, opening.scenario, seed: seed)
    for own in settings.trainees {
      if trainees.contains(where: { $0.settings.agent == own.agent }) {
        throw .setting("agent", expected: "\(own.agent) once")
      }
      let index = opening.scenario.agents.firstIndex { $0.account.name == own.agent }
      trainees.append(
        try Trainee(
          own, in: settings, opening.scenario,
          policy: index.map { opening.agents[$0].policy } ?? [],
          seed: Self.seed(seed, of: own.agent, settings)))
    }
    if settings.isShared { try expectOneBeginning() }
    if central,
      let other = settings.trainees.first(where: { $0.learning.algorithm == .recurrentPPO })
    {
      throw .setting(
        "central_critic",
        expected: "false where \(other.agent) learns by \(other.learning.algorithm.name): its "
          + "critic sees what it remembers")
    }
    if central, trainees.contains(where: { $0.width != trainees[0].width }) {
      throw .setting("central_critic", expected: "agents that all trade a pair, or none of them")
    }
    // What cannot be done is said now, not when it is first drawn.
    for trainee in trainees {
      try expectPossible(
        [trainee.intervention(trainee.policy)], "\(trainee.settings.agent), to learn")
    }
    for differences in opponents.differences {
      try expectPossible(differences + interventions, "what is learned against")
    }
    var first: [[MarketEpisode]] = []
    for number in 0..<settings.episodes { first.append(try play(number)) }
    if settings.isShared { try expectAlikeOften(first) }
    for place in trainees.indices {
      trainees[place] = try Trainee(
        trainees[place], in: settings,
        seed: Self.seed(seed, of: settings.trainees[place].agent, settings),
        first: settings.isShared ? together(first) : first.map { $0[place] })
    }
  }

  private func expectPossible(
    _ interventions: [Intervention], _ words: String
  ) throws(MarketTrainingError) {
    var trial = plan
    do throws(ImpossibleIntervention) {
      try trial.add(interventions)
    } catch {
      throw .impossible(reason: "\(words): \(error.reason)")
    }
  }

  private static func seed(
    _ seed: UInt64, of agent: String, _ settings: MarketTrainingSettings
  ) -> UInt64 {
    if settings.trainees.count == 1 || settings.isShared { return seed }
    return NoiseKey(seed: seed, entity: agent, purpose: "learner").bits(tick: 0, slot: 0, draw: 0)
  }

  /// How many decisions an update learns from, at least: those of all agents together.
  public var batch: Int { trainees.reduce(0) { $0 + $1.steps } * settings.episodes }

  /// How often they learned.
  public var updateCount: Int { trainees[0].updateCount }

  // MARK: Playing

  /// The differences that give the agents what they have learned so far.
  public var interventions: [Intervention] { trainees.map { $0.intervention($0.policy) } }

  /// The seed of an episode, counted from 0: they come again after `seeds` of them.
  public func seed(of episode: Int) -> UInt64 {
    settings.firstSeed &+ UInt64(episode % settings.seeds)
  }

  /// Plays an episode with the policies as they are: what each agent that learns saw, did and got.
  ///
  /// - Throws: `MarketTrainingError`.
  public func play(_ number: Int) throws(MarketTrainingError) -> [MarketEpisode] {
    let policies = trainees.map { $0.policy }
    var episodes = try play(
      plan, policies, against: opponents.drawn(for: number), seed: seed(of: number),
      until: settings.end, trainees.map { $0.settings.reward })
    for place in trainees.indices {
      episodes[place].observations = policies[place].normalized(rows: episodes[place].features)
    }
    let names = trainees.map { $0.settings.agent }
    for place in trainees.indices where trainees[place].learner.criticSeesMore {
      // By name: in which order they are told changes nothing.
      let others = names.indices.filter { $0 != place }.sorted { names[$0] < names[$1] }
      episodes[place].join(others.map { episodes[$0] })
    }
    for place in trainees.indices { trainees[place].learner.look(&episodes[place]) }
    return episodes
  }

  /// What the first agent gains from one wake-up to the next where all do what they have learned in another
  /// fork of the session, in minor units; none where it never decides.
  ///
  /// - Throws: `MarketTrainingError`.
  func test(
    in fork: ForkPlan<Roster>, until end: Tick, seed: UInt64
  ) throws(MarketTrainingError) -> [Double] {
    let gain = trainees.map { _ in RewardSettings() }
    let others = opponents.drawn(for: Int(truncatingIfNeeded: seed))
    return try play(
      fork, trainees.map { $0.policy }, against: others, seed: seed, until: end, gain)[0].rewards
  }

  private func play(
    _ fork: ForkPlan<Roster>, _ policies: [TradingPolicy], against others: [Intervention],
    seed: UInt64, until end: Tick?, _ rewards: [RewardSettings]
  ) throws(MarketTrainingError) -> [MarketEpisode] {
    var trial = fork
    do throws(ImpossibleIntervention) {
      try trial.add(
        [.reseed(seed)] + others + zip(trainees, policies).map { $0.intervention($1) })
    } catch {
      throw .impossible(reason: error.reason)
    }
    var keepers = zip(trainees, rewards).map {
      EpisodeKeeper(
        $0.agent, maximumInventory: $0.maximumInventory, pair: $0.pair, $1,
        fork.opening.scenario, seed: seed)
    }
    var session = trial.session
    do throws(SessionError<Never>) {
      var chosen = LatestChoice()
      try trial.begin(&session, into: &chosen)
      for place in trainees.indices {
        keepers[place].begin(
          remembering: remembered(trainees[place].agent, policies[place], session))
      }
      try trade(&session, until: end, &keepers, &chosen)
    } catch {
      throw .session(reason: "\(error)")
    }
    let episodes = keepers.map { $0.episode }
    for (place, episode) in episodes.enumerated() { try trainees[place].check(episode) }
    return episodes
  }

  /// What an agent's policy remembers where an episode begins: something if it was its policy before.
  private func remembered(
    _ agent: AgentIndex, _ policy: TradingPolicy, _ session: MarketSession<Roster>
  ) -> [Float] {
    if policy.memory == nil { return [] }
    var reader = ByteReader(session.memory(of: agent))
    guard let memory = try? PolicyTrader.Memory(from: &reader) else {
      preconditionFailure("Invariant: who learns is a trader with a policy")
    }
    return memory.remembered(by: policy)
  }

  /// Runs a session to its end, or to that of episodes, keeping what those who learn see and what comes
  /// of it.
  @specialized(where Roster == BuiltInAgents)
  private func trade(
    _ session: inout MarketSession<Roster>, until end: Tick?, _ keepers: inout [EpisodeKeeper],
    _ chosen: inout LatestChoice
  ) throws(SessionError<Never>) {
    var turns = 0
    while let turn = try session.advance(into: &chosen) {
      let tick = session.reading { $0.tick }
      if let end, tick >= end { break }
      guard let place = trainees.firstIndex(where: { $0.agent == turn.agent }) else {
        try session.takeTurn(turn, into: &chosen)
        continue
      }
      let account = session.reading { keepers[place].account(&$0) }
      let features = session.features(turn)
      chosen.choice = nil
      try session.takeTurn(turn, into: &chosen)
      // Who is silenced wakes and chooses nothing: there is nothing to learn from.
      if let choice = chosen.choice {
        keepers[place].note(choice, features, account, at: tick, turn: turns)
        turns += 1
      }
    }
    for place in keepers.indices {
      let account = session.reading { keepers[place].account(&$0) }
      keepers[place].finish(account)
    }
  }

  // MARK: Learning

  /// The numbers of the episodes that the next update is to learn from.
  public var nextEpisodes: Range<Int> {
    let first = updateCount * settings.episodes
    return first..<first + settings.episodes
  }

  /// Learns from the episodes of an update, in their order, and returns what it came to for each agent.
  ///
  /// - Precondition: they are those of `nextEpisodes`, played with the training as it is.
  /// - Throws: `MarketTrainingError` where a number is not finite; nothing changed then.
  public mutating func learn(
    _ episodes: [[MarketEpisode]], _ workspaces: inout [MarketLearner.Workspace]
  ) throws(MarketTrainingError) -> [MarketUpdate] {
    let before = trainees
    var updates: [MarketUpdate] = []
    do throws(MarketTrainingError) {
      if settings.isShared { return try learnTogether(episodes, &workspaces[0]) }
      for place in trainees.indices {
        updates.append(
          try trainees[place].learn(episodes.map { $0[place] }, &workspaces[place]))
      }
    } catch {
      trainees = before
      throw error
    }
    return updates
  }

  /// Room for updates, for each learner.
  public var workspaces: [MarketLearner.Workspace] {
    trainees.prefix(settings.isShared ? 1 : trainees.count).map { $0.learner.workspace }
  }

  /// Goes on from states that were kept of this training, one of each agent, in order.
  ///
  /// - Throws: `ByteError` where the bytes hold something else, or states of several updates; nothing
  ///   changed then.
  public mutating func resume(_ states: [[UInt8]]) throws(ByteError) {
    var changed = trainees
    guard states.count == changed.count else {
      throw ByteError(offset: 0, expected: "a state of each agent that learns")
    }
    for (place, bytes) in states.enumerated() {
      try changed[place].resume(bytes)
      guard changed[place].updateCount == changed[0].updateCount,
        changed[place].updateCount <= settings.updates
      else { throw ByteError(offset: 0, expected: "an update of this training") }
      guard !settings.isShared || bytes == states[0] else {
        throw ByteError(offset: 0, expected: "one state of all agents that learn")
      }
    }
    trainees = changed
  }
}
