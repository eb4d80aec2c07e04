import Agents
import Counterfactual
import Determinism
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

extension MarketTrainingSettings {
  /// Trend_01 holds OTHER against STOCK, two lots for three.
  fileprivate static func pair(_ algorithm: LearningAlgorithm = .ppo) -> Self {
    var settings = Self.small(algorithm)
    settings.trainees[0].parameters.set("quantity", .integer(3))
    settings.trainees[0].parameters.set("pair", .text("OTHER"))
    settings.trainees[0].parameters.set("pair_quantity", .integer(2))
    return settings
  }
}

@Suite(.serialized) struct PairTrainingTests {
  /// Two instruments, with the same four strategies in each.
  private func scenario() -> Scenario {
    var scenario = smallScenario()
    scenario.instruments.append(InstrumentRules(name: "OTHER", referencePrice: 10_000))
    for var agent in scenario.agents {
      agent.account.name += "_other"
      agent.parameters.set("instrument", .text("OTHER"))
      scenario.agents.append(agent)
    }
    return scenario
  }

  private func plan() throws -> ForkPlan<BuiltInAgents> {
    let lineage = try SmallSession.open([try SmallSession.record(scenario())])
    return try ForkPlan(lineage, at: 5, interventions: [])
  }

  private func training(_ settings: MarketTrainingSettings = .pair()) throws -> SmallTraining {
    try MarketTraining(plan(), settings: settings, seed: 1)
  }

  @Test(arguments: LearningAlgorithm.allCases)
  func `who trades a pair learns the same bits at every level, from any update`(
    algorithm: LearningAlgorithm
  ) throws {
    let settings = MarketTrainingSettings.pair(algorithm)
    var one = try training(settings)
    let expected = try one.runAll(3)
    #expect(one.policy.seesPair && one.policy.trading?["pair"] == .text("OTHER"))
    if !algorithm.keepsSteps {
      #expect(expected.allSatisfy { $0[0][.unmoved] == 1 && $0[0][.firstDivergence] == 0 })
    }
    try expectSameBits(expected) { try training(settings) }
  }

  /// What stands against each other costs nothing to hold; what is traded of both counts.
  @Test func `rewards count both instruments`() throws {
    var settings = MarketTrainingSettings.pair()
    (settings.trainees[0].reward.gain, settings.trainees[0].reward.inventoryPenalty) = (0, 1e6)
    let held = try training(settings).play(0)[0]
    let width = TradingFeature.allCases.count
    for step in 1..<held.count {
      let row = held.features[step * width..<(step + 1) * width]
      let share =
        Double(row[row.startIndex + TradingFeature.inventory.rawValue])
        + Double(row[row.startIndex + TradingFeature.pairInventory.rawValue])
      #expect(abs(held.rewards[step - 1] + 1e6 * share * share) < 1, "\(step)")
    }
    #expect(held.rewards.contains { $0 != 0 })
    settings.trainees[0].reward.inventoryPenalty = 0
    settings.trainees[0].reward.tradingCost = 1
    let traded = try training(settings).play(0)[0]
    var expected = 0.0
    for step in 1..<traded.count {
      for feature in [TradingFeature.inventory, .pairInventory] {
        let change =
          traded.features[step * width + feature.rawValue]
          - traded.features[(step - 1) * width + feature.rawValue]
        expected -= Double(abs(change)) * 100
      }
    }
    let sum = traded.rewards.dropLast().reduce(0, +)
    #expect(abs(sum - expected) < 0.01 && sum < -50, "\(sum) \(expected)")
  }

  /// Forks the last of some tapes, and adds the fork.
  private func fork(
    _ tapes: inout [[UInt8]], at tick: Tick, _ change: AgentDescription
  ) throws -> MarketSession<BuiltInAgents> {
    var plan = try ForkPlan<BuiltInAgents>(
      SmallSession.open(tapes), at: tick, interventions: [])
    try plan.add([.changeAgent(change)])
    var recorder = JournalRecorder(plan.encoder(), output: MemoryOutput())
    let session = try plan.run(into: &recorder)
    recorder.seal(session.state)
    tapes.append(recorder.output.bytes)
    return session
  }

