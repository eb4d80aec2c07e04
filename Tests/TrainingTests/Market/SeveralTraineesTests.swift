import Agents
import Counterfactual
import Determinism
import Journal
import Market
import MarketModel
import Replay
import Session
import SessionSupport
import TestSupport
import Testing

@testable import Training

extension MarketTrainingSettings {
  /// Three agents that learn by three algorithms, each in its own way.
  static var several: Self {
    var settings = Self.small(.dqn)
    for (agent, algorithm) in [("MM_01", LearningAlgorithm.ppo), ("Arb_01", .sac)] {
      var own = Self.small(algorithm).trainees[0]
      own.agent = agent
      settings.trainees.append(own)
    }
    settings.trainees[1].sight = TradingStyle.marketMaking.sight
    settings.trainees[1].reward.inventoryPenalty = 3
    settings.trainees[2].reward.othersGain = -0.5
    return settings
  }
}

@Suite(.serialized) struct SeveralTraineesTests {
  private func training(
    _ settings: MarketTrainingSettings = .several
  ) throws -> SmallTraining {
    try MarketTraining(smallPlan(at: 5), settings: settings, seed: 1)
  }

  @Test func `they learn the same bits at every level, from any update`() throws {
    var one = try training()
    let expected = try one.runAll(3)
    #expect(expected.allSatisfy { $0.map { $0.algorithm } == [.dqn, .ppo, .sac] })
    #expect(Set(expected.flatMap { $0 }.map { $0.hash }).count == 9)
    try expectSameBits(expected) { try training() }
  }

  /// An agent is its name: the order in which they are named, and who else is, changes no draw.
  @Test func `in another order they learn the same`() throws {
    var other = MarketTrainingSettings.several
    other.trainees.reverse()
    var (one, two) = (try training(), try training(other))
    let expected = try one.runAll(2).map { $0.map { $0.hash } }
    #expect(try two.runAll(2).map { $0.map { $0.hash }.reversed() } == expected)
    #expect(two.states.reversed() == one.states)
    // Draws of neighbouring seeds have nothing in common.
    let begins = try (1...3).flatMap { seed in
      try MarketTraining(smallPlan(at: 5), settings: .several, seed: seed).trainees.map {
        $0.learner.parameterHash
      }
    }
    #expect(Set(begins).count == 9)
  }

