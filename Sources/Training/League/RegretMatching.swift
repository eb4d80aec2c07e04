/// Players of a game who each choose what they regret not to have chosen, in proportion.
///
/// What two players of a zero-sum game did on average comes to an equilibrium. In any other game it need not:
/// the exploitability says how far it is from one. It is a function of the game and the number of rounds:
/// nothing is drawn.
/// - Source: S. Hart, A. Mas-Colell, A simple adaptive procedure leading to correlated equilibrium, Econometrica
///   68 (2000); regrets below 0 are forgotten, players take turns and later rounds count more, as in
///   O. Tammelin, Solving large imperfect information games using CFR+, <https://arxiv.org/abs/1407.5042>.
public struct RegretMatching: Equatable, Sendable {
  /// The game.
  public let game: NormalFormGame
  /// Rounds so far.
  public private(set) var rounds = 0

  /// By player and way.
  private var regrets: [[Double]]
  /// By player and way, how often it was chosen, later rounds counting more.
  private var sums: [[Double]]

  /// Begins with the first way of each player, which may be the worst.
  public init(_ game: NormalFormGame) {
    self.game = game
    sums = game.ways.map { [Double](repeating: 0, count: $0) }
    regrets = sums
    for player in regrets.indices { regrets[player][0] = 1 }
  }

  /// What each player did on average, later rounds counting more: the probabilities of its ways.
  public var averages: [[Double]] { sums.map { Self.mixture($0) } }

  /// How far from an equilibrium that is; see `NormalFormGame.exploitability`.
  public var exploitability: Double { game.exploitability(averages) }

  /// Plays a round: one after the other answers what the others do now.
  ///
  /// - Complexity: O(profiles x players^2).
  public mutating func play() {
    rounds += 1
    var mixtures = regrets.map { Self.mixture($0) }
    for player in regrets.indices {
      Self.learn(&regrets[player], game.values(of: player, against: mixtures))
      mixtures[player] = Self.mixture(regrets[player])
      for way in sums[player].indices {
        sums[player][way] += Double(rounds) * mixtures[player][way]
      }
    }
  }

  private static func learn(_ regrets: inout [Double], _ values: [Double]) {
    let mixture = mixture(regrets)
    let mean = values.indices.reduce(0) { $0 + values[$1] * mixture[$1] }
    for index in regrets.indices { regrets[index] = max(0, regrets[index] + values[index] - mean) }
  }

  /// Numbers from 0 on as probabilities; all the same where all are 0.
  private static func mixture(_ numbers: [Double]) -> [Double] {
    let sum = numbers.reduce(0, +)
    return numbers.map { sum > 0 ? $0 / sum : 1 / Double(numbers.count) }
  }
}
