public import Agents
import Determinism
public import Learners
import Market
import MarketModel
import Networks
public import Session

/// An agent that learns in a market: how it trades, what it has seen and what it has learned so far.
///
/// As a value it is the whole state of what one agent learns.
public struct Trainee: Sendable {
  /// How it is trained.
  public let settings: TraineeSettings
  /// What is learned.
  public internal(set) var learner: MarketLearner
  /// How often it learned.
  public internal(set) var updateCount = 0
  /// The fewest decisions of the first episodes: an update of PPO learns from as many of each.
  public let steps: Int
  /// What it saw so far.
  public internal(set) var moments: RunningMoments
  /// The rewards that were still to come, so far.
  public internal(set) var returnMoments: RunningMoments
  /// Its number in the session.
  let agent: AgentIndex
  /// The agent as it trades, but for its policy.
  let trader: AgentDescription
  /// The two instruments that it trades, where it trades a pair.
  let pair: HeldPair?
  /// The policy that it goes on from, where it had one: how it sees stays as it is.
  let before: TradingPolicy?

  /// How many numbers it sees.
  var width: Int { TradingFeature.count(seesPair: trader.tradesPair) }

  // MARK: Beginning

  /// An agent of a scenario that knows nothing, or what the policy in the place of its strategy knows.
  ///
  /// - Throws: `MarketTrainingError`.
  init(
    _ own: TraineeSettings, in settings: MarketTrainingSettings, _ scenario: Scenario,
    policy: [UInt8], seed: UInt64
  ) throws(MarketTrainingError) {
    guard let index = scenario.agents.firstIndex(where: { $0.account.name == own.agent })
    else { throw .unknownAgent(own.agent) }
    self.settings = own
    agent = AgentIndex(index)
    trader = try scenario.agents[index].trading(own.parameters)
    // What does not fit is refused with the first fork.
    pair = try? PolicyTrader(
      parameters: trader.parameters, setting: scenario.setting(of: AgentIndex(index))
    ).heldPair
    before = try Self.before(policy, scenario.agents[index])
    try Self.expectSight(own, of: trader, goesOn: before != nil)
    let width = TradingFeature.count(seesPair: trader.tradesPair)
    if let before, before.seesPair != trader.tradesPair {
      throw .setting(
        "pair",
        expected: before.seesPair
          ? "the second instrument: the policy that is there sees one"
          : "none: the policy that is there sees one instrument")
    }
    moments = RunningMoments(columns: width)
    returnMoments = RunningMoments(columns: 1)
    steps = 0
    learner = try MarketLearner(
      own.learning, in: settings, width: width, steps: 1, seed: seed, speaks: trader.speaks,
      from: before)
    try expectToFit()
  }

  /// The agent once its first episodes are played: what it saw there, and how long they are, counts.
  ///
  /// - Throws: `MarketTrainingError`.
  init(
    _ fresh: Trainee, in settings: MarketTrainingSettings, seed: UInt64, first: [MarketEpisode]
  ) throws(MarketTrainingError) {
    (self.settings, agent, trader) = (fresh.settings, fresh.agent, fresh.trader)
    pair = fresh.pair
    (before, moments, returnMoments) = (fresh.before, fresh.moments, fresh.returnMoments)
    steps = first.map { $0.count }.min() ?? 0
    if steps == 0 { throw .neverDecides(fresh.settings.agent) }
    let (all, common) = (
      settings.updates * settings.episodes * settings.sharers * steps,
      fresh.settings.learning.common
    )
    if common.start >= all {
      throw .setting("start", expected: "fewer steps than the \(all) of the training")
    }
    if common.every > all - common.start {
      throw .setting("every", expected: "fewer steps than are left after the start")
    }
    learner = try MarketLearner(
      fresh.settings.learning, in: settings, width: fresh.width, steps: steps, seed: seed,
      speaks: trader.speaks, from: before)
    for episode in first { note(episode) }
  }

  /// Refuses to see what there is not.
  private static func expectSight(
    _ own: TraineeSettings, of trader: AgentDescription, goesOn: Bool
  ) throws(MarketTrainingError) {
    if own.sight == TradingFeature.allCases { return }
    if goesOn {
      throw .setting(
        "see", expected: "nothing, and no style: the policy that is there sees what it sees")
    }
    if own.sight.isEmpty { throw .setting("see", expected: "something to see") }
    let isTold = trader.parameters["value"] != .text("")
    if trader.tradesPair {
      if own.sight == [.knownValue], !isTold {
        throw .setting(
          "value", expected: "the process that \(own.agent) knows: it sees nothing else")
      }
      // On a tape that stands for everything.
      if own.sight == TradingFeature.ofOneInstrument {
        throw .setting("see", expected: "something of the pair, or less of the first instrument")
      }
      return
    }
    if own.sight.contains(.knownValue), !isTold {
      throw .setting(
        "value", expected: "the process that \(own.agent) knows, since it is to see its value")
    }
    // A style may name what is seen where there is a pair.
    let ofPairs = own.sight.contains { !TradingFeature.ofOneInstrument.contains($0) }
    if ofPairs, !TradingStyle.allCases.contains(where: { $0.sight == own.sight }) {
      throw .setting("see", expected: "nothing of a pair, unless \(own.agent) holds one (pair)")
    }
  }

