import Agents
import Counterfactual
import MarketModel
import SessionSupport
import Testing

@Suite struct AttributionTests {
  private func attribution(players: Int) throws -> Attribution<BuiltInAgents> {
    let lineage = try SmallSession.open([try SmallSession.record(Forks.scenario())])
    let plan = try ForkPlan<BuiltInAgents>(lineage, at: 20, interventions: [])
    return Attribution(
      plan, players: (0..<players).map { AgentIndex($0) }, metrics: [.market(0, .volume)])
  }

  @Test(arguments: [1, 2, 10, 11, 12, 40, 64])
  func `coalitions are what shares and rewards ask for, each once`(players: Int) throws {
    let attribution = try attribution(players: players)
    let coalitions = attribution.coalitions(pairs: 2, seed: 9)
    #expect(zip(coalitions, coalitions.dropFirst()).allSatisfy { $0 < $1 })
    var asked: Set<UInt64> = []
    _ = attribution.shares(pairs: 2, seed: 9) { coalition in
      asked.insert(coalition)
      return [Double(coalition.nonzeroBitCount)]
    }
    let rewards = attribution.differenceRewards { coalition in
      asked.insert(coalition)
      return [Double(coalition.nonzeroBitCount)]
    }
    #expect(asked == Set(coalitions))
    #expect(rewards == [[Double]](repeating: [1], count: players))
  }

  @Test func `shares of a session are those of its values`() throws {
    let attribution = try attribution(players: 4)
    let values = try attribution.coalitions(pairs: 2, seed: 9).map { try attribution.value(of: $0) }
    #expect(values.count == 16)
    // All players, and all but the third.
    #expect(values[15] != values[11])
    let game = attribution.shares(pairs: 2, seed: 9) { values[Int($0)] }
    #expect(game.total == [values[15][0] - values[0][0]])
    let sum = game.shares.reduce(0) { $0 + $1[0] }
    #expect(abs(sum - game.total[0]) <= 1e-9 * max(1, abs(sum)))
    #expect(attribution.differenceRewards { values[Int($0)] }[2] == [values[15][0] - values[11][0]])
  }
}
