import TestSupport
import Testing

@testable import Networks

@Suite struct AdamTests {
  @Test(arguments: [0.0, 0.01], [1e-5, 1e-8])
  func `steps are those of PyTorch`(decay: Double, epsilon: Double) {
    var settings = Adam<Double>.Settings()
    settings.epsilon = epsilon
    settings.weightDecay = decay
    var parameters = NetworkFixtures.numbers("adam.start")
    let slopes = NetworkFixtures.numbers("adam.slopes")
    var adam = Adam<Double>(parameterCount: parameters.count, settings: settings)
    let name = "adam.\(decay).\(epsilon == 1e-5 ? "1e-05" : "1e-08")"
    for step in 1...1000 {
      let gradient = zip(slopes, parameters).map { 2 * $0 * $1 }
      var span = parameters.mutableSpan
      adam.step(&span, gradient.span, rate: 0.01)
      let expected = NetworkFixtures.numbers("\(name).\(step)")
      if [1, 2, 10, 1000].contains(step) {
        #expect((difference(parameters, expected)) < 1e-12, "\(step)")
      }
    }
    #expect(adam.stepCount == 1000)
  }

  @Test func `a rate of 0 leaves every bit, and a copy goes on as the original does`() {
    var parameters: [Float] = [1, -2, 3, 0, -0.0]
    let before = parameters.map { $0.bitPattern }
    var adam = Adam<Float>(parameterCount: 5)
    for _ in 0..<3 {
      var span = parameters.mutableSpan
      adam.step(&span, [1, 2, -3, 4, 0].span, rate: 0)
    }
    #expect(parameters.map { $0.bitPattern } == before)
    var copy = adam
    var other = parameters
    var one = parameters.mutableSpan
    var two = other.mutableSpan
    adam.step(&one, [3, 1, 2, 0, 1].span, rate: 0.1)
    copy.step(&two, [3, 1, 2, 0, 1].span, rate: 0.1)
    #expect(parameters.map { $0.bitPattern } == other.map { $0.bitPattern } && adam == copy)
  }

  @Test(arguments: [0, 1])
  func `gradients are clipped as by PyTorch`(index: Int) {
    var gradient = NetworkFixtures.numbers("clip.\(index).gradient")
    let facts = NetworkFixtures.numbers("clip.\(index).norm")
    var span = gradient.mutableSpan
    let norm = GradientClipping.clip(&span, to: facts[1])
    #expect((norm - facts[0]).magnitude < 1e-13 * norm)
    #expect(difference(gradient, NetworkFixtures.numbers("clip.\(index).clipped")) < 1e-13)
  }
}