  /// The policy that an agent does by now; nil where it has a strategy.
  private static func before(
    _ policy: [UInt8], _ agent: AgentDescription
  ) throws(MarketTrainingError) -> TradingPolicy? {
    if policy.isEmpty || agent.type != PolicyTrader.typeName { return nil }
    do {
      return try TradingPolicy(bytes: policy)
    } catch {
      throw .setting("policy", expected: error.expected)
    }
  }

  /// Refuses a learner whose state would be too long for a tape.
  private func expectToFit() throws(MarketTrainingError) {
    let size = policy.bytes.count
    if size > Limits.maximumPolicy { throw MarketTrainingError.tooLarge(policyOf: size) }
    // A step has what was seen and what is seen next, what was done and what came of it.
    let row = 4 * (2 * width + ContinuousAction.allCases.count + 2) + 8
    let whole = stateBytes.count + row * settings.learning.common.capacity
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
    let (network, parameters, output) = learner.policy
    var (shifts, scales) = moments.scaling
    for feature in TradingFeature.allCases.prefix(width)
    where !settings.sight.contains(feature) { scales[feature.rawValue] = 0 }
    if let before { (shifts, scales) = (before.shifts, before.scales) }
    return TradingPolicy(
      memory: learner.memory, network: network, head: PolicyHead(output, speaks: trader.speaks),
      parameters: parameters, shifts: shifts, scales: scales, trading: trader.tradingParameters)
  }

  /// The difference that gives the agent a policy.
  public func intervention(_ policy: TradingPolicy) -> Intervention {
    .changeAgent(trader.with(policy))
  }

  /// The most lots that it may hold.
  var maximumInventory: Double {
    guard case .integer(let value)? = trader.parameters["maximum_inventory"] else { return 1 }
    return Double(value)
  }

  /// Looks whether all that was seen and got are numbers.
  func check(_ episode: MarketEpisode) throws(MarketTrainingError) {
    try MarketTrainingError.expectFinite(
      episode.features, at: episode.ticks, of: settings.agent)
    if let odd = episode.rewards.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(
        agent: settings.agent, what: "the reward", place: "tick \(episode.ticks[odd])")
    }
  }

  // MARK: Learning

  /// Learns from episodes, in their order.
  ///
  /// - Throws: `MarketTrainingError` where a number is not finite; what it is then has no meaning.
  mutating func learn(
    _ episodes: [MarketEpisode], _ workspace: inout MarketLearner.Workspace
  ) throws(MarketTrainingError) -> MarketUpdate {
    if let short = episodes.first(where: { $0.count < steps }),
      !settings.learning.algorithm.keepsSteps
    {
      throw .session(
        reason:
          "\(settings.agent) decided \(short.count) times in an episode, and \(steps) in the first")
    }
    let lesson = learner.learn(episodes, scale: Float(1 / returnMoments.deviation(0)), &workspace)
    updateCount += 1
    if let layer = learner.oddLayer {
      throw .notFinite(agent: settings.agent, what: layer, place: "update \(updateCount)")
    }
    if !settings.learning.algorithm.keepsSteps {
      for episode in episodes { note(episode) }
    }
    return MarketUpdate(
      number: updateCount, lesson, gain: MarketEpisode.meanGain(episodes),
      hash: learner.parameterHash)
  }

  /// Takes over what was learned together with another agent.
  mutating func share(_ other: Trainee) {
    (learner, updateCount) = (other.learner, other.updateCount)
    (moments, returnMoments) = (other.moments, other.returnMoments)
  }

  private mutating func note(_ episode: MarketEpisode) {
    moments.add(episode.features.span)
    var returns = [Float](repeating: 0, count: episode.count)
    var sum = 0.0
    let discount = Double(settings.learning.common.discount)
    for (step, reward) in episode.rewards.enumerated() {
      sum = sum * discount + reward
      returns[step] = Float(sum)
    }
    returnMoments.add(returns.span)
  }
}

extension RunningMoments {
  /// What brings columns to mean 0 and deviation 1: what is taken from each, and what it is multiplied
  /// with then.
  var scaling: (shifts: [Float], scales: [Float]) {
    (means.map { Float($0) }, means.indices.map { Float(1 / deviation($0)) })
  }
}
