import Agents
import Determinism
import Learners
import MarketModel
import TestSupport
import Testing

@testable import Training

extension MarketTrainingSettings {
  /// Two agents whose critics see what both see, one of which speaks, and one that learns for itself.
  static var sharing: Self {
    var settings = Self.small(.continuousPPO)
    settings.trainees[0].parameters.set("signal_to", .text("MM_01"))
    for (agent, algorithm) in [("MM_01", LearningAlgorithm.ppo), ("Arb_01", .dqn)] {
      var own = Self.small(algorithm).trainees[0]
      own.agent = agent
      settings.trainees.append(own)
    }
    settings.trainees[1].parameters.set("heed_signals", .flag(true))
    for place in 0...1 { settings.centralizeCritic(place) }
    return settings
  }

  fileprivate mutating func centralizeCritic(_ place: Int, _ shares: Bool = true) {
    guard case .ppo(var own, let isContinuous) = trainees[place].learning else { return }
    own.hasCentralCritic = shares
    trainees[place].learning = .ppo(own, isContinuous: isContinuous)
  }
}

@Suite(.serialized) struct CentralCriticTests {
  private func training(
    _ settings: MarketTrainingSettings = .sharing
  ) throws -> SmallTraining {
    try MarketTraining(smallPlan(at: 5), settings: settings, seed: 1)
  }

  @Test func `they learn the same bits at every level, from any update and in any order`() throws {
    var one = try training()
    let expected = try one.runAll(3)
    for updates in expected {
      #expect(updates[..<2].allSatisfy { $0[.unmoved] == 1 && $0[.firstDivergence] == 0 })
    }
    try expectSameBits(expected) { try training() }
    var reversed = MarketTrainingSettings.sharing
    reversed.trainees.reverse()
    var other = try training(reversed)
    _ = try other.runAll(3)
    #expect(other.states.reversed() == one.states)
  }

  /// The critic alone sees more: what is done at first is the same, what is learned is not.
  @Test func `a critic that sees what others see values otherwise`() throws {
    var alone = MarketTrainingSettings.sharing
    alone.centralizeCritic(1, false)
    var (one, two) = (try training(), try training(alone))
    let (first, second) = (try one.play(0), try two.play(0))
    #expect(first.map { $0.actions } == second.map { $0.actions })
    #expect(first.map { $0.logProbabilities } == second.map { $0.logProbabilities })
    #expect(first[0].values == second[0].values && first[1].values != second[1].values)
    let width = TradingFeature.ofOneInstrument.count
    #expect(first[1].criticObservations.count == 3 * width * first[1].count)
    #expect(second[1].criticObservations.isEmpty && first[2].criticObservations.isEmpty)
    let (updates, others) = (try one.runAll(1)[0], try two.runAll(1)[0])
    #expect(updates[0] == others[0] && updates[1] != others[1])
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `what others saw last is what stands beside, row by row`(seed: UInt64) {
    var numbers = KeyedNumbers(seed: seed)
    var episodes = [MarketEpisode](repeating: MarketEpisode(), count: 3)
    for turn in 0..<40 {
      let place = Int(numbers.number(0...2))
      if place == 2 && turn < 20 { continue }  // one begins late
      episodes[place].turns.append(turn)
      episodes[place].observations += [Float(turn) + 1, -Float(place)]
      episodes[place].rewards.append(0)
    }
    for place in 0..<3 {
      let others = (0..<3).filter { $0 != place }.map { episodes[$0] }
      var joined = episodes[place]
      joined.join(others)
      var expected: [Float] = []
      for (step, turn) in episodes[place].turns.enumerated() {
        expected += episodes[place].observations[2 * step..<2 * step + 2]
        for other in others {
          let last = other.turns.lastIndex { $0 < turn }
          expected += last.map { Array(other.observations[2 * $0..<2 * $0 + 2]) } ?? [0, 0]
        }
      }
      #expect(joined.criticObservations == expected)
    }
  }

  @Test func `a plan comes back from its bytes`() throws {
    var numbers = KeyedNumbers(seed: 1)
    try TrainingPlan(settings: .sharing, seed: 1).expectBytes(&numbers)
  }
}
