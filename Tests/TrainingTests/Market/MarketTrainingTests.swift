import Agents
import Counterfactual
import Determinism
import Features
import Journal
import Learners
import Market
import MarketModel
import MatchingEngine
import Replay
import Session
import SessionSupport
import TestSupport
import Testing

@testable import Training

/// A small session of four strategies.
func smallScenario(ticks: Tick = 40, seed: UInt64 = 3) -> Scenario {
  var scenario = SmallSession.scenario("small", seed: seed, ticks: ticks)
  scenario.agents = SmallSession.fourTypes.map {
    SmallSession.agent($0.0, $0.1, hasLatency: seed % 2 == 0)
  }
  return scenario
}

/// A fork of it at a tick.
func smallPlan(
  at tick: Tick = 0, ticks: Tick = 40, seed: UInt64 = 3
) throws -> ForkPlan<BuiltInAgents> {
  try smallPlan(of: smallScenario(ticks: ticks, seed: seed), at: tick)
}

/// A fork of a scenario's session at a tick.
func smallPlan(of scenario: Scenario, at tick: Tick) throws -> ForkPlan<BuiltInAgents> {
  let lineage = try SmallSession.open([try SmallSession.record(scenario)])
  return try ForkPlan(lineage, at: tick, interventions: [])
}

typealias SmallTraining = MarketTraining<BuiltInAgents>

extension MarketTrainingSettings {
  /// Three updates of two short episodes each, with everything that an algorithm has.
  static func small(_ algorithm: LearningAlgorithm = .ppo) -> Self {
    var settings = Self(agent: "Trend_01", algorithm)
    (settings.episodes, settings.seeds, settings.updates) = (2, 4, 3)
    switch settings.trainees[0].learning {
    case .ppo(var own, let isContinuous):
      (own.minibatches, own.epochs) = (4, 2)
      settings.trainees[0].learning = .ppo(own, isContinuous: isContinuous)
    case .recurrentPPO(var own):
      (own.base.minibatches, own.base.epochs, own.memory) = (4, 2, 8)
      settings.trainees[0].learning = .recurrentPPO(own)
    case .dqn(var own):
      (own.capacity, own.start, own.every, own.batch, own.targetEvery) = (50, 20, 4, 8, 24)
      (own.isDueling, own.chain, own.priority) = (true, 3, 0.6)
      settings.trainees[0].learning = .dqn(own)
    case .sac(var own):
      (own.capacity, own.start, own.every, own.batch) = (50, 20, 4, 8)
      settings.trainees[0].learning = .sac(own)
    }
    settings.trainees[0].learning.common.hidden = [8]
    return settings
  }
}

extension MarketTraining {
  /// Plays and learns so many times; returns what it came to for the first agent.
  mutating func run(_ updates: Int) throws -> [MarketUpdate] {
    try runAll(updates).map { $0[0] }
  }

  /// Plays and learns so many times; returns what it came to for each agent.
  mutating func runAll(_ updates: Int) throws -> [[MarketUpdate]] {
    var workspaces = workspaces
    var made: [[MarketUpdate]] = []
    for _ in 0..<updates {
      let episodes = try nextEpisodes.map { try play($0) }
      made.append(try learn(episodes, &workspaces))
    }
    return made
  }

  /// What the first agent has learned so far.
  var policy: TradingPolicy { trainees[0].policy }
  /// What learns for it.
  var learner: MarketLearner { trainees[0].learner }
  /// The whole state of what each agent learns.
  var states: [[UInt8]] { trainees.map { $0.stateBytes } }
  /// The whole state of what it learns.
  var stateBytes: [UInt8] { trainees[0].stateBytes }
}

@Suite(.serialized) struct MarketTrainingTests {
  private func training(
    at tick: Tick = 0, seed: UInt64 = 3, _ settings: MarketTrainingSettings = .small()
  ) throws -> SmallTraining {
    try MarketTraining(smallPlan(at: tick, seed: seed), settings: settings, seed: 1)
  }

  @Test(arguments: [2, 3] as [UInt64], LearningAlgorithm.allCases)
  func `updates are the same bits at every level, and PPO's first ratio is 1`(
    seed: UInt64, algorithm: LearningAlgorithm
  ) throws {
    var one = try training(seed: seed, .small(algorithm))
    let expected = try one.run(3)
    #expect(Set(expected.map { $0.hash }).count == 3)
    for update in expected {
      #expect(update.algorithm == algorithm && !update.hashes.isEmpty)
      #expect(update.values.count == algorithm.measures.count)
      #expect(update.values.allSatisfy { $0.isFinite } && update.hashes.last == update.hash)
      if !algorithm.keepsSteps {
        #expect(update[.unmoved] == 1 && update[.firstDivergence] == 0)
      }
    }
    for level in Kernels.Level.allCases {
      Kernels.select(level)
      var other = try training(seed: seed, .small(algorithm))
      #expect(try other.run(3) == expected, "\(level)")
      #expect(other.policy == one.policy)
    }
    Kernels.select(.automatic)
  }

