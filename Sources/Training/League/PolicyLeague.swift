public import Agents
public import Counterfactual
import Determinism
import Market
import MarketModel
public import Session

/// Several agents of a session, each with some ways to trade, of which every combination is played: a game
/// that is measured, not known.
///
/// - Source: M. Wellman, Methods for empirical game-theoretic analysis, AAAI (2006).
public struct PolicyLeague<Roster: AgentRoster>: Sendable {
  /// An agent and its ways.
  public struct Player: Sendable {
    /// The agent.
    public let agent: String
    /// What makes it trade each way; nil for the way it has without a difference.
    public var ways: [Intervention?]

    /// An agent that has its own way so far.
    public init(agent: String) {
      self.agent = agent
      ways = [nil]
    }
  }

  /// The players.
  public let players: [Player]
  /// All runs of one number share all noise.
  private let series: Replicates<Roster>

  /// Prepares a league that is played in forks of a session.
  ///
  /// - Throws: `ImpossibleIntervention` where a way is none.
  /// - Precondition: `players` are agents of the session.
  public init(
    _ plan: ForkPlan<Roster>, players: [Player], seed: UInt64
  ) throws(ImpossibleIntervention) {
    self.players = players
    series = try Replicates(plan, interventions: [], seed: seed)
    for way in players.flatMap({ $0.ways }) {
      var trial = plan
      if let way { try trial.add([way]) }
    }
  }

  /// How many ways each player has.
  public var ways: [Int] { players.map { $0.ways.count } }

  /// What each player gains where all choose their ways, in minor units, in the run of a number.
  ///
  /// - Throws: `SessionError` where a recorded input does not fit.
  public func gains(
    _ choices: [Int], run number: Int
  ) throws(SessionError<Never>) -> [Double] {
    let chosen = zip(players, choices).compactMap { player, way in player.ways[way] }
    let outcome = try series.run(number, with: chosen)
    let agents = series.plan.opening.scenario.agents
    return players.map { player in
      agents.firstIndex { $0.account.name == player.agent }.map { outcome.agents[$0].gain } ?? 0
    }
  }
}

/// What the runs of a league came to.
public struct LeagueResult: Equatable, Sendable {
  /// What each player gained, by profile, run and player.
  public let gains: [[[Double]]]
  /// The game of mean gains.
  public let game: NormalFormGame
  /// With what probability each player chooses each of its ways, after `rounds` of regret matching.
  public let mixtures: [[Double]]
  /// Rounds of regret matching.
  public static var rounds: Int { 5000 }

  /// Sums up runs; `gains` are by profile (as `NormalFormGame` counts them), run and player.
  ///
  /// - Precondition: there are as many runs of every profile, one or more.
  public init(ways: [Int], gains: [[[Double]]]) {
    self.gains = gains
    game = Self.game(ways, gains, runs: Array(gains[0].indices))
    var matching = RegretMatching(game)
    for _ in 0..<Self.rounds { matching.play() }
    mixtures = matching.averages
  }

  private static func game(_ ways: [Int], _ gains: [[[Double]]], runs: [Int]) -> NormalFormGame {
    NormalFormGame(
      ways: ways,
      payoffs: gains.map { profile in
        ways.indices.map { player in
          runs.reduce(0) { $0 + profile[$1][player] } / Double(runs.count)
        }
      })
  }

  /// What each player could still gain by its best way alone, where all choose theirs with probabilities, with
  /// the 95 % intervals over runs drawn again; nil for fewer than two runs.
  ///
  /// - Complexity: O(2,000 x runs x profiles x players).
  public func regrets(
    _ mixtures: [[Double]]
  ) -> [(gain: Double, interval: ClosedRange<Double>?)] {
    let runs = gains[0].indices.map { Double($0) }
    let own = game.gains(mixtures)
    return own.indices.map { player in
      let key = NoiseKey(seed: 1, entity: "league", purpose: "regret")
      let interval =
        runs.count > 1
        ? Bootstrap.interval(runs, key: key) { drawn in
          Self.game(game.ways, gains, runs: drawn.map { Int($0) }).gains(mixtures)[player]
        } : nil
      return (own[player], interval)
    }
  }
}
