import Agents
import Counterfactual
import Determinism
import Journal
import Learners
import Market
import MarketModel
import Session
import SessionSupport
import TestSupport
import Testing

@testable import Training

extension MarketTrainingSettings {
  /// Three agents that learn one policy.
  static func shared(_ algorithm: LearningAlgorithm = .ppo) -> Self {
    var settings = Self.small(algorithm)
    for agent in ["MM_01", "Arb_01"] {
      var own = settings.trainees[0]
      own.agent = agent
      settings.trainees.append(own)
    }
    settings.isShared = true
    return settings
  }
}

@Suite(.serialized) struct SharedPolicyTests {
  private func training(
    _ settings: MarketTrainingSettings = .shared()
  ) throws -> SmallTraining {
    try MarketTraining(smallPlan(at: 5), settings: settings, seed: 1)
  }

  @Test(arguments: LearningAlgorithm.allCases)
  func `they learn one policy, the same bits at every level and in any order`(
    algorithm: LearningAlgorithm
  ) throws {
    let settings = MarketTrainingSettings.shared(algorithm)
    var one = try training(settings)
    let expected = try one.runAll(3)
    #expect(Set(one.states).count == 1 && one.updateCount == 3)
    for updates in expected {
      #expect(Set(updates.map { $0.hash }).count == 1 && Set(updates.map { $0.gain }).count == 3)
    }
    try expectSameBits(expected) { try training(settings) }
    var reversed = settings
    reversed.trainees.reverse()
    var other = try training(reversed)
    #expect(try other.runAll(3).map { $0.reversed() } == expected)
  }

  /// To a learner an agent more is an episode more.
  @Test(arguments: LearningAlgorithm.allCases)
  func `what two agents share is what one would learn from as many episodes`(
    algorithm: LearningAlgorithm
  ) throws {
    var settings = MarketTrainingSettings.shared(algorithm)
    settings.trainees.removeLast()
    var shared = try training(settings)
    var alone = MarketTrainingSettings.small(algorithm)
    alone.episodes = 4
    var one = try training(alone).trainees[0]
    #expect(one.steps == shared.trainees[0].steps)
    one.share(shared.trainees[0])
    for _ in 0..<2 {
      let episodes = try shared.nextEpisodes.map { try shared.play($0) }
      // By name: Arb_01 or MM_01 comes before Trend_01.
      let rows = episodes.flatMap { [$0[1], $0[0]] }
      var workspace = one.learner.workspace
      let update = try one.learn(rows, &workspace)
      var workspaces = shared.workspaces
      #expect(workspaces.count == 1)
      let updates = try shared.learn(episodes, &workspaces)
      #expect(updates.allSatisfy { $0.hashes == update.hashes && $0.values == update.values })
      #expect(one.stateBytes == shared.states[0])
      if !algorithm.keepsSteps {
        #expect(update[.unmoved] == 1 && update[.firstDivergence] == 0)
      }
    }
  }

  @Test func `agents that are not alike share nothing`() throws {
    var odd = [MarketTrainingSettings](repeating: .shared(), count: 5)
    odd[0].trainees.removeLast(2)
    odd[1].trainees[1].learning.common.discount = 0.5
    odd[2].trainees[1].sight = [.inventory]
    odd[3].trainees[2].reward.gain = 2
    odd[4].trainees[1].parameters.set("signal_to", .text("Arb_01"))
    let words = ["two agents", "MM_01 learns", "MM_01 sees", "Arb_01 is rewarded", "signal_to"]
    for (settings, word) in zip(odd, words) {
      #expect(reason(settings)?.contains(word) == true, "\(word)")
    }
  }

  /// Why a training is refused; nil where it is not.
  private func reason(_ settings: MarketTrainingSettings) -> String? {
    do {
      _ = try training(settings)
    } catch MarketTrainingError.setting("shared", let expected) {
      return expected
    } catch {
      return "\(error)"
    }
    return nil
  }

  /// A learner takes as many decisions of each: most of who decides often would be thrown away.
  @Test func `agents that decide far more often than others share nothing with them`() throws {
    var scenario = smallScenario()
    for place in scenario.agents.indices where scenario.agents[place].account.name == "MM_01" {
      scenario.agents[place].wakeInterval *= 3
    }
    let lineage = try SmallSession.open([try SmallSession.record(scenario)])
    let plan = try ForkPlan<BuiltInAgents>(lineage, at: 5, interventions: [])
    do {
      _ = try SmallTraining(plan, settings: .shared(), seed: 1)
      Issue.record("accepted")
    } catch {
      #expect("\(error)".contains("MM_01 1") && "\(error)".contains("as often"), "\(error)")
    }
  }

  @Test func `agents go on from one policy, or from none`() throws {
    var first = try training()
    _ = try first.runAll(1)
    let given = first.interventions
    // How each trades is its own: here one of them trades more at once.
    var settings = MarketTrainingSettings.shared()
    settings.trainees[0].parameters.set("quantity", .integer(7))
    let all = try plan(with: given)
    #expect(try SmallTraining(all, settings: settings, seed: 1).updateCount == 0)
    let some = try plan(with: Array(given.dropLast()))
    #expect(throws: MarketTrainingError.self) {
      _ = try SmallTraining(some, settings: settings, seed: 1)
    }
  }

  /// A fork of a session in which agents have policies from the beginning.
  private func plan(with interventions: [Intervention]) throws -> ForkPlan<BuiltInAgents> {
    var scenario = smallScenario()
    for case .changeAgent(let agent) in interventions {
      for place in scenario.agents.indices
      where scenario.agents[place].account.name == agent.account.name {
        scenario.agents[place] = agent
      }
    }
    let lineage = try SmallSession.open([try SmallSession.record(scenario)])
    return try ForkPlan(lineage, at: 5, interventions: [])
  }

  @Test func `states that differ are none of a shared policy`() throws {
    var (one, two) = (try training(), try training())
    _ = try two.runAll(1)
    let (first, second) = (one.states, two.states)
    #expect(throws: ByteError.self) { try one.resume([first[0], first[1], second[2]]) }
    #expect(one.states == first)
  }

  @Test func `a plan comes back from its bytes`() throws {
    var numbers = KeyedNumbers(seed: 1)
    try TrainingPlan(settings: .shared(), seed: 1).expectBytes(&numbers)
    let plan = TrainingPlan(settings: .shared(), seed: 1)
    #expect(try TrainingPlan(bytes: plan.bytes).settings.isShared)
  }
}
