import Testing

@testable import Training

@Suite struct SeedSummaryTests {
  @Test func `a quarter at either end does not count, parts of a value included`() {
    #expect(SeedSummary([1, 2, 3, 100]).interquartileMean == 2.5)
    // Of six, one and a half at either end: half of the 2nd and 5th, and the 3rd and 4th.
    #expect(SeedSummary([0, 10, 20, 30, 40, 999]).interquartileMean == 75 / 3)
    #expect(SeedSummary([7]).interquartileMean == 7)
  }

  @Test func `the interval holds the figure, and is as wide as seeds differ`() {
    #expect(SeedSummary([5, 5, 5]).interval == 5...5)
    let summary = SeedSummary([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    #expect(summary.interval.contains(summary.interquartileMean))
    #expect(summary.interval.lowerBound > 1 && summary.interval.upperBound < 10)
    #expect(summary.interval.upperBound - summary.interval.lowerBound > 2)
  }
}
