import Agents
import Counterfactual
import MarketModel
import Session
import SessionSupport
import TestSupport
import Testing

@testable import Training

@Suite(.serialized) struct SpeakingTests {
  /// Who is told hears what was chosen to be said, and nothing else of what is there changes.
  @Test(arguments: LearningAlgorithm.allCases)
  func `who tells somebody learns what to say too`(algorithm: LearningAlgorithm) throws {
    var settings = MarketTrainingSettings.small(algorithm)
    settings.trainees[0].parameters.set("signal_to", .text("MM_01"))
    var training = try SmallTraining(smallPlan(), settings: settings, seed: 1)
    let updates = try training.run(2)
    #expect(training.policy.head.speaks && updates.allSatisfy { !$0.hashes.isEmpty })
    let episode = try training.play(5)[0]
    var plan = try smallPlan()
    try plan.add([.reseed(training.seed(of: 5)), training.interventions[0]])
    var buffer = EventBuffer()
    _ = try plan.run(into: &buffer)
    var chosen: [ActionChoice] = []
    var told: [Signal] = []
    for record in buffer.records {
      switch record.event {
      case .actionChosen(let body):
        chosen.append(try #require(ActionChoice(action: body.action, payload: body.payload)))
      case .messageSent(let body) where body.key.agent == 1:
        told.append(try #require(Signal(payload: body.payload)))
      default: break
      }
    }
    let said: [Int64] =
      episode.numbers.isEmpty
      ? chosen.compactMap { TradingAction(number: Int($0.action))?.saying }
      : chosen.compactMap { $0.numbers.last.map { $0.magnitude > 1 / 2 ? ($0 > 0 ? 1 : -1) : 0 } }
    #expect(told.map { $0.direction } == said.filter { $0 != 0 })
    #expect(algorithm == .dqn || Set(said) == [-1, 0, 1])
    #expect(chosen.map { Int32($0.action) } == episode.actions)
  }

  @Test func `whom a strategy tells, its policy does not tell unasked`() throws {
    var agent = smallScenario().agents[1]
    agent.parameters.set("signal_to", .text("MM_01"))
    #expect(try !agent.trading(Parameters()).speaks)
    var asked = Parameters()
    asked.set("signal_to", .text("Arb_01"))
    let trader = try agent.trading(asked)
    #expect(trader.speaks)
    #expect(try trader.trading(Parameters()).parameters["signal_to"] == .text("Arb_01"))
  }
}
