import Agents
import Counterfactual
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

@Suite struct DemonstrationTests {
  private let names = SmallSession.fourTypes.map { $0.0 }

  private func shown(
    _ scenario: Scenario, _ name: String, at tick: Tick = 0, until end: Tick? = nil,
    _ parameters: Parameters = Parameters()
  ) throws -> Demonstration {
    let fork = try ForkPlan<BuiltInAgents>(
      SmallSession.open([try SmallSession.record(scenario)]), at: tick, interventions: [],
      held: names)
    return try Demonstration(fork, of: name, parameters: parameters, until: end)
  }

  /// What is seen in the place of an agent that has a policy is what that agent saw, and what it is said to
  /// have done is what it chose: so the rest of the market went as it did on the tape.
  @Test(arguments: [LearningAlgorithm.ppo, .sac])
  func `an agent with a policy is seen to do what it chose`(algorithm: LearningAlgorithm) throws {
    var training = try MarketTraining<BuiltInAgents>(
      smallPlan(ticks: 60), settings: .small(algorithm), seed: 1)
    _ = try training.run(1)
    var plan = try smallPlan(ticks: 60)
    let seed = training.seed(of: 5)
    try plan.add([.reseed(seed), training.interventions[0]])
    let episode = try training.play(5)[0]
    // The same session on a tape.
    var recorder = JournalRecorder(plan.encoder(), output: MemoryOutput())
    let session = try plan.run(into: &recorder)
    recorder.seal(session.state)
    let parent = try SmallSession.record(smallScenario(ticks: 60))
    let fork = try ForkPlan<BuiltInAgents>(
      SmallSession.open([parent, recorder.output.bytes]), at: 0, interventions: [], held: names)
    let shown = try Demonstration(fork, of: "Trend_01", parameters: Parameters(), until: nil)
    #expect(shown.features == episode.features && shown.features.count > 19 * 20)
    if algorithm == .ppo { #expect(shown.actions == episode.actions) }
    if algorithm == .sac { #expect(Set(shown.actions).count > 2) }
  }

  @Test func `agents are seen to do what they do`() throws {
    let scenario = smallScenario(ticks: 60)
    let trend = try shown(scenario, "Trend_01")
    #expect(Set(trend.actions).isSubset(of: [0, 1, 2]) && trend.actions.contains { $0 > 0 })
    let maker = try shown(scenario, "MM_01")
    #expect(maker.actions.count { $0 == Int32(DiscreteAction.quote.rawValue) } > 10)
    #expect(maker.features.count == 19 * maker.actions.count)
  }

  /// Two instruments, of which the trend follower and a market maker trade the second.
  @Test func `what is done in another instrument is nothing`() throws {
    var scenario = smallScenario(ticks: 60)
    scenario.instruments.append(InstrumentRules(name: "OTHER", referencePrice: 10_000))
    for index in scenario.agents.indices where scenario.agents[index].account.name != "Arb_01" {
      scenario.agents[index].parameters.set("instrument", .text("OTHER"))
    }
    var buffer = EventBuffer()
    var session = try MarketSession<BuiltInAgents>(scenario: scenario)
    try session.run(into: &buffer)
    let ordered = buffer.records.count { record in
      if case .orderSubmitted(let body) = record.event { body.key.agent == 1 } else { false }
    }
    let own = try shown(scenario, "Trend_01")
    #expect(own.actions.count { $0 == 1 || $0 == 2 } == ordered && ordered > 10)
    // Who watches the first instrument sees nothing of that.
    var first = Parameters()
    first.set("instrument", .text("STOCK"))
    let other = try shown(scenario, "Trend_01", first)
    #expect(other.ticks == own.ticks && other.actions.allSatisfy { $0 == 0 })
    #expect(other.features != own.features)
  }

  @Test func `it begins and ends where it should`() throws {
    let scenario = smallScenario(ticks: 60)
    let whole = try shown(scenario, "Trend_01")
    let part = try shown(scenario, "Trend_01", at: 20, until: 40)
    #expect(part.ticks == whole.ticks.filter { (20..<40).contains($0) })
    let place = try #require(whole.ticks.firstIndex(of: 20))
    #expect(part.actions == whole.actions[place..<place + part.actions.count].map { $0 })
    #expect(throws: MarketTrainingError.neverDecides("Trend_01")) {
      try shown(scenario, "Trend_01", at: 20, until: 20)
    }
    #expect(throws: MarketTrainingError.unknownAgent("Nobody")) {
      try shown(scenario, "Nobody")
    }
  }

  /// What was learned from an agent does what that agent does, better than the most common action would.
  @Test func `a clone of a strategy does what it does`() throws {
    let shown = try shown(smallScenario(ticks: 400), "Trend_01")
    var settings = BehaviourCloning.Settings()
    settings.hidden = [16]
    let cloning = try PolicyCloning(shown, settings: settings, seed: 1, testPart: 0.25)
    #expect(cloning.counts.tested == 100 && cloning.counts.learned == 300)
    #expect(cloning.tested.agreement > cloning.common + 0.1)
    #expect(
      try PolicyCloning(shown, settings: settings, seed: 1, testPart: 0.25).policy
        == cloning.policy)
    #expect(throws: MarketTrainingError.self) {
      try PolicyCloning(shown, settings: settings, seed: 1, testPart: 1)
    }
  }
}
