import Market
import MarketModel
import Testing

@Suite struct OthersMiddleTests {
  /// Runs lines one after the other, and returns what a lot is worth to an agent after each.
  private func prices(to agent: AgentIndex, _ lines: [String]) -> [Double?] {
    var script = MarketScript(.example())
    var middle = OthersMiddle()
    return lines.map { line in
      script.play(line)
      var market = script.pair.market
      middle.look(&market, 0, except: agent)
      return middle.price
    }
  }

  @Test func `own quotes do not count`() {
    let lines = [
      "A buy 1 @ 90", "A sell 1 @ 500", "B buy 1 @ 95",
      "C sell 1 @ 105", "A buy 1 @ 104",
    ]
    #expect(prices(to: 0, lines) == [nil, nil, nil, 100, 100])
    // To B the others quote 90 to 500, then 90 to 105, then 104 to 105.
    #expect(prices(to: 1, lines) == [nil, 295, 295, 97.5, 104.5])
  }

  @Test func `where others quote one side, the middle before moves no further than to it`() {
    let lines = [
      "B buy 1 @ 95", "C sell 1 @ 105",
      // One side alone, below and above what it was.
      "C cancel C0", "B replace B0 1 @ 99", "B replace B1 1 @ 103",
      "B cancel B2", "D sell 1 @ 98", "D replace D0 1 @ 120",
    ]
    let found = prices(to: 0, lines)
    #expect(found[1] == 100)
    #expect(found == [nil, 100, 100, 100, 103, 103, 98, 98], "\(found)")
  }
}
