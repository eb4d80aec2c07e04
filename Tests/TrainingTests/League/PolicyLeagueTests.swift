import Agents
import Counterfactual
import Determinism
import MarketModel
import Session
import SessionSupport
import TestSupport
import Testing

@testable import Training

@Suite(.serialized) struct PolicyLeagueTests {
  private func league(
    _ plan: ForkPlan<BuiltInAgents>
  ) throws -> PolicyLeague<BuiltInAgents> {
    var training = try MarketTraining(plan, settings: .several, seed: 1)
    _ = try training.runAll(1)
    var players: [PolicyLeague<BuiltInAgents>.Player] = []
    for (trainee, way) in zip(training.trainees, training.interventions).prefix(2) {
      var player = PolicyLeague<BuiltInAgents>.Player(agent: trainee.settings.agent)
      player.ways.append(way)
      players.append(player)
    }
    return try PolicyLeague(plan, players: players, seed: 3)
  }

  /// What a league says of a profile is what a fork with those differences and that noise comes to.
  @Test func `gains are those of forks`() throws {
    let plan = try smallPlan(at: 5)
    let league = try league(plan)
    let series = try Replicates(plan, interventions: [], seed: 3)
    #expect(league.ways == [2, 2])
    var seen: Set<[Double]> = []
    for profile in 0..<4 {
      let choices = NormalFormGame.choices(in: profile, of: league.ways)
      var fork = plan
      try fork.add([.reseed(series.reseed(7))])
      for (player, way) in zip(league.players, choices) {
        if let way = player.ways[way] { try fork.add([way]) }
      }
      let outcome = try fork.measure()
      let gains = try league.gains(choices, run: 7)
      // Trend_01 is the second agent, MM_01 the first.
      #expect(gains == [outcome.agents[1].gain, outcome.agents[0].gain])
      seen.insert(gains)
    }
    #expect(seen.count == 4)
  }

  @Test func `regrets are measured on other runs than mixtures, and have intervals`() throws {
    var numbers = KeyedNumbers(seed: 1)
    // By profile, run and player: the second way of the first player is better by 10 each time; the ways of the
    // second differ by luck alone.
    let gains = (0..<4).map { profile in
      (0..<40).map { _ in
        [Double(profile / 2 * 10), Double(numbers.number(-5...5))]
      }
    }
    let result = LeagueResult(ways: [2, 2], gains: gains)
    #expect(result.mixtures[0][1] > 0.999)
    let regrets = try #require(result.regrets())
    #expect(regrets[0].mean.magnitude < 0.01)
    #expect(regrets[1].interval.map { $0.contains(0) && $0.contains(regrets[1].mean) } == true)
    #expect(result.gain(3)[0].mean == 10 && result.gain(3)[0].interval == 10...10)
    #expect(LeagueResult(ways: [2, 2], gains: gains) == result)
  }

  /// What looked best in the first half and is worst in the second has a regret below 0.
  @Test func `a way that was best by luck has a regret below 0`() throws {
    // One player: ways 0 and 1 alike at first, but that way 1 is better in the first half and worse later.
    let gains = [
      [[0.0], [0], [0], [0]], [[1], [1], [-1], [-1]],
    ]
    let result = LeagueResult(ways: [2], gains: gains)
    #expect(result.mixtures[0][1] > 0.99)
    // The mixture is all but way 1, and so is the answer.
    let regret = try #require(result.regrets())[0].mean
    #expect(regret <= 0 && regret > -0.05)
    let alone = LeagueResult(ways: [2], gains: gains.map { [$0[0]] })
    #expect(alone.regrets() == nil && alone.gain(1)[0].interval == nil)
  }
}
