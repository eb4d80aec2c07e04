/// A game of two players who choose a row and a column at once: what stands there goes from the one who chose the
/// column to the one who chose the row.
public struct ZeroSumGame: Equatable, Sendable {
  /// The numbers, row by row.
  public let payoffs: [[Double]]

  /// Creates a game.
  ///
  /// - Precondition: there is a row, and all rows have as many numbers, one or more.
  public init(_ payoffs: [[Double]]) {
    precondition(
      payoffs.first.map { first in
        !first.isEmpty && payoffs.allSatisfy { $0.count == first.count }
      } ?? false, "Invariant: a game is a rectangle")
    self.payoffs = payoffs
  }

  /// Both show a coin: the row wins where they are the same.
  public static let matchingPennies = ZeroSumGame([[1, -1], [-1, 1]])

  /// Rock, paper and scissors.
  public static let rockPaperScissors = ZeroSumGame([[0, -1, 1], [1, 0, -1], [-1, 1, 0]])

  /// What each row gets, on average, against a mixture of columns.
  ///
  /// - Precondition: there is a probability for each column.
  public func values(against columns: [Double]) -> [Double] {
    payoffs.map { row in row.indices.reduce(0) { $0 + row[$1] * columns[$1] } }
  }

  /// The same game for the other player.
  public var reversed: ZeroSumGame {
    ZeroSumGame(payoffs[0].indices.map { column in payoffs.map { -$0[column] } })
  }

  /// How much both could gain together, each by the best answer to what the other does: 0 where neither could, in
  /// an equilibrium.
  ///
  /// - Source: M. Lanctot and others, A unified game-theoretic approach to multiagent reinforcement learning,
  ///   <https://arxiv.org/abs/1711.00832>, NashConv.
  /// - Complexity: O(numbers).
  public func exploitability(_ rows: [Double], _ columns: [Double]) -> Double {
    let best = values(against: columns).max() ?? 0
    let bestOfOther = reversed.values(against: rows).max() ?? 0
    return best + bestOfOther
  }
}
