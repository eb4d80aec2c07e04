import Determinism

/// Shares of a total among players, by what each adds to the coalitions it joins.
///
/// A coalition is a set of players as a bit mask; its value may be several numbers at once, which
/// are shared out one by one. The shares of all players add up to the value of all together less
/// that of nobody.
/// - Source: L. S. Shapley, A value for n-person games, 1953.
public struct ShapleyShares: Equatable, Sendable {
  /// By player, then number.
  public var shares: [[Double]]
  /// How far each may be off, half of a 95 % interval by Student's t; 0 where they are exact.
  public var errors: [[Double]]
  /// The value of all players together less that of none, by number.
  public var total: [Double]

  /// The most players whose shares are found by looking at every coalition.
  public static var exactLimit: Int { 10 }

  /// Shares out exactly.
  ///
  /// - Precondition: there are at most `exactLimit` players, and one at least.
  /// - Complexity: 2^players values.
  public static func exact(players: Int, value: (UInt64) -> [Double]) -> ShapleyShares {
    precondition((1...exactLimit).contains(players), "Invariant: few players, or sampling")
    var values: [[Double]] = []
    for coalition in 0..<UInt64(1) << UInt64(players) { values.append(value(coalition)) }
    // The share of coalitions of that size among all orders in which players may join.
    var weights = [Double](repeating: 0, count: players)
    var choices = 1.0
    for size in 0..<players {
      weights[size] = 1 / (Double(players) * choices)
      choices = choices * Double(players - 1 - size) / Double(size + 1)
    }
    let width = values[0].count
    var shares = [[Double]](repeating: [Double](repeating: 0, count: width), count: players)
    for coalition in values.indices {
      for player in 0..<players where coalition >> player & 1 == 0 {
        let joined = coalition | 1 << player
        let weight = weights[coalition.nonzeroBitCount]
        for number in 0..<width {
          shares[player][number] += weight * (values[joined][number] - values[coalition][number])
        }
      }
    }
    return ShapleyShares(
      shares: shares,
      errors: shares.map { $0.map { _ in 0 } },
      total: zip(values[values.count - 1], values[0]).map { $0 - $1 })
  }

  /// Shares out by orders of joining drawn at random; one drawn order stands next to its reverse.
  ///
  /// - Precondition: there are 1 to 64 players and 2 pairs of orders at least.
  /// - Complexity: 2 x pairs x players values.
  /// - Source: J. Castro, D. Gomez and J. Tejada, Polynomial calculation of the Shapley value based
  ///   on sampling, Computers and Operations Research 36 (2009).
  public static func sampled(
    players: Int, pairs: Int, seed: UInt64, value: (UInt64) -> [Double]
  ) -> ShapleyShares {
    precondition((1...64).contains(players) && pairs > 1, "Invariant: something to draw")
    let nobody = value(0)
    let everybody = value(UInt64.max >> UInt64(64 - players))
    let width = nobody.count
    let zero = [[Double]](repeating: [Double](repeating: 0, count: width), count: players)
    var sums = zero
    var squares = zero
    let key = NoiseKey(seed: seed, entity: "attribution", purpose: "order")
    for pair in 0..<pairs {
      let order = Self.order(players, key, pair)
      var added = zero
      for joining in [order, order.reversed()] {
        var coalition: UInt64 = 0
        var before = nobody
        for (position, player) in joining.enumerated() {
          coalition |= 1 << UInt64(player)
          let after = position == players - 1 ? everybody : value(coalition)
          for number in 0..<width {
            added[player][number] += (after[number] - before[number]) / 2
          }
          before = after
        }
      }
      for player in 0..<players {
        for number in 0..<width {
          sums[player][number] += added[player][number]
          squares[player][number] += added[player][number] * added[player][number]
        }
      }
    }
    let count = Double(pairs)
    let reach = StudentT(degrees: pairs - 1).quantile975
    var errors = zero
    for player in 0..<players {
      for number in 0..<width {
        let mean = sums[player][number] / count
        let variance = max(squares[player][number] - count * mean * mean, 0) / (count - 1)
        errors[player][number] = reach * (variance / count).squareRoot()
        sums[player][number] = mean
      }
    }
    return ShapleyShares(
      shares: sums, errors: errors, total: zip(everybody, nobody).map { $0 - $1 })
  }

  /// A random order of the players.
  private static func order(_ players: Int, _ key: NoiseKey, _ pair: Int) -> [Int] {
    var order = Array(0..<players)
    for index in (1..<max(players, 1)).reversed() {
      let other = key.integer(
        below: UInt64(index + 1), tick: Int64(pair), slot: UInt32(index), draw: 0)
      order.swapAt(index, Int(other))
    }
    return order
  }
}
