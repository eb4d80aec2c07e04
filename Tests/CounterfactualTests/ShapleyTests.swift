import Counterfactual
import Testing

/// Shares of games whose values are known.
@Suite struct ShapleyTests {
  private func isClose(_ one: [Double], _ other: [Double], within error: Double = 1e-12) -> Bool {
    one.count == other.count && zip(one, other).allSatisfy { abs($0 - $1) <= error }
  }

  private func shares(_ players: Int, _ value: (UInt64) -> Double) -> [Double] {
    ShapleyShares.exact(players: players) { [value($0)] }.shares.map { $0[0] }
  }

  @Test func `a pair of gloves is worth most to whom has the rare one`() {
    // Two have left gloves, one a right one; only a pair is worth anything.
    let value: (UInt64) -> Double = { $0 & 0b100 != 0 && $0 & 0b011 != 0 ? 1 : 0 }
    let expected: [Double] = [1, 1, 4].map { $0 / 6 }
    #expect(isClose(shares(3, value), expected))
  }

  @Test func `a runway is paid for by those who need it`() {
    // Littlechild and Owen, 1973: each part of the runway is shared by those who use it.
    let needs = [1.0, 2, 5, 7]
    let value: (UInt64) -> Double = { coalition in
      needs.indices.filter { coalition >> UInt64($0) & 1 == 1 }.map { needs[$0] }.max() ?? 0
    }
    let first = 1.0 / 4
    let second = first + 1.0 / 3
    let third = second + 3.0 / 2
    #expect(isClose(shares(4, value), [first, second, third, third + 2]))
  }

  @Test(arguments: 1...10)
  func `who adds always the same has that as a share`(players: Int) {
    let worths = (0..<players).map { Double($0 * $0) - 3 }
    let value: (UInt64) -> Double = { coalition in
      worths.indices.reduce(0) { $0 + (coalition >> UInt64($1) & 1 == 1 ? worths[$1] : 0) }
    }
    #expect(isClose(shares(players, value), worths, within: 1e-9))
  }

  @Test func `several numbers are shared out one by one, and add up`() {
    let game = ShapleyShares.exact(players: 5) { coalition in
      let size = Double(coalition.nonzeroBitCount)
      return [size * size, coalition & 1 == 1 ? 8 : 2]
    }
    #expect(isClose(game.total, [25, 6]))
    for number in 0..<2 {
      #expect(isClose([game.shares.reduce(0) { $0 + $1[number] }], [game.total[number]]))
    }
    #expect(isClose(game.shares.map { $0[0] }, [5, 5, 5, 5, 5]))
    #expect(isClose(game.shares.map { $0[1] }, [6, 0, 0, 0, 0]))
  }

  @Test func `drawn orders come close, add up, and say how close`() {
    let needs = (1...14).map { Double($0) }
    let value: (UInt64) -> [Double] = { coalition in
      [needs.indices.filter { coalition >> UInt64($0) & 1 == 1 }.map { needs[$0] }.max() ?? 0]
    }
    var expected: [Double] = []
    for player in needs.indices {
      expected.append((expected.last ?? 0) + 1 / Double(needs.count - player))
    }
    let game = ShapleyShares.sampled(players: 14, pairs: 400, seed: 3, value: value)
    #expect(abs(game.shares.reduce(0) { $0 + $1[0] } - game.total[0]) < 1e-9)
    // 14 intervals of 95 %: more than 4 misses have a probability below 1 in 1,000.
    let misses = needs.indices.count { abs(game.shares[$0][0] - expected[$0]) > game.errors[$0][0] }
    #expect(misses <= 4)
    #expect(game.errors.allSatisfy { $0[0] < 0.3 })
    #expect(game == ShapleyShares.sampled(players: 14, pairs: 400, seed: 3, value: value))
  }
}
