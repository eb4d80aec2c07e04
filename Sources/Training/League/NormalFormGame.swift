/// A game of some players who each choose one of their ways at once; what each gets is a table.
public struct NormalFormGame: Equatable, Sendable {
  /// How many ways each player has.
  public let ways: [Int]
  /// What each player gets, profile by profile: the way of the last player changes from one to the next.
  public let payoffs: [[Double]]

  /// Creates a game.
  ///
  /// - Precondition: every player has a way, and there is a number for each player in each profile.
  public init(ways: [Int], payoffs: [[Double]]) {
    precondition(
      !ways.isEmpty && ways.allSatisfy { $0 > 0 } && payoffs.count == ways.reduce(1, *)
        && payoffs.allSatisfy { $0.count == ways.count },
      "Invariant: a game says what everybody gets in every profile")
    self.ways = ways
    self.payoffs = payoffs
  }

  /// Two players, of whom one gets what the other loses: the number in the row that the one chooses and the
  /// column that the other does.
  ///
  /// - Precondition: there is a row, and all rows have as many numbers, one or more.
  public init(zeroSum rows: [[Double]]) {
    self.init(
      ways: [rows.count, rows.first?.count ?? 0], payoffs: rows.flatMap { $0.map { [$0, -$0] } })
  }

  /// Both show a coin: the first wins where they are the same.
  public static let matchingPennies = NormalFormGame(zeroSum: [[1, -1], [-1, 1]])

  /// Rock, paper and scissors.
  public static let rockPaperScissors = NormalFormGame(zeroSum: [
    [0, -1, 1], [1, 0, -1], [-1, 1, 0],
  ])

  /// Which way each player chooses in a profile.
  public func choices(in profile: Int) -> [Int] { Self.choices(in: profile, of: ways) }

  /// Which way each player chooses in a profile, where they have so many.
  public static func choices(in profile: Int, of ways: [Int]) -> [Int] {
    var rest = profile
    var choices = [Int](repeating: 0, count: ways.count)
    for player in ways.indices.reversed() {
      choices[player] = rest % ways[player]
      rest /= ways[player]
    }
    return choices
  }

  /// What a player gets by each of its ways, on average, where the others choose theirs with probabilities.
  ///
  /// - Precondition: there is a probability for each way of each player.
  /// - Complexity: O(profiles x players).
  public func values(of player: Int, against mixtures: [[Double]]) -> [Double] {
    var values = [Double](repeating: 0, count: ways[player])
    for (profile, payoff) in payoffs.enumerated() {
      let choices = choices(in: profile)
      var probability = 1.0
      for (other, choice) in choices.enumerated() where other != player {
        probability *= mixtures[other][choice]
      }
      values[choices[player]] += probability * payoff[player]
    }
    return values
  }

  /// How much each player could still gain by its best way alone, where all choose theirs with probabilities.
  public func gains(_ mixtures: [[Double]]) -> [Double] {
    ways.indices.map { player in
      let values = values(of: player, against: mixtures)
      let mean = values.indices.reduce(0) { $0 + values[$1] * mixtures[player][$1] }
      return (values.max() ?? 0) - mean
    }
  }

  /// How much all could gain together, each by the best answer to what the others do: 0 where nobody could, in an
  /// equilibrium.
  ///
  /// - Source: M. Lanctot and others, A unified game-theoretic approach to multiagent reinforcement learning,
  ///   <https://arxiv.org/abs/1711.00832>, NashConv.
  public func exploitability(_ mixtures: [[Double]]) -> Double { gains(mixtures).reduce(0, +) }
}
