import Reports
import Testing

@Suite struct AgentMetricsTests {
  private func metrics(_ pnl: [Double], inventory: [Int64] = []) -> AgentMetrics {
    AgentMetrics(
      AgentSeries(
        name: "a", pnl: pnl, inventory: inventory, fillCount: 4, fees: 1.5, foreign: false))
  }

  @Test func `figures agree with values worked out by hand`() {
    // Changes 2, -1, 3, 0: mean 1, squared deviations 1 + 4 + 4 + 1 = 10, sample variance 10/3;
    // so the ratio is 1 / sqrt(10/3) * sqrt(4) = sqrt(1.2).
    let found = metrics([2, 1, 4, 4], inventory: [1, -3, 2, 2])
    #expect(found.finalPnl == 4)
    #expect(abs((found.sharpe ?? 0) - 1.095_445_115_010_332) < 1e-15)
    #expect(found.maximumDrawdown == 1)
    #expect(found.fillCount == 4)
    #expect(found.fees == 1.5)
    #expect(found.minimumInventory == -3)
    #expect(found.maximumInventory == 2)
  }

  @Test func `a loss that comes first is a drawdown from 0`() {
    #expect(metrics([-5, 3, -4, 8]).maximumDrawdown == 7)
    #expect(metrics([-5, -4, 8]).maximumDrawdown == 5)
  }

  @Test func `a gain that never falls has no drawdown`() {
    #expect(metrics([1, 1, 2]).maximumDrawdown == 0)
  }

  @Test func `the Sharpe ratio is nil where the deviation is 0`() {
    #expect(metrics([]).sharpe == nil)
    #expect(metrics([3]).sharpe == nil)
    #expect(metrics([0, 0, 0]).sharpe == nil)
    #expect(metrics([1, 2, 3]).sharpe == nil)
    // Tenths have no exact binary form, and their changes are not quite equal.
    #expect(metrics((1...50).map { Double($0) / 10 }).sharpe == nil)
  }

  @Test func `without steps every figure is 0`() {
    let found = metrics([])
    #expect(found.finalPnl == 0)
    #expect(found.maximumDrawdown == 0)
    #expect(found.minimumInventory == 0)
    #expect(found.maximumInventory == 0)
  }
}