  @Test func `too many are refused`() throws {
    var settings = MarketTrainingSettings.several
    settings.trainees = (0...MarketTrainingSettings.maximumTrainees).map {
      TraineeSettings(agent: "agent \($0)")
    }
    #expect {
      _ = try training(settings)
    } throws: { error in
      if case .setting("agent", _)? = error as? MarketTrainingError { true } else { false }
    }
  }

  @Test func `states of several updates, or of others, are refused, and nothing changes`() throws {
    var (one, two) = (try training(), try training())
    _ = try one.runAll(1)
    _ = try two.runAll(2)
    let (first, second) = (one.states, two.states)
    for odd in [
      [first[0], first[1], second[2]], [first[0], first[1]], [first[1], first[0], first[2]], [],
    ] {
      #expect(throws: ByteError.self) { try one.resume(odd) }
      #expect(one.states == first)
    }
    try one.resume(second)
    #expect(one.states == second)
  }

  /// One of which a number is none: what the others learned in that update is taken back too.
  @Test func `where one cannot go on nobody has learned anything`() throws {
    var settings = MarketTrainingSettings.several
    settings.trainees[2].learning.common.rate = 1e38
    var training = try training(settings)
    #expect {
      _ = try training.runAll(3)
    } throws: { error in
      if case .notFinite("Arb_01", _, _)? = error as? MarketTrainingError { true } else { false }
    }
    let updates = Set(training.trainees.map { $0.updateCount })
    var again = try self.training(settings)
    _ = try again.runAll(training.updateCount)
    #expect(updates.count == 1 && again.states == training.states)
  }

  /// What they learned from is what they do on a tape with their policies and that noise.
  @Test func `agents on a tape do what they did while they were trained`() throws {
    var training = try training()
    _ = try training.runAll(1)
    let episodes = try training.play(5)
    var plan = try smallPlan(at: 5)
    try plan.add([.reseed(training.seed(of: 5))] + training.interventions)
    var buffer = EventBuffer()
    _ = try plan.run(into: &buffer)
    for (trainee, episode) in zip(training.trainees, episodes) {
      let chosen = buffer.records.compactMap { record -> ActionChoice? in
        guard case .actionChosen(let body) = record.event, body.agent == trainee.agent else {
          return nil
        }
        return ActionChoice(action: body.action, payload: body.payload)
      }
      #expect(chosen.map { Int32($0.action) } == episode.actions && chosen.count > 20)
      #expect(chosen.flatMap { $0.numbers } == episode.numbers)
    }
  }

  /// An agent learns from its own episode alone: what is done to others' learning changes what it sees, but
  /// not what the first update makes of the same episodes.
  @Test func `each learns by itself`() throws {
    var (one, other) = (try training(), try training())
    let episodes = try one.nextEpisodes.map { try one.play($0) }
    var changed = episodes
    for place in changed.indices {
      changed[place][1].rewards = changed[place][1].rewards.map { -$0 - 1 }
    }
    var (first, second) = (one.workspaces, other.workspaces)
    let (updates, others) = (
      try one.learn(episodes, &first), try other.learn(changed, &second)
    )
    #expect(updates[0] == others[0] && updates[2] == others[2] && updates[1] != others[1])
  }

  /// Who trades more pays more by luck, as much as asked for on average; nothing else changes in the first
  /// episodes.
  @Test func `slippage is drawn for each step, the same for one seed`() throws {
    var plain = MarketTrainingSettings.small()
    plain.seeds = 40
    var costly = plain
    costly.trainees[0].reward.slippage = 10
    costly.trainees[0].reward.gain = 0
    var (paid, traded) = (0.0, 0.0)
    var costs: Set<Double> = []
    for number in 0..<40 {
      let (free, other) = (
        try training(plain).play(number)[0], try training(costly).play(number)[0]
      )
      #expect(free.actions == other.actions && free.gain == other.gain)
      #expect(try training(costly).play(number)[0] == other)
      costs.formUnion(other.rewards.filter { $0 != 0 })
      paid -= other.rewards.reduce(0, +)
      let width = TradingFeature.ofOneInstrument.count
      // What was held, by the maximum inventory, from one decision to the next.
      let held = (0..<other.count).map { Double(other.features[$0 * width]) * 100 }
      traded += zip(held, held.dropFirst()).map { ($0 - $1).magnitude }.reduce(0, +)
    }
    #expect(costs.count > 100 && costs.allSatisfy { $0 < 0 })
    #expect((paid / traded - 10).magnitude < 2, "\(paid / traded)")
  }

  /// Of wake-ups in one tick each has luck of its own.
  @Test func `slippage differs within a tick`() throws {
    var scenario = smallScenario(ticks: 10)
    let place = try #require(scenario.agents.firstIndex { $0.account.name == "Trend_01" })
    scenario.agents[place].wakeInterval = 250_000_000
    let lineage = try SmallSession.open([try SmallSession.record(scenario)])
    var settings = MarketTrainingSettings.small()
    (settings.trainees[0].reward.gain, settings.trainees[0].reward.slippage) = (0, 10)
    let training = try SmallTraining(
      ForkPlan(lineage, at: 0, interventions: []), settings: settings, seed: 1)
    var luck: Set<Double> = []
    var paid = 0
    for number in 0..<4 {
      let episode = try training.play(number)[0]
      #expect(Set(episode.ticks).count < episode.ticks.count)
      for reward in episode.rewards where reward != 0 {
        luck.insert(reward)
        paid += 1
      }
    }
    // Nobody paid the same twice.
    #expect(paid > 20 && luck.count == paid)
  }

  @Test func `what is not seen changes nothing`() throws {
    let policy = try training().trainees[1].policy
    var numbers = KeyedNumbers(seed: 1)
    var features = TradingFeature.ofOneInstrument.map { _ in Float(numbers.number(-9...9)) }
    let noise = DecisionNoise(
      key: NoiseKey(seed: 1, entity: "MM_01", purpose: "choice"), tick: 3, slot: 0)
    let choice = policy.choice(features, isGreedy: false, noise)
    let seen = TradingStyle.marketMaking.sight
    var changed: [TradingFeature] = []
    for feature in TradingFeature.ofOneInstrument {
      features[feature.rawValue] += 3
      let other = policy.choice(features, isGreedy: false, noise)
      if other.scores != choice.scores { changed.append(feature) }
      features[feature.rawValue] -= 3
    }
    // A feature that is beyond the reach of a policy before and after is none either.
    #expect(changed.allSatisfy { seen.contains($0) } && changed.count > 5)
  }

  @Test func `what cannot be is refused`() throws {
    var settings = MarketTrainingSettings.several
    settings.trainees[1].agent = "Trend_01"
    #expect(throws: MarketTrainingError.setting("agent", expected: "Trend_01 once")) {
      try training(settings)
    }
    settings.trainees[1].agent = "Nobody"
    #expect(throws: MarketTrainingError.unknownAgent("Nobody")) { try training(settings) }
    settings.trainees[1].agent = "MM_01"
    settings.trainees[1].sight = []
    #expect(throws: MarketTrainingError.self) { try training(settings) }
    settings.trainees = []
    #expect(throws: MarketTrainingError.self) { try training(settings) }
  }

  @Test(arguments: 0..<10 as Range<UInt64>)
  func `a plan comes back from its bytes, and no change of them traps`(seed: UInt64) throws {
    var numbers = KeyedNumbers(seed: seed)
    var plan = TrainingPlan(settings: .several, seed: seed)
    for place in plan.settings.trainees.indices {
      plan.settings.trainees[place].sight = TradingFeature.allCases.filter { _ in
        numbers.number(0...1) == 1
      }
    }
    try plan.expectBytes(&numbers)
  }
}
