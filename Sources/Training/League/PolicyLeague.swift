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
      guard let index = agents.firstIndex(where: { $0.account.name == player.agent }) else {
        preconditionFailure("Invariant: players are agents of the session")
      }
      return outcome.agents[index].gain
    }
  }
}

/// What the runs of a league came to.
///
/// What each player would choose is found on the first half of the runs, and how good that is on the others:
/// on the same runs it would look better than it is.
public struct LeagueResult: Equatable, Sendable {
  /// What each player gained, by profile, run and player.
  public let gains: [[[Double]]]
  /// The game of the mean gains of all runs.
  public let game: NormalFormGame
  /// With what probability each player chooses each of its ways, after `rounds` of regret matching in the game
  /// of the first half of the runs.
  public let mixtures: [[Double]]
  /// The way that is best for each player against those, in the same runs.
  private let answers: [Int]
  /// Rounds of regret matching.
  public static var rounds: Int { 5000 }

  /// Sums up runs; `gains` are by profile (as `NormalFormGame` counts them), run and player.
  ///
  /// - Precondition: there are as many runs of every profile, one or more.
  /// - Complexity: O(rounds x profiles x players^2).
  public init(ways: [Int], gains: [[[Double]]]) {
    self.gains = gains
    let count = gains[0].count
    game = Self.game(ways, gains, runs: 0..<count)
    let first = Self.game(ways, gains, runs: 0..<max(1, count / 2))
    var matching = RegretMatching(first)
    for _ in 0..<Self.rounds { matching.play() }
    let mixtures = matching.averages
    self.mixtures = mixtures
    answers = ways.indices.map { player in
      let values = first.values(of: player, against: mixtures)
      return values.indices.reduce(0) { values[$1] > values[$0] ? $1 : $0 }
    }
  }

  private static func game(
    _ ways: [Int], _ gains: [[[Double]]], runs: Range<Int>
  ) -> NormalFormGame {
    NormalFormGame(
      ways: ways,
      payoffs: gains.map { profile in
        ways.indices.map { player in
          runs.reduce(0) { $0 + profile[$1][player] } / Double(runs.count)
        }
      })
  }

  /// What each player gains in a profile, with the 95 % interval over all runs; nil for fewer than two.
  public func gain(_ profile: Int) -> [(mean: Double, interval: ClosedRange<Double>?)] {
    game.ways.indices.map { player in
      Self.summary(gains[profile].map { $0[player] }, "gain")
    }
  }

  /// What each player could still gain by its best way alone, in the second half of the runs, with the 95 %
  /// interval over those; nil where there are none.
  ///
  /// Below 0 where what looked best is not.
  /// - Complexity: O(runs x (profiles x players^2 + 2,000 players)).
  public func regrets() -> [(mean: Double, interval: ClosedRange<Double>?)]? {
    let count = gains[0].count
    let later = max(1, count / 2)..<count
    if later.isEmpty { return nil }
    let games = later.map { Self.game(game.ways, gains, runs: $0..<$0 + 1) }
    return game.ways.indices.map { player in
      let regrets = games.map { game in
        let values = game.values(of: player, against: mixtures)
        let mean = values.indices.reduce(0) { $0 + values[$1] * mixtures[player][$1] }
        return values[answers[player]] - mean
      }
      return Self.summary(regrets, "regret")
    }
  }

  private static func summary(
    _ values: [Double], _ purpose: String
  ) -> (mean: Double, interval: ClosedRange<Double>?) {
    let mean = { (values: [Double]) in values.reduce(0, +) / Double(values.count) }
    let key = NoiseKey(seed: 1, entity: "league", purpose: purpose)
    return (
      mean(values), values.count > 1 ? Bootstrap.interval(values, key: key, of: mean) : nil
    )
  }
}
