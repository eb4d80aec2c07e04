/// Two players of a zero-sum game who each choose what they regret not to have chosen, in proportion; what they did
/// on average comes to an equilibrium.
///
/// It is a function of the game and the number of rounds: nothing is drawn.
/// - Source: S. Hart, A. Mas-Colell, A simple adaptive procedure leading to correlated equilibrium, Econometrica
///   68 (2000); regrets below 0 are forgotten, players take turns and later rounds count more, as in
///   O. Tammelin, Solving large imperfect information games using CFR+, <https://arxiv.org/abs/1407.5042>.
public struct RegretMatching: Equatable, Sendable {
  /// The game.
  public let game: ZeroSumGame
  /// Rounds so far.
  public private(set) var rounds = 0

  private let reversed: ZeroSumGame
  private var regrets: (rows: [Double], columns: [Double])
  private var sums: (rows: [Double], columns: [Double])

  /// Begins with the first row and the first column, which may be the worst.
  public init(_ game: ZeroSumGame) {
    self.game = game
    reversed = game.reversed
    let (rows, columns) = (game.payoffs.count, game.payoffs[0].count)
    sums = ([Double](repeating: 0, count: rows), [Double](repeating: 0, count: columns))
    regrets = sums
    regrets.rows[0] = 1
    regrets.columns[0] = 1
  }

  /// What both did on average, later rounds counting more: probabilities of rows and columns.
  public var averages: (rows: [Double], columns: [Double]) {
    (Self.mixture(sums.rows), Self.mixture(sums.columns))
  }

  /// How far from an equilibrium that is; see `ZeroSumGame.exploitability`.
  public var exploitability: Double {
    let (rows, columns) = averages
    return game.exploitability(rows, columns)
  }

  /// Plays a round: the row answers what the column does now, then the column what the row does.
  ///
  /// - Complexity: O(numbers of the game).
  public mutating func play() {
    rounds += 1
    Self.learn(&regrets.rows, game.values(against: Self.mixture(regrets.columns)))
    let rows = Self.mixture(regrets.rows)
    Self.learn(&regrets.columns, reversed.values(against: rows))
    let columns = Self.mixture(regrets.columns)
    let weight = Double(rounds)
    for index in rows.indices { sums.rows[index] += weight * rows[index] }
    for index in columns.indices { sums.columns[index] += weight * columns[index] }
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

  /// Equal where everything is.
  public static func == (left: RegretMatching, right: RegretMatching) -> Bool {
    left.game == right.game && left.rounds == right.rounds && left.regrets == right.regrets
      && left.sums == right.sums
  }
}
