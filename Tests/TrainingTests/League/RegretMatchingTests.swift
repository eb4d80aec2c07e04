import TestSupport
import Testing
import Training

@Suite struct RegretMatchingTests {
  @Test(arguments: [ZeroSumGame.matchingPennies, .rockPaperScissors])
  func `averages come to the equilibrium, in which all choices are alike`(game: ZeroSumGame) {
    var players = RegretMatching(game)
    players.play()
    #expect(players.exploitability > 0.1)
    for _ in 0..<5000 { players.play() }
    #expect(players.exploitability < 1e-3)
    let (rows, columns) = players.averages
    for probability in rows + columns {
      #expect((probability - 1 / Double(rows.count)).magnitude < 1e-3)
    }
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `any game comes close to an equilibrium`(seed: UInt64) {
    var numbers = KeyedNumbers(seed: seed)
    let (rows, columns) = (Int(numbers.number(1...5)), Int(numbers.number(1...5)))
    let game = ZeroSumGame(
      (0..<rows).map { _ in (0..<columns).map { _ in Double(numbers.number(-100...100)) / 100 } })
    var players = RegretMatching(game)
    for _ in 0..<4000 { players.play() }
    #expect(players.exploitability < 2e-3 && players.exploitability > -1e-12)
    var again = RegretMatching(game)
    for _ in 0..<4000 { again.play() }
    #expect(again == players)
  }

  /// By hand: who always shows heads loses 1 to who shows tails, and wins 1 of who shows heads.
  @Test func `exploitability is what best answers gain`() {
    let game = ZeroSumGame.matchingPennies
    #expect(game.exploitability([0.5, 0.5], [0.5, 0.5]) == 0)
    #expect(game.exploitability([1, 0], [0.5, 0.5]) == 1)
    #expect(game.exploitability([1, 0], [1, 0]) == 2)
    #expect(game.reversed.payoffs == [[-1, 1], [1, -1]])
    #expect(ZeroSumGame([[3, 1]]).exploitability([1], [0, 1]) == 0)
  }
}
