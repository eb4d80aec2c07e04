import TestSupport
import Testing

@testable import Networks

@Suite struct RootMeanSquareTests {
  @Test func `steps are those of PyTorch`() {
    var parameters = NetworkFixtures.numbers("rmsprop.start")
    let slopes = NetworkFixtures.numbers("rmsprop.slopes")
    var optimizer = RootMeanSquare(square: [Double](repeating: 0, count: parameters.count))
    for step in 1...100 {
      let gradient = zip(slopes, parameters).map { 2 * $0 * $1 }
      var place = parameters.mutableSpan
      optimizer.step(&place, gradient.span, rate: 0.01)
      if [1, 2, 100].contains(step) {
        #expect(difference(parameters, NetworkFixtures.numbers("rmsprop.\(step)")) < 1e-12)
      }
    }
  }
}
