import Agents
import Counterfactual
import Determinism
import Features
import Journal
import Learners
import Market
import MarketModel
import Replay
import Session
import SessionSupport
import TestSupport
import Testing

@testable import Training

/// A fork of a small session of four strategies, at a tick.
func smallPlan(
  at tick: Tick = 0, ticks: Tick = 40, seed: UInt64 = 3
) throws -> ForkPlan<BuiltInAgents> {
  var scenario = SmallSession.scenario("small", seed: seed, ticks: ticks)
  scenario.agents = SmallSession.fourTypes.map {
    SmallSession.agent($0.0, $0.1, hasLatency: seed % 2 == 0)
  }
  let lineage = try SmallSession.open([try SmallSession.record(scenario)])
  return try ForkPlan(lineage, at: tick, interventions: [])
}

typealias SmallTraining = MarketTraining<BuiltInAgents>

extension MarketTrainingSettings {
  /// Three updates of two short episodes each.
  static var small: Self {
    var settings = Self(agent: "Trend_01")
    (settings.episodes, settings.seeds) = (2, 4)
    settings.learning.hidden = [8]
    settings.learning.updates = 3
    settings.learning.minibatches = 4
    settings.learning.epochs = 2
    return settings
  }
}

extension MarketTraining {
  /// Plays and learns so many times.
  mutating func run(_ updates: Int) throws -> [MarketUpdate] {
    var workspace = workspace
    var made: [MarketUpdate] = []
    for _ in 0..<updates {
      let episodes = try nextEpisodes.map { try play($0) }
      made.append(try learn(episodes, &workspace))
    }
    return made
  }
}

@Suite(.serialized) struct MarketTrainingTests {
  private func training(
    at tick: Tick = 0, seed: UInt64 = 3, _ settings: MarketTrainingSettings = .small
  ) throws -> SmallTraining {
    try MarketTraining(smallPlan(at: tick, seed: seed), settings: settings, seed: 1)
  }

  @Test(arguments: [2, 3] as [UInt64])
  func `updates are the same bits at every level, and their first ratio is 1`(seed: UInt64) throws {
    var one = try training(seed: seed)
    let expected = try one.run(3)
    #expect(Set(expected.map { $0.hash }).count == 3)
    for update in expected {
      #expect(update.metrics.firstUnmoved == 1 && update.metrics.firstDivergence == 0)
    }
    for level in Kernels.Level.allCases {
      Kernels.select(level)
      var other = try training(seed: seed)
      #expect(try other.run(3) == expected, "\(level)")
      #expect(other.policy == one.policy)
    }
    Kernels.select(.automatic)
  }

  @Test func `it goes on from any update as if it had not stopped`() throws {
    var whole = try training(at: 15)
    let expected = try whole.run(3)
    for stop in 0...3 {
      var first = try training(at: 15)
      var updates = try first.run(stop)
      var copy = first
      updates += try copy.run(3 - stop)
      #expect(updates == expected)
      #expect(copy.policy == whole.policy)
    }
  }

  /// What was learned from is what the agent does on a tape with that policy and that noise.
  @Test(arguments: [0, 15] as [Tick])
  func `an agent on a tape does what it did while it was trained`(tick: Tick) throws {
    for seed in [2, 3] as [UInt64] {
      var training = try training(at: tick, seed: seed)
      _ = try training.run(1)
      let episode = try training.play(5)
      var plan = try smallPlan(at: tick, seed: seed)
      try plan.add([.reseed(training.seed(of: 5)), training.intervention(training.policy)])
      var buffer = EventBuffer()
      _ = try plan.run(into: &buffer)
      let chosen = buffer.records.compactMap { record -> Int32? in
        if case .actionChosen(let body) = record.event { return Int32(body.action) }
        return nil
      }
      #expect(chosen == episode.actions && chosen.count > 20)
      #expect(Set(chosen).count > 3)
    }
  }

  @Test func `what it gains is what its account says`() throws {
    let training = try training()
    let episode = try training.play(0)
    var plan = try smallPlan()
    try plan.add([.reseed(training.seed(of: 0)), training.intervention(training.policy)])
    var sink = NoEvents()
    let market = try plan.run(into: &sink).state.market
    let middle = Double(market.view(0).quotes.twiceMiddle) / 2
    let gain = Double(market.cash(of: 1)) + Double(market.position(1, 0)) * middle
    #expect(episode.gain == gain && gain != 0)
    #expect((episode.rewards.reduce(0, +) - episode.gain).magnitude < 1e-6)
  }

  @Test func `episodes end where they should, and learn nothing of what follows`() throws {
    var settings = MarketTrainingSettings.small
    settings.end = 20
    let training = try training(at: 5, settings)
    #expect(try training.play(0).count == 15)
  }

  @Test func `a rate of 0 leaves the weights as they are`() throws {
    var settings = MarketTrainingSettings.small
    settings.learning.rate = 0
    var training = try training(settings)
    let before = training.learner.parameters
    _ = try training.run(2)
    #expect(training.learner.parameters == before)
  }

  @Test func `numbers that are none stop it, with agent and layer, and change nothing`() throws {
    var settings = MarketTrainingSettings.small
    settings.learning.rate = 1e38
    var training = try training(settings)
    let before = training.stateBytes
    #expect {
      _ = try training.run(3)
    } throws: { error in
      guard case .notFinite("Trend_01", let layer, let place)? = error as? MarketTrainingError
      else { return false }
      return layer.hasPrefix("layer ") && place.hasPrefix("update ")
    }
    var again = try self.training(settings)
    _ = try? again.run(3)
    #expect(training.stateBytes == again.stateBytes)
    #expect(training.learner.updateCount > 0 || training.stateBytes == before)
    #expect(training.learner.parameters.allSatisfy { $0.isFinite })
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
      try MarketTraining(plan, settings: .small, seed: 1)
    }
  }

  @Test func `what cannot be is refused`() throws {
    var settings = MarketTrainingSettings.small
    settings.agent = "Nobody"
    #expect(throws: MarketTrainingError.unknownAgent("Nobody")) { try training(settings) }
    settings = .small
    settings.end = 0
    #expect(throws: MarketTrainingError.neverDecides("Trend_01")) { try training(settings) }
    settings = .small
    settings.parameters.set("quantity", .integer(0))
    #expect(throws: MarketTrainingError.self) { try training(settings) }
  }
}
