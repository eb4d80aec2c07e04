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
  public internal(set) var learner: ProximalPolicyOptimization
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
    var settings = settings
    before = try Self.policy(before: plan.opening, agent, &settings)
    settings.learning.environments = settings.episodes
    settings.learning.steps = settings.learning.minibatches
    self.settings = settings
    let width = TradingFeature.allCases.count
    moments = RunningMoments(columns: width)
    returnMoments = RunningMoments(columns: 1)
    learner = Self.learner(settings, seed, before)
    var first: [MarketEpisode] = []
    for number in 0..<settings.episodes { first.append(try play(number)) }
    let steps = first.map { $0.count }.min() ?? 0
    if steps == 0 { throw .neverDecides(settings.agent) }
    settings.learning.steps = steps
    // Parts of one size: as many as were asked for, or the next fewer that divide a batch.
    while (steps * settings.episodes) % settings.learning.minibatches != 0 {
      settings.learning.minibatches -= 1
    }
    self.settings = settings
    learner = Self.learner(settings, seed, before)
    for episode in first { note(episode) }
  }

  private static func learner(
    _ settings: MarketTrainingSettings, _ seed: UInt64, _ before: TradingPolicy?
  ) -> ProximalPolicyOptimization {
    var learner = ProximalPolicyOptimization(
      observationWidth: TradingFeature.allCases.count,
      actions: .discrete(DiscreteAction.allCases.count), settings: settings.learning, seed: seed)
    if let before {
      let critic = learner.parameters[learner.policy.parameterCount...]
      learner.resume(before.parameters + critic, learner.adam, updateCount: 0)
    }
    return learner
  }

  /// The policy that the agent has at the fork's tick; the learner takes its shape.
  private static func policy(
    before state: SessionState<Roster>, _ agent: AgentIndex,
    _ settings: inout MarketTrainingSettings
  ) throws(MarketTrainingError) -> TradingPolicy? {
    guard let policy = try? TradingPolicy(bytes: state.agents[Int(agent)].policy) else {
      return nil
    }
    let hidden = policy.network.layers.dropLast()
    guard hidden.allSatisfy({ $0.activation == .tanh }) else {
      throw .setting("policy", expected: "layers of tanh, to be trained further")
    }
    settings.learning.hidden = hidden.map { $0.outputs }
    return policy
  }

  // MARK: The policy

  /// What has been learned so far, as a policy.
  public var policy: TradingPolicy {
    TradingPolicy(
      network: learner.policy,
      parameters: Array(learner.parameters[..<learner.policy.parameterCount]),
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
    look(&episode, policy)
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
    var opening = 0.0
    var before = 0.0
    while let turn = try session.advance(into: &chosen) {
      let tick = session.reading { $0.tick }
      if let end, tick >= end { break }
      if turn.agent != agent {
        try session.takeTurn(turn, into: &chosen)
        continue
      }
      let (wealth, held) = account(&session)
      let features = session.features(turn)
      chosen.action = nil
      try session.takeTurn(turn, into: &chosen)
      // Who is silenced wakes and chooses nothing: there is nothing to learn from.
      guard let action = chosen.action else { continue }
      if episode.actions.isEmpty {
        opening = wealth
      } else {
        episode.rewards.append(
          meter.reward(
            gain: wealth - opening, share: held / share, traded: (held - before).magnitude))
      }
      before = held
      episode.features += features
      episode.ticks.append(tick)
      episode.actions.append(action)
    }
    if episode.actions.isEmpty { return episode }
    let (wealth, held) = account(&session)
    episode.gain = wealth - opening
    episode.rewards.append(
      meter.reward(gain: episode.gain, share: held / share, traded: (held - before).magnitude))
    return episode
  }

  private var maximumInventory: Double {
    guard case .integer(let value)? = trader.parameters["maximum_inventory"] else { return 1 }
    return Double(value)
  }

  /// What the agent has, at the middle of the quotes, and what it holds.
  private func account(_ session: inout MarketSession<Roster>) -> (wealth: Double, held: Double) {
    let agent = agent
    return session.reading { state in
      var wealth = Double(state.market.cash(of: agent))
      var held = 0.0
      for index in state.scenario.instruments.indices {
        let instrument = InstrumentIndex(index)
        let position = Double(state.market.position(agent, instrument))
        if position == 0 { continue }
        held += position
        let middle = Double(state.market.view(instrument).quotes.twiceMiddle) / 2
        wealth += position * middle * Double(state.scenario.instruments[index].incrementValue)
      }
      return (wealth, held)
    }
  }

  /// Computes what the networks said at each decision: the same numbers that the agent drew from.
  private func look(_ episode: inout MarketEpisode, _ policy: TradingPolicy) {
    let width = TradingFeature.allCases.count
    let capacity = 256
    var workspace = ProximalPolicyOptimization.Workspace(learner, capacity: capacity)
    for first in stride(from: 0, to: episode.actions.count, by: capacity) {
      let rows = min(capacity, episode.actions.count - first)
      var seen: [Float] = []
      for row in first..<first + rows {
        var features = Array(episode.features[row * width..<(row + 1) * width])
        policy.normalize(&features)
        seen += features
      }
      learner.look(seen.span, rows: rows, &workspace)
      for row in 0..<rows {
        let action = Int(episode.actions[first + row])
        episode.logProbabilities.append(learner.logProbability(row, action, workspace))
        episode.values.append(learner.value(row, workspace))
      }
      episode.observations += seen
    }
  }

  // MARK: Learning

  /// The numbers of the episodes that the next update is to learn from.
  public var nextEpisodes: Range<Int> {
    let first = learner.updateCount * settings.episodes
    return first..<first + settings.episodes
  }

  /// Learns from the episodes of an update, in their order.
  ///
  /// - Precondition: they are those of `nextEpisodes`, played with the training as it is.
  /// - Throws: `MarketTrainingError` where a number is not finite; nothing changed then.
  public mutating func learn(
    _ episodes: [MarketEpisode], _ workspace: inout ProximalPolicyOptimization.Workspace
  ) throws(MarketTrainingError) -> MarketUpdate {
    let before = self
    let scale = Float(1 / returnMoments.deviation(0))
    let steps = settings.learning.steps
    let width = TradingFeature.allCases.count
    var rollout = Rollout()
    for step in 0..<steps {
      for episode in episodes {
        rollout.observations += episode.observations[step * width..<(step + 1) * width]
        rollout.actions.append(episode.actions[step])
        rollout.logProbabilities.append(episode.logProbabilities[step])
        rollout.values.append(episode.values[step])
        let reward = Float(episode.rewards[step]) * scale
        rollout.rewards.append(min(max(reward, -TradingPolicy.reach), TradingPolicy.reach))
        rollout.ends.append(step == steps - 1)
      }
    }
    rollout.lastValues = [Float](repeating: 0, count: episodes.count)
    let metrics = learner.update(rollout, &workspace)
    for episode in episodes { note(episode) }
    if let odd = learner.parameters.firstIndex(where: { !$0.isFinite }) {
      let update = learner.updateCount
      self = before
      throw .notFinite(
        agent: settings.agent, what: layer(of: odd), place: "update \(update)")
    }
    let gains = episodes.map { $0.gain }
    return MarketUpdate(
      number: learner.updateCount, metrics: metrics,
      gain: OrderedReduction.sum(gains.span) / Double(gains.count),
      hash: learner.parameterHash)
  }

  /// Room for updates.
  public var workspace: ProximalPolicyOptimization.Workspace {
    var workspace = ProximalPolicyOptimization.Workspace(
      learner, capacity: settings.learning.batch / settings.learning.minibatches)
    workspace.keepsHashes = true
    return workspace
  }

  private mutating func note(_ episode: MarketEpisode) {
    moments.add(episode.features.span)
    var returns = [Float](repeating: 0, count: episode.count)
    var sum = 0.0
    for (step, reward) in episode.rewards.enumerated() {
      sum = sum * Double(settings.learning.discount) + reward
      returns[step] = Float(sum)
    }
    returnMoments.add(returns.span)
  }

  /// The layer that a parameter belongs to, in words.
  private func layer(of parameter: Int) -> String {
    let count = learner.policy.parameterCount
    let (network, name, place) =
      parameter < count
      ? (learner.policy, "policy", parameter) : (learner.critic, "critic", parameter - count)
    let layer = network.layers.firstIndex { place < $0.biases.upperBound } ?? 0
    return "layer \(layer + 1) of the \(name)"
  }
}
