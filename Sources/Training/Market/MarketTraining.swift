public import Agents
public import Counterfactual
import Determinism
import Features
public import Learners
import Market
import MarketModel
import Networks
public import Session

/// One agent of a session that learns: a fork at a tick is played over and over, each time with other
/// noise, the agent doing what its policy says and all others deciding for themselves.
///
/// An update plays some episodes and learns from them; `play` is a pure function, so episodes may be
/// played on any number of threads. As a value it is the whole state of a training: a copy goes on as
/// the original does, bit for bit.
public struct MarketTraining<Roster: AgentRoster>: Sendable {
  /// How it is trained.
  public private(set) var settings: MarketTrainingSettings
  /// What is learned.
  public internal(set) var learner: MarketLearner
  /// How often it learned.
  public internal(set) var updateCount = 0
  /// How many decisions an update learns from, at least: episodes times the fewest of the first ones.
  public private(set) var batch = 0
  /// What it saw so far.
  public internal(set) var moments: RunningMoments
  /// The rewards that were still to come, so far.
  public internal(set) var returnMoments: RunningMoments
  /// The agent as it trades, but for its policy.
  let trader: AgentDescription
  /// The fork that is played, without a difference.
  private let plan: ForkPlan<Roster>
  private let agent: AgentIndex
  /// The policy that it goes on from, where it had one: how it sees stays as it is.
  private let before: TradingPolicy?

  // MARK: Beginning

  /// Prepares a training: plays the first episodes once, to know how long they are and what is seen.
  ///
  /// - Throws: `MarketTrainingError`.
  public init(
    _ plan: ForkPlan<Roster>, settings: MarketTrainingSettings, seed: UInt64
  ) throws(MarketTrainingError) {
    self.plan = plan
    let scenario = plan.opening.scenario
    guard let index = scenario.agents.firstIndex(where: { $0.account.name == settings.agent })
    else { throw .unknownAgent(settings.agent) }
    guard settings.episodes > 0 else { throw .setting("episodes", expected: "1 or more") }
    guard settings.seeds > 0 else { throw .setting("seeds", expected: "1 or more") }
    agent = AgentIndex(index)
    trader = try scenario.agents[index].trading(settings.parameters)
    self.settings = settings
    before = try? TradingPolicy(bytes: plan.opening.agents[index].policy)
    let width = TradingFeature.allCases.count
    moments = RunningMoments(columns: width)
    returnMoments = RunningMoments(columns: 1)
    learner = try MarketLearner(settings, steps: 1, seed: seed, from: before)
    try expectToFit()
    var first: [MarketEpisode] = []
    for number in 0..<settings.episodes { first.append(try play(number)) }
    let steps = first.map { $0.count }.min() ?? 0
    if steps == 0 { throw .neverDecides(settings.agent) }
    batch = steps * settings.episodes
    if settings.learning.start >= settings.updates * batch {
      throw .setting(
        "start", expected: "fewer steps than the \(settings.updates * batch) of the training")
    }
    if settings.learning.every > settings.updates * batch - settings.learning.start {
      throw .setting("every", expected: "fewer steps than are left after the start")
    }
    learner = try MarketLearner(settings, steps: steps, seed: seed, from: before)
    for episode in first { note(episode) }
  }

  /// Refuses a learner whose state would be too long for a tape.
  private func expectToFit() throws(MarketTrainingError) {
    // A step has what was seen and what is seen next, what was done and what came of it.
    let row = 4 * (2 * TradingFeature.allCases.count + ContinuousAction.allCases.count + 2) + 8
    let whole = stateBytes.count + row * settings.learning.capacity
    if whole > Limits.maximumPayload {
      throw .setting(
        "hidden",
        expected: "fewer numbers, or a smaller capacity: the learner's state has \(whole) bytes, "
          + "and a tape keeps \(Limits.maximumPayload)")
    }
  }

  // MARK: The policy