  @Test(arguments: LearningAlgorithm.allCases)
  func `it goes on from any update as if it had not stopped`(algorithm: LearningAlgorithm) throws {
    let settings = MarketTrainingSettings.small(algorithm)
    var whole = try training(at: 15, settings)
    let expected = try whole.run(3)
    for stop in 0...3 {
      var first = try training(at: 15, settings)
      var updates = try first.run(stop)
      var copy = first
      var again = try training(at: 15, settings)
      try again.resume([first.stateBytes])
      #expect(again.stateBytes == first.stateBytes)
      #expect(try again.run(3 - stop) == expected[stop...].map { $0 })
      updates += try copy.run(3 - stop)
      #expect(updates == expected)
      #expect(copy.policy == whole.policy && again.stateBytes == whole.stateBytes)
    }
  }

  @Test(arguments: LearningAlgorithm.allCases)
  func `a state that is cut or another's is refused, and nothing changes`(
    algorithm: LearningAlgorithm
  ) throws {
    var training = try training(.small(algorithm))
    _ = try training.run(2)
    let bytes = training.stateBytes
    for count in stride(from: 0, to: bytes.count, by: Effort.isFull ? 1 : 37) {
      #expect(throws: ByteError.self) { try training.resume([Array(bytes[..<count])]) }
    }
    let next = LearningAlgorithm(rawValue: (algorithm.rawValue + 1) % 4) ?? .ppo
    let other = try self.training(.small(next)).stateBytes
    #expect(throws: ByteError.self) { try training.resume([other]) }
    #expect(training.stateBytes == bytes)
  }

  /// What was learned from is what the agent does on a tape with that policy and that noise.
  @Test(arguments: [0, 15] as [Tick], LearningAlgorithm.allCases)
  func `an agent on a tape does what it did while it was trained`(
    tick: Tick, algorithm: LearningAlgorithm
  ) throws {
    for seed in [2, 3] as [UInt64] {
      var training = try training(at: tick, seed: seed, .small(algorithm))
      _ = try training.run(1)
      let episode = try training.play(5)[0]
      var plan = try smallPlan(at: tick, seed: seed)
      try plan.add([.reseed(training.seed(of: 5)), training.interventions[0]])
      var buffer = EventBuffer()
      _ = try plan.run(into: &buffer)
      let chosen = buffer.records.compactMap { record -> ActionChoice? in
        guard case .actionChosen(let body) = record.event else { return nil }
        return ActionChoice(action: body.action, payload: body.payload)
      }
      #expect(chosen.map { Int32($0.action) } == episode.actions && chosen.count > 20)
      #expect(chosen.flatMap { $0.numbers } == episode.numbers)
      #expect(Set(chosen.map { [Float($0.action)] + $0.numbers }).count > 3)
      let isContinuous = algorithm == .sac || algorithm == .continuousPPO
      #expect(episode.numbers.count == (isContinuous ? 5 * chosen.count : 0))
    }
  }