  /// What is remembered of one instrument, or of another pair, is of no use then: the account is taken over.
  @Test func `a trader that is given a pair on its way holds it from then on`() throws {
    var settings = MarketTrainingSettings.pair()
    let pair = try training(settings).trainees[0]
    settings.trainees[0].parameters = Parameters()
    let alone = try training(settings).trainees[0]
    var tapes = [try SmallSession.record(scenario())]
    _ = try fork(&tapes, at: 5, alone.trader.with(alone.policy))
    let given = try fork(
      &tapes, at: 20, alone.trader.trading(Parameters(), by: pair.policy).with(pair.policy))
    try expectRatio(given, 3, 2)
    var ratio = Parameters()
    ratio.set("pair_quantity", .integer(1))
    let other = try fork(
      &tapes, at: 30, alone.trader.trading(ratio, by: pair.policy).with(pair.policy))
    try expectRatio(other, 3, 1)
    // And back: by a policy that sees one instrument it holds one.
    var last = tapes
    let plain = try fork(
      &last, at: 35, pair.trader.trading(Parameters(), by: alone.policy).with(alone.policy))
    #expect(plain.state.scenario.agents[Int(alone.agent)].parameters["pair"] == nil)
    for tapes in [tapes, last] {
      let report = try Verification<BuiltInAgents, MemorySource>.run(
        SmallSession.open(tapes), level: .v5)
      #expect(report.finding == nil)
    }
  }

  private func expectRatio(
    _ session: MarketSession<BuiltInAgents>, _ quantity: Lots, _ lots: Lots
  ) throws {
    let state = session.state
    let agent = try #require(state.agentIndex(named: "Trend_01"))
    let (first, second) = (
      state.market.position(agent, 0), state.market.position(agent, 1)
    )
    // What was asked for last may not have been filled.
    #expect((second + first * lots / quantity).magnitude <= 3, "\(first) and \(second)")
    #expect(second != 0)
  }

  private func reason(_ settings: MarketTrainingSettings) throws -> String {
    do {
      _ = try training(settings)
    } catch {
      return "\(error)"
    }
    return ""
  }

  @Test func `what does not go with a pair is refused`() throws {
    var odd = [MarketTrainingSettings](repeating: .pair(), count: 6)
    odd[0].trainees[0].parameters.set("pair", .text("NONE"))
    odd[1].trainees[0].parameters.set("pair", .text("STOCK"))
    odd[2].trainees[0].sight = TradingFeature.ofOneInstrument
    odd[5].trainees[0].parameters = Parameters()
    odd[5].trainees[0].sight = [.inventory, .gapTrend]
    for place in 3...4 {
      var other = odd[place].trainees[0]
      other.agent = "MM_01"
      other.parameters = Parameters()
      odd[place].trainees.append(other)
    }
    odd[3].isShared = true
    for place in 0...1 {
      guard case .ppo(var own, let isContinuous) = odd[4].trainees[place].learning else { continue }
      own.hasCentralCritic = true
      odd[4].trainees[place].learning = .ppo(own, isContinuous: isContinuous)
    }
    let words = [
      "one of: STOCK, OTHER", "another instrument", "see", "shared", "central_critic",
      "nothing of a pair",
    ]
    for (settings, word) in zip(odd, words) {
      let reason = try reason(settings)
      #expect(reason.contains(word), "\(word): \(reason)")
    }
  }

  @Test func `a plan comes back from its bytes`() throws {
    var numbers = KeyedNumbers(seed: 1)
    try TrainingPlan(settings: .pair(), seed: 1).expectBytes(&numbers)
    var some = TrainingPlan(settings: .pair(), seed: 1)
    some.settings.trainees[0].sight = TradingFeature.ofOneInstrument + [.gapTrend]
    #expect(try TrainingPlan(bytes: some.bytes) == some)
    // All of one instrument, bit for bit as before there were pairs, is all there is.
    some.settings.trainees[0].sight = TradingFeature.allCases
    let before = some.bytes
    some.settings.trainees[0].sight = TradingFeature.ofOneInstrument
    #expect(some.bytes == before)
  }
}