  /// What has been learned so far, as a policy.
  public var policy: TradingPolicy {
    let (network, parameters, head) = learner.policy
    return TradingPolicy(
      network: network, head: head, parameters: parameters,
      shifts: before?.shifts ?? moments.means.map { Float($0) },
      scales: before?.scales
        ?? moments.means.indices.map { Float(1 / moments.deviation($0)) })
  }

  /// The difference that gives the agent that policy.
  public func intervention(_ policy: TradingPolicy) -> Intervention {
    .changeAgent(trader.with(policy))
  }

  // MARK: Playing

  /// The seed of an episode, counted from 0: they come again after `seeds` of them.
  public func seed(of episode: Int) -> UInt64 {
    settings.firstSeed &+ UInt64(episode % settings.seeds)
  }

  /// Plays an episode with the policy as it is.
  ///
  /// - Throws: `MarketTrainingError`.
  public func play(_ number: Int) throws(MarketTrainingError) -> MarketEpisode {
    let policy = policy
    var episode = try play(
      plan, policy, seed: seed(of: number), until: settings.end, settings.reward)
    let width = TradingFeature.allCases.count
    for row in 0..<episode.count {
      var seen = Array(episode.features[row * width..<(row + 1) * width])
      policy.normalize(&seen)
      episode.observations += seen
    }
    learner.look(&episode)
    return episode
  }

  /// What the agent gains from one wake-up to the next where it does what a policy says in another fork of
  /// the session, in minor units; none where it never decides.
  ///
  /// - Throws: `MarketTrainingError`.
  func test(
    _ policy: TradingPolicy, in fork: ForkPlan<Roster>, until end: Tick, seed: UInt64
  ) throws(MarketTrainingError) -> [Double] {
    try play(fork, policy, seed: seed, until: end, RewardSettings()).rewards
  }

  private func play(
    _ fork: ForkPlan<Roster>, _ policy: TradingPolicy, seed: UInt64, until end: Tick?,
    _ reward: RewardSettings
  ) throws(MarketTrainingError) -> MarketEpisode {
    var trial = fork
    do throws(ImpossibleIntervention) {
      try trial.add([.reseed(seed), intervention(policy)])
    } catch {
      throw .impossible(reason: error.reason)
    }
    var session = trial.session
    let episode: MarketEpisode
    do throws(SessionError<Never>) {
      var chosen = LatestChoice()
      try trial.begin(&session, into: &chosen)
      episode = try trade(&session, until: end, RewardMeter(reward), &chosen)
    } catch {
      throw .session(reason: "\(error)")
    }
    try check(episode)
    return episode
  }

