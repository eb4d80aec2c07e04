import TestSupport
import Testing
import Training

@Suite struct RegretMatchingTests {
  @Test(arguments: [NormalFormGame.matchingPennies, .rockPaperScissors])
  func `averages come to the equilibrium, in which all choices are alike`(game: NormalFormGame) {
    var players = RegretMatching(game)
    players.play()
    #expect(players.exploitability > 0.1)
    for _ in 0..<5000 { players.play() }
    #expect(players.exploitability < 1e-3)
    for mixture in players.averages {
      for probability in mixture {
        #expect((probability - 1 / Double(mixture.count)).magnitude < 1e-3)
      }
    }
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `any zero-sum game comes close to an equilibrium`(seed: UInt64) {
    var numbers = KeyedNumbers(seed: seed)
    let (rows, columns) = (Int(numbers.number(1...5)), Int(numbers.number(1...5)))
    let game = NormalFormGame(
      zeroSum: (0..<rows).map { _ in
        (0..<columns).map { _ in Double(numbers.number(-100...100)) / 100 }
      })
    var players = RegretMatching(game)
    for _ in 0..<4000 { players.play() }
    #expect(players.exploitability < 2e-3 && players.exploitability > -1e-12)
    var again = RegretMatching(game)
    for _ in 0..<4000 { again.play() }
    #expect(again == players)
  }

  /// By hand: who always shows heads loses 1 to who shows tails, and wins 1 of who shows heads.
  @Test func `exploitability is what best answers gain`() {
    let game = NormalFormGame.matchingPennies
    #expect(game.exploitability([[0.5, 0.5], [0.5, 0.5]]) == 0)
    #expect(game.exploitability([[1, 0], [0.5, 0.5]]) == 1)
    #expect(game.exploitability([[1, 0], [1, 0]]) == 2)
    #expect(game.gains([[1, 0], [1, 0]]) == [0, 2])
    #expect(NormalFormGame(zeroSum: [[3, 1]]).exploitability([[1], [0, 1]]) == 0)
  }

  /// The prisoners' dilemma: whatever the other does, to defect is better.
  @Test func `where one way is best whatever others do, it is chosen`() {
    let game = NormalFormGame(ways: [2, 2], payoffs: [[3, 3], [0, 5], [5, 0], [1, 1]])
    var players = RegretMatching(game)
    for _ in 0..<2000 { players.play() }
    #expect(players.averages.allSatisfy { $0[1] > 0.999 } && players.exploitability < 1e-3)
    #expect(game.gains([[1, 0], [1, 0]]) == [2, 2])
  }

  /// Three players who gain what all of them agree on: a naive sum over profiles says the same.
  @Test(arguments: 0..<10 as Range<UInt64>)
  func `values are sums over what the others may do`(seed: UInt64) {
    var numbers = KeyedNumbers(seed: seed)
    let ways = (0..<3).map { _ in Int(numbers.number(1...3)) }
    let game = NormalFormGame(
      ways: ways,
      payoffs: (0..<ways.reduce(1, *)).map { _ in
        (0..<3).map { _ in Double(numbers.number(-9...9)) }
      })
    let mixtures = ways.map { count -> [Double] in
      let weights = (0..<count).map { _ in Double(numbers.number(1...9)) }
      return weights.map { $0 / weights.reduce(0, +) }
    }
    for a in 0..<ways[0] {
      var value = 0.0
      for b in 0..<ways[1] {
        for c in 0..<ways[2] {
          let profile = (a * ways[1] + b) * ways[2] + c
          #expect(game.choices(in: profile) == [a, b, c])
          value += mixtures[1][b] * mixtures[2][c] * game.payoffs[profile][0]
        }
      }
      #expect((game.values(of: 0, against: mixtures)[a] - value).magnitude < 1e-12)
    }
  }
}
