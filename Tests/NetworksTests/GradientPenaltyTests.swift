import TestSupport
import Testing

@testable import Networks

@Suite struct GradientPenaltyTests {
  private static func network(_ activation: Activation) -> Perceptron {
    Perceptron([3, 6, 5, 1], hidden: activation)
  }
  private static let activations = [Activation.tanh, .leakyRelu, .silu]

  private func numbers(_ activation: Activation, _ name: String) -> [Double] {
    NetworkFixtures.numbers("penalty.\(activation).\(name)")
  }

  /// Points between those of data and those that were made.
  private func mixed(_ activation: Activation) -> [Double] {
    let (real, fake) = (numbers(activation, "real"), numbers(activation, "fake"))
    let part = numbers(activation, "part")
    return real.indices.map { part[$0 / 3] * real[$0] + (1 - part[$0 / 3]) * fake[$0] }
  }

  private func penalty<Scalar: NetworkScalar>(
    _ activation: Activation, _ parameters: [Scalar], into gradient: inout [Scalar]
  ) -> Scalar {
    var penalty = GradientPenalty<Scalar>(Self.network(activation), capacity: 9)
    let points = mixed(activation).map { Scalar($0) }
    var place = gradient.mutableSpan
    return penalty.add(parameters.span, points.span, rows: 7, weight: 10, into: &place)
  }

  @Test(arguments: activations)
  func `the penalty and its gradient are PyTorch's, by double backward`(activation: Activation) {
    let parameters = numbers(activation, "parameters")
    var gradient = [Double](repeating: 0, count: parameters.count)
    let value = penalty(activation, parameters, into: &gradient)
    #expect(difference([value], numbers(activation, "penalty")) < 1e-12)
    #expect(difference(gradient, numbers(activation, "gradient")) < 1e-11)

    var none = gradient
    let slopes = slopes(at: parameters) { penalty(activation, $0, into: &none) }
    #expect(difference(slopes, gradient) < 1e-6)

    var short = [Float](repeating: 0, count: parameters.count)
    _ = penalty(activation, parameters.map { Float($0) }, into: &short)
    #expect(difference(short.map { Double($0) }, gradient) < 1e-4)
  }

  /// The mean of what is made, less that of data, with the penalty between them.
  @Test(arguments: activations)
  func `the loss of a Wasserstein critic and its gradient are PyTorch's`(activation: Activation) {
    let network = Self.network(activation)
    let parameters = numbers(activation, "parameters")
    var gradient = [Double](repeating: 0, count: parameters.count)
    var loss = penalty(activation, parameters, into: &gradient)
    var arena = PerceptronArena<Double>(network, capacity: 7)
    for (name, sign) in [("fake", 1.0), ("real", -1.0)] {
      let points = numbers(activation, name)
      arena.forward(parameters.span, points.span, rows: 7)
      loss += sign * arena.output(rows: 7).reduce(0, +) / 7
      var place = gradient.mutableSpan
      arena.backward(
        parameters.span, points.span, rows: 7,
        outputGradient: [Double](repeating: sign / 7, count: 7).span, into: &place)
    }
    #expect(difference([loss], numbers(activation, "loss")) < 1e-12)
    #expect(difference(gradient, numbers(activation, "lossGradient")) < 1e-11)
  }

  @Test func `a network that does not see its inputs has no slope, and no numbers that are none`() {
    let network = Self.network(.tanh)
    let parameters = [Double](repeating: 0, count: network.parameterCount)
    var gradient = parameters
    let value = penalty(.tanh, parameters, into: &gradient)
    #expect(value == 10 && gradient.allSatisfy { $0 == 0 })
  }
}