  /// Looks whether all that was seen and got are numbers.
  private func check(_ episode: MarketEpisode) throws(MarketTrainingError) {
    let width = TradingFeature.allCases.count
    if let odd = episode.features.firstIndex(where: { !$0.isFinite }) {
      let feature = TradingFeature(rawValue: odd % width) ?? .gain
      throw .notFinite(
        agent: settings.agent, what: "\(feature)", place: "tick \(episode.ticks[odd / width])")
    }
    if let odd = episode.rewards.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(
        agent: settings.agent, what: "the reward", place: "tick \(episode.ticks[odd])")
    }
  }

  /// Runs a session to its end, or to that of episodes, noting what the agent sees and what comes of
  /// it.
  private func trade(
    _ session: inout MarketSession<Roster>, until end: Tick?, _ meter: RewardMeter,
    _ chosen: inout LatestChoice
  ) throws(SessionError<Never>) -> MarketEpisode {
    let share = maximumInventory
    var episode = MarketEpisode()
    var meter = meter
    var accounts = WealthMeter(instruments: plan.opening.scenario.instruments.count)
    var others = OthersWealth(
      meter.countsOthers ? plan.opening.scenario : nil, except: agent)
    var opening = 0.0
    var before = 0.0
    while let turn = try session.advance(into: &chosen) {
      let tick = session.reading { $0.tick }
      if let end, tick >= end { break }
      if turn.agent != agent {
        try session.takeTurn(turn, into: &chosen)
        continue
      }
      let (wealth, held) = account(&session, &accounts)
      let othersGain = session.reading { others.gain(&$0) }
      let features = session.features(turn)
      chosen.choice = nil
      try session.takeTurn(turn, into: &chosen)
      // Who is silenced wakes and chooses nothing: there is nothing to learn from.
      guard let choice = chosen.choice else { continue }
      if episode.actions.isEmpty {
        opening = wealth
      } else {
        episode.rewards.append(
          meter.reward(
            gain: wealth - opening, othersGain: othersGain, share: held / share,
            traded: (held - before).magnitude))
      }
      before = held
      episode.features += features
      episode.ticks.append(tick)
      episode.actions.append(Int32(choice.action))
      episode.numbers += choice.numbers
    }
    if episode.actions.isEmpty { return episode }
    let (wealth, held) = account(&session, &accounts)
    episode.gain = wealth - opening
    episode.rewards.append(
      meter.reward(
        gain: episode.gain, othersGain: session.reading { others.gain(&$0) }, share: held / share,
        traded: (held - before).magnitude))
    return episode
  }

  private var maximumInventory: Double {
    guard case .integer(let value)? = trader.parameters["maximum_inventory"] else { return 1 }
    return Double(value)
  }

  /// What the agent has, and what it holds.
  private func account(
    _ session: inout MarketSession<Roster>, _ meter: inout WealthMeter
  ) -> (wealth: Double, held: Double) {
    let agent = agent
    return session.reading { state in
      let held = state.scenario.instruments.indices.reduce(0) {
        $0 + state.market.position(agent, InstrumentIndex($1))
      }
      return (meter.wealth(of: agent, &state), Double(held))
    }
  }

  // MARK: Learning

  /// The numbers of the episodes that the next update is to learn from.
  public var nextEpisodes: Range<Int> {
    let first = updateCount * settings.episodes
    return first..<first + settings.episodes
  }

  /// Learns from the episodes of an update, in their order.
  ///
  /// - Precondition: they are those of `nextEpisodes`, played with the training as it is.
  /// - Throws: `MarketTrainingError` where a number is not finite; nothing changed then.
  public mutating func learn(
    _ episodes: [MarketEpisode], _ workspace: inout MarketLearner.Workspace
  ) throws(MarketTrainingError) -> MarketUpdate {
    let before = self
    let steps = batch / settings.episodes
    if let short = episodes.first(where: { $0.count < steps }), learner.followsScales {
      throw .session(
        reason:
          "\(settings.agent) decided \(short.count) times in an episode, and \(steps) in the first")
    }
    let lesson = learner.learn(episodes, scale: Float(1 / returnMoments.deviation(0)), &workspace)
    updateCount += 1
    if let layer = learner.oddLayer {
      let update = updateCount
      self = before
      throw .notFinite(agent: settings.agent, what: layer, place: "update \(update)")
    }
    if learner.followsScales {
      for episode in episodes { note(episode) }
    }
    let gains = episodes.map { $0.gain }
    return MarketUpdate(
      number: updateCount, lesson, gain: OrderedReduction.sum(gains.span) / Double(gains.count),
      hash: learner.parameterHash)
  }

  /// Room for updates.
  public var workspace: MarketLearner.Workspace { learner.workspace }

  private mutating func note(_ episode: MarketEpisode) {
    moments.add(episode.features.span)
    var returns = [Float](repeating: 0, count: episode.count)
    var sum = 0.0
    let discount = Double(settings.learning.discount)
    for (step, reward) in episode.rewards.enumerated() {
      sum = sum * discount + reward
      returns[step] = Float(sum)
    }
    returnMoments.add(returns.span)
  }
}
