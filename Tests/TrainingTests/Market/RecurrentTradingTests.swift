import Agents
import Counterfactual
import Learners
import Networks
import Session
import TestSupport
import Testing

@testable import Training

@Suite(.serialized) struct RecurrentTradingTests {
  private func training(_ settings: MarketTrainingSettings) throws -> SmallTraining {
    try MarketTraining(smallPlan(), settings: settings, seed: 1)
  }

  /// The setting that is refused.
  private func refusal(
    _ settings: MarketTrainingSettings, in plan: ForkPlan<BuiltInAgents>
  ) -> String? {
    do throws(MarketTrainingError) {
      _ = try MarketTraining(plan, settings: settings, seed: 1)
    } catch {
      if case .setting(let name, _) = error { return name }
    }
    return nil
  }

  /// However an episode is cut into parts, what is remembered goes on from one to the next.
  @Test func `a long episode is looked at as it was played`() throws {
    let plan = try smallPlan(ticks: 700)
    var training = try MarketTraining(plan, settings: .small(.recurrentPPO), seed: 1)
    #expect(training.trainees[0].steps > 600)
    let update = try training.run(1)[0]
    #expect(update[.unmoved] == 1 && update[.firstDivergence] == 0)
  }

  /// The policy has nothing to go by but what changed last: only one that remembers can add it up.
  @Test func `what was seen before counts`() throws {
    var settings = MarketTrainingSettings.small(.recurrentPPO)
    settings.trainees[0].sight = [.change1]
    let training = try training(settings)
    let episode = try training.play(0)[0]
    guard case .recurrentPPO(let learner) = training.learner else {
      Issue.record("another learner")
      return
    }
    var workspace = RecurrentPolicyOptimization.Workspace(learner, rows: episode.count)
    let rows = episode.count
    learner.look(
      episode.observations.span, memory: episode.memory.span,
      starts: [Bool](repeating: true, count: rows), &workspace)
    // Were each decision the first, other probabilities came out of it.
    let alone = (0..<rows).map {
      learner.logProbability($0, Int(episode.actions[$0]), workspace)
    }
    #expect(alone[0] == episode.logProbabilities[0])
    #expect((1..<rows).allSatisfy { alone[$0] != episode.logProbabilities[$0] })
  }

  @Test func `parts of a batch are whole episodes, and as many`() throws {
    var settings = MarketTrainingSettings.small(.recurrentPPO)
    settings.episodes = 6
    let training = try training(settings)
    guard case .recurrentPPO(let learner) = training.learner else {
      Issue.record("another learner")
      return
    }
    #expect(learner.settings.base.minibatches == 3 && learner.settings.base.environments == 6)
    #expect(training.policy.memory?.width == 8)
  }

  @Test func `what cannot be is refused`() throws {
    var settings = MarketTrainingSettings.small(.recurrentPPO)
    let plan = try smallPlan()
    #expect(refusal(settings, in: plan) == nil)
    guard case .recurrentPPO(var own) = settings.trainees[0].learning else { return }
    own.base.hasCentralCritic = true
    settings.trainees[0].learning = .recurrentPPO(own)
    #expect(refusal(settings, in: plan) == "central_critic")
    (own.base.hasCentralCritic, own.memory) = (false, 1024)
    settings.trainees[0].learning = .recurrentPPO(own)
    // A policy of more than 1.5 MiB.
    #expect(refusal(settings, in: plan) == "memory")
    (own.memory, own.base.hidden) = (8, [4096, 4096])
    settings.trainees[0].learning = .recurrentPPO(own)
    #expect(refusal(settings, in: plan) == "hidden")
  }

  /// Such policies can be made; this build learns by scores of actions where there is a memory.
  @Test(arguments: LearningAlgorithm.allCases)
  func `what remembers and says something else than scores is not trained further`(
    algorithm: LearningAlgorithm
  ) throws {
    let outputs: [PolicyHead.Output] = [
      .worths(isDueling: false, exploration: 0), .worths(isDueling: true, exploration: 0), .numbers,
      .plainNumbers,
    ]
    for output in outputs {
      let head = PolicyHead(output, speaks: false)
      let unit = GatedRecurrence(inputs: 19, width: 8)
      let network = Perceptron([8, head.outputs], hidden: .relu)
      let policy = TradingPolicy(
        memory: unit, network: network, head: head,
        parameters: [Float](repeating: 0, count: unit.parameterCount + network.parameterCount),
        shifts: [Float](repeating: 0, count: 19), scales: [Float](repeating: 1, count: 19))
      var scenario = smallScenario()
      scenario.agents[1] = try scenario.agents[1].trading(Parameters()).with(policy)
      let fork = try smallPlan(of: scenario, at: 0)
      #expect(refusal(.small(algorithm), in: fork) == "policy")
    }
  }

  @Test func `a policy that remembers goes on with as many numbers`() throws {
    let learned = try training(.small(.recurrentPPO)).policy
    var scenario = smallScenario()
    scenario.agents[1] = try scenario.agents[1].trading(Parameters()).with(learned)
    let fork = try smallPlan(of: scenario, at: 0)
    for (asked, refused) in [(8, nil), (LearningSettings.defaultMemory, nil), (9, "memory")] {
      var settings = MarketTrainingSettings.small(.recurrentPPO)
      guard case .recurrentPPO(var own) = settings.trainees[0].learning else { return }
      own.memory = asked
      settings.trainees[0].learning = .recurrentPPO(own)
      #expect(refusal(settings, in: fork) == refused)
      if refused != nil { continue }
      #expect(try MarketTraining(fork, settings: settings, seed: 1).policy == learned)
    }
  }
}