  @Test func `what it gains is what its account says`() throws {
    let training = try training()
    let episode = try training.play(0)[0]
    var plan = try smallPlan()
    try plan.add([.reseed(training.seed(of: 0)), training.interventions[0]])
    var sink = NoEvents()
    let market = try plan.run(into: &sink).state.market
    // A market maker quotes both sides at the end of this session.
    let others = try Side.allCases.map { side in
      try #require(
        market.book.levels(0, side).last { level in
          market.book.queue(level).contains { $0.key.agent != 1 }
        })
    }
    let middle = Double(others[0].price + others[1].price) / 2
    let gain = Double(market.cash(of: 1)) + Double(market.position(1, 0)) * middle
    #expect(episode.gain == gain && gain != 0)
    #expect((episode.rewards.reduce(0, +) - episode.gain).magnitude < 1e-6)
  }

  /// Money goes from one to another, and to the exchange as fees: the others gain what it loses, less those,
  /// wherever all marks are the same.
  @Test func `what others gain is rewarded as it is weighted`() throws {
    var sums: [Double] = []
    for weight in [1.0, -1, 3] {
      var settings = MarketTrainingSettings.small()
      (settings.trainees[0].reward.gain, settings.trainees[0].reward.othersGain) = (0, weight)
      let episode = try training(settings).play(0)[0]
      #expect(episode.rewards.contains { $0 != 0 })
      sums.append(episode.rewards.reduce(0, +))
    }
    #expect(sums[1] == -sums[0] && (sums[2] - 3 * sums[0]).magnitude < 1e-6 * sums[2].magnitude)
    // What all agents have in the end, against what they had when it first decided.
    let episode = try training().play(0)[0]
    #expect((episode.gain + 3 * sums[0]).magnitude < 0.2 * episode.gain.magnitude)
  }

  @Test func `episodes end where they should, and learn nothing of what follows`() throws {
    var settings = MarketTrainingSettings.small()
    settings.end = 20
    let training = try training(at: 5, settings)
    #expect(try training.play(0)[0].count == 15)
  }

  @Test(arguments: LearningAlgorithm.allCases)
  func `a rate of 0 leaves the weights as they are`(algorithm: LearningAlgorithm) throws {
    var settings = MarketTrainingSettings.small(algorithm)
    settings.trainees[0].learning.common.rate = 0
    var training = try training(settings)
    let before = training.learner.parameterHash
    _ = try training.run(2)
    #expect(training.learner.parameterHash == before)
  }

  @Test(arguments: LearningAlgorithm.allCases)
  func `numbers that are none stop it, with agent and layer, and change nothing`(
    algorithm: LearningAlgorithm
  ) throws {
    var settings = MarketTrainingSettings.small(algorithm)
    settings.trainees[0].learning.common.rate = 1e38
    var training = try training(settings)
    let before = training.stateBytes
    #expect {
      _ = try training.run(3)
    } throws: { error in
      guard case .notFinite("Trend_01", let layer, let place)? = error as? MarketTrainingError
      else { return false }
      let isNamed = layer.hasPrefix("layer ") || algorithm == .recurrentPPO && layer == "the memory"
      return isNamed && place.hasPrefix("update ")
    }
    var again = try self.training(settings)
    _ = try? again.run(3)
    #expect(training.stateBytes == again.stateBytes)
    #expect(training.updateCount > 0 || training.stateBytes == before)
    #expect(training.learner.oddLayer == nil)
  }

  /// What is chained is kept only once its rewards are there: nothing can be drawn before.
  @Test(arguments: [0, 0.6])
  func `a chain longer than what was played learns nothing yet`(priority: Double) throws {
    var settings = MarketTrainingSettings.small(.dqn)
    guard case .dqn(var own) = settings.trainees[0].learning else { return }
    (own.start, own.every, own.chain, own.priority) = (0, 1, 30, priority)
    settings.trainees[0].learning = .dqn(own)
    var training = try training(settings)
    let updates = try training.run(1)
    #expect(!updates[0].hashes.isEmpty && updates[0].hashes.count < training.batch)
  }

  @Test func `a state with actions that there are not is refused`() throws {
    var training = try training(.small(.dqn))
    _ = try training.run(2)
    guard case .dqn(let learner) = training.learner else { return }
    for odd in [7, -1, 0.5, .nan, 1e30] as [Float] {
      var (state, other) = (learner.state, learner)
      // Before what was done stand the network's four groups, the target, and what was seen twice.
      state.numbers[7][3] = odd
      let fits = other.resume(state)
      #expect(!fits && other == learner, "\(odd)")
    }
  }

  @Test func `what cannot learn anything, or cannot be kept, is refused`() throws {
    for change in [
      { (own: inout DeepQLearning.Settings) in own.every = 1 << 20 }, { $0.start = 1 << 20 },
    ] {
      var settings = MarketTrainingSettings.small(.dqn)
      guard case .dqn(var own) = settings.trainees[0].learning else { return }
      change(&own)
      settings.trainees[0].learning = .dqn(own)
      #expect(throws: MarketTrainingError.self) { try training(settings) }
    }
    var settings = MarketTrainingSettings.small(.sac)
    if case .sac(var own) = settings.trainees[0].learning {
      own.capacity = 1 << 20
      settings.trainees[0].learning = .sac(own)
    }
    settings.trainees[0].learning.common.hidden = [2048, 1024]
    #expect {
      _ = try training(settings)
    } throws: { error in
      if case .setting("hidden", _)? = error as? MarketTrainingError { true } else { false }
    }
  }

  @Test func `a copy goes on alone`() throws {
    var training = try training()
    _ = try training.run(1)
    let (before, state) = (training, training.stateBytes)
    _ = try training.run(2)
    #expect(before.stateBytes == state && training.stateBytes != state)
  }

  /// It chooses nothing, so that there is nothing that it could learn from.
  @Test func `an agent that is silenced is not trained`() throws {
    var plan = try smallPlan(at: 5)
    try plan.add([.silence(agent: "Trend_01")])
    #expect(throws: MarketTrainingError.neverDecides("Trend_01")) {
      try MarketTraining(plan, settings: .small(), seed: 1)
    }
  }

  @Test func `what cannot be is refused`() throws {
    var settings = MarketTrainingSettings.small()
    settings.trainees[0].agent = "Nobody"
    #expect(throws: MarketTrainingError.unknownAgent("Nobody")) { try training(settings) }
    settings = .small()
    settings.end = 0
    #expect(throws: MarketTrainingError.neverDecides("Trend_01")) { try training(settings) }
    settings = .small()
    settings.trainees[0].parameters.set("quantity", .integer(0))
    #expect(throws: MarketTrainingError.self) { try training(settings) }
  }
}
