import TestSupport
import Testing

@testable import Networks

@Suite struct RegressionLossTests {
  private let errors = NetworkFixtures.numbers("regression.errors")

  @Test(arguments: [1, 10])
  func `Huber's loss and its slope are PyTorch's`(delta: Int) {
    let loss = RegressionLoss.huber(delta: Double(delta))
    let values = NetworkFixtures.numbers("regression.\(delta).values")
    #expect(difference(errors.map { loss.value($0) }, values) < 1e-14)
    let slopes = NetworkFixtures.numbers("regression.\(delta).slopes")
    #expect(difference(errors.map { loss.slope($0) }, slopes) < 1e-14)
    #expect(slopes.contains(Double(delta)) && slopes.contains { $0.magnitude < Double(delta) })
  }

  @Test func `half the square is half the square`() {
    let values = NetworkFixtures.numbers("regression.halfSquare")
    #expect(difference(errors.map { RegressionLoss.halfSquare.value($0) }, values) < 1e-14)
    #expect(errors.map { RegressionLoss.halfSquare.slope($0) } == errors)
  }
}
