import Testing

@testable import Training

@Suite struct WalkForwardTests {
  @Test(arguments: [(0, 1000, 3, 10), (5, 777, 4, 0), (100, 131, 1, 3)])
  func `tests follow each other to the end, and nobody learns from them or from just before`(
    first: Int64, last: Int64, folds: Int, purge: Int64
  ) throws {
    let walk = try #require(WalkForward(first..<last, folds: folds, purge: purge)).folds
    #expect(walk.count == folds && walk.last?.test.upperBound == last)
    for (index, fold) in walk.enumerated() {
      #expect(fold.training.lowerBound == first && !fold.training.isEmpty && !fold.test.isEmpty)
      #expect(fold.training.upperBound + purge == fold.test.lowerBound)
      if index > 0 { #expect(walk[index - 1].test.upperBound == fold.test.lowerBound) }
      #expect(fold.test.count == walk[0].test.count)
    }
  }

  @Test func `too few ticks are none`() {
    #expect(WalkForward(0..<10, folds: 10, purge: 0) == nil)
    #expect(WalkForward(0..<100, folds: 3, purge: 25) == nil)
    #expect(WalkForward(0..<100, folds: 0, purge: 0) == nil)
  }
}
