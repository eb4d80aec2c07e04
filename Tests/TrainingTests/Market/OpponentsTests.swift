import Agents
import Counterfactual
import Market
import MarketModel
import Session
import SessionSupport
import TestSupport
import Testing

@testable import Training

extension MarketTrainingSettings {
  /// One that learns against two who draw anew in each episode what they do.
  static let opposed: Self = {
    var settings = Self.small()
    let policies = [1, 2].map { seed in
      (try? SmallTraining(smallPlan(), settings: .small(), seed: seed))?.policy.bytes ?? []
    }
    settings.opponents = [
      OpponentSettings(
        agent: "MM_01", ways: [.init(policy: policies[0], weight: 3), .init(policy: [])]),
      OpponentSettings(
        agent: "Arb_01", ways: [.init(policy: policies[0]), .init(policy: policies[1])]),
    ]
    return settings
  }()
}

@Suite(.serialized) struct OpponentsTests {
  private func opponents(
    _ settings: MarketTrainingSettings = .opposed, seed: UInt64 = 1
  ) throws -> Opponents {
    try Opponents(settings, smallScenario(), seed: seed)
  }

  @Test func `each is drawn by weight, the same for one seed, whoever else there is`() throws {
    let all = try opponents()
    var one = MarketTrainingSettings.opposed
    one.opponents.removeLast()
    let (alone, again, another) = (try opponents(one), try opponents(), try opponents(seed: 2))
    var (often, different) = (0, 0)
    for episode in 0..<2000 {
      let drawn = all.drawn(for: episode)
      let makers = drawn.filter { $0.agentName == "MM_01" }
      #expect(makers == alone.drawn(for: episode) && makers.count <= 1)
      #expect(drawn.count == makers.count + 1)
      often += makers.count
      if another.drawn(for: episode) != drawn { different += 1 }
      #expect(again.drawn(for: episode) == drawn)
    }
    // 3 to 1, within 4 deviations.
    #expect((Double(often) - 1500).magnitude < 4 * (2000.0 * 3 / 16).squareRoot())
    #expect(different > 500)
  }

  @Test func `an episode is the session in which they do what was drawn`() throws {
    let settings = MarketTrainingSettings.opposed
    let training = try SmallTraining(smallPlan(), settings: settings, seed: 1)
    let drawn = try opponents()
    var seen: Set<Int> = []
    for number in 0..<6 {
      let episode = try training.play(number)[0]
      var plan = try smallPlan()
      let others = drawn.drawn(for: number)
      seen.insert(others.count)
      try plan.add([.reseed(training.seed(of: number))] + others + training.interventions)
      var buffer = EventBuffer()
      _ = try plan.run(into: &buffer)
      let actions = buffer.records.compactMap { record -> Int32? in
        guard case .actionChosen(let body) = record.event, body.agent == 1 else { return nil }
        return Int32(body.action)
      }
      #expect(actions == episode.actions && actions.count > 20)
    }
    #expect(seen == [1, 2])
  }

  @Test func `what cannot be is refused`() throws {
    let policy = MarketTrainingSettings.opposed.opponents[0].ways[0].policy
    let odd: [(String, [OpponentSettings.Way])] = [
      ("Nobody", [.init(policy: policy)]), ("Trend_01", [.init(policy: policy)]),
      ("Arb_01", [.init(policy: policy)]), ("Zero_01", []),
      ("Zero_01", [.init(policy: Array(policy.dropLast()))]),
      ("Zero_01", [.init(policy: policy, weight: 0)]),
      ("Zero_01", [.init(policy: policy, weight: .infinity)]),
      ("Zero_01", [.init(policy: [UInt8](repeating: 0, count: OpponentSettings.maximumSize + 1))]),
    ]
    for (agent, ways) in odd {
      var settings = MarketTrainingSettings.opposed
      settings.opponents.append(OpponentSettings(agent: agent, ways: ways))
      #expect(throws: MarketTrainingError.self, "\(agent)") {
        _ = try SmallTraining(smallPlan(), settings: settings, seed: 1)
      }
    }
  }

  @Test func `a plan comes back from its bytes`() throws {
    let plan = TrainingPlan(settings: .opposed, seed: 1)
    #expect(try TrainingPlan(bytes: plan.bytes) == plan)
    for count in 0..<plan.bytes.count where count % 7 == 0 {
      #expect(throws: ByteError.self) { try TrainingPlan(bytes: Array(plan.bytes[..<count])) }
    }
  }
}

extension Intervention {
  fileprivate var agentName: String? {
    if case .changeAgent(let agent) = self { agent.account.name } else { nil }
  }
}
