import Determinism
import TestSupport
import Testing

@testable import Networks

@Suite struct PerceptronTests {
  private static let widths = [3, 5, 4, 2]
  private static let rows = 7

  private func forward<Scalar: NetworkScalar>(
    _ network: Perceptron, _ parameters: [Scalar], _ input: [Scalar], rows: Int,
    _ arena: inout PerceptronArena<Scalar>
  ) -> [Scalar] {
    arena.forward(parameters.span, input.span, rows: rows)
    return Array(arena.output(rows: rows))
  }

  private func gradient<Scalar: NetworkScalar>(
    _ network: Perceptron, _ parameters: [Scalar], _ input: [Scalar], rows: Int,
    _ outputGradient: [Scalar]
  ) -> [Scalar] {
    var arena = PerceptronArena<Scalar>(network, capacity: rows + 2)
    _ = forward(network, parameters, input, rows: rows, &arena)
    var gradient = [Scalar](repeating: 0, count: network.parameterCount)
    var span = gradient.mutableSpan
    arena.backward(
      parameters.span, input.span, rows: rows, outputGradient: outputGradient.span, into: &span)
    return gradient
  }

  private func fixture(_ activation: Activation, _ name: String) -> [Double] {
    NetworkFixtures.numbers("\(activation).\(name)")
  }

  @Test(arguments: Activation.allCases)
  func `results and gradients are those of PyTorch`(activation: Activation) {
    let network = Perceptron(Self.widths, hidden: activation)
    let (parameters, input) = (fixture(activation, "parameters"), fixture(activation, "input"))
    let given = fixture(activation, "outputGradient")
    var arena = PerceptronArena<Double>(network, capacity: Self.rows)
    let output = forward(network, parameters, input, rows: Self.rows, &arena)
    #expect(difference(output, fixture(activation, "output")) < 1e-13)
    let gradient = gradient(network, parameters, input, rows: Self.rows, given)
    #expect(difference(gradient, fixture(activation, "gradient")) < 1e-12)

    // The same in 32 bits, to their accuracy.
    let short = self.gradient(
      network, parameters.map { Float($0) }, input.map { Float($0) }, rows: Self.rows,
      given.map { Float($0) })
    #expect(difference(short.map { Double($0) }, gradient) < 1e-5)
  }

  @Test(arguments: Activation.allCases)
  func `gradients are slopes`(activation: Activation) {
    let network = Perceptron(Self.widths, hidden: activation)
    let (parameters, input) = (fixture(activation, "parameters"), fixture(activation, "input"))
    let given = fixture(activation, "outputGradient")
    let gradient = gradient(network, parameters, input, rows: Self.rows, given)
    var arena = PerceptronArena<Double>(network, capacity: Self.rows)
    let slopes = slopes(at: parameters) { moved in
      let output = forward(network, moved, input, rows: Self.rows, &arena)
      return product(output, given)
    }
    #expect(difference(slopes, gradient) < 1e-7)
  }

  @Test(arguments: Activation.allCases)
  func `gradients of inputs are slopes too`(activation: Activation) {
    let network = Perceptron(Self.widths, hidden: activation)
    let (parameters, input) = (fixture(activation, "parameters"), fixture(activation, "input"))
    let given = fixture(activation, "outputGradient")
    var arena = PerceptronArena<Double>(network, capacity: Self.rows)
    _ = forward(network, parameters, input, rows: Self.rows, &arena)
    var gradient = [Double](repeating: 0, count: input.count)
    arena.inputGradient(
      parameters.span, rows: Self.rows, outputGradient: given.span, into: &gradient)
    let slopes = slopes(at: input) { moved in
      let output = forward(network, parameters, moved, rows: Self.rows, &arena)
      return product(output, given)
    }
    #expect(difference(slopes, gradient) < 1e-7)
  }

  @Test func `a row's result does not depend on the others, bit for bit`() {
    for activation in Activation.allCases {
      let network = Perceptron([4, 64, 33, 3], hidden: activation)
      let parameters: [Float] = network.orthogonalParameters(
        hiddenGain: 2.0.squareRoot(), outputGain: 1, seed: 3, name: "policy")
      var numbers = KeyedNumbers(seed: 5)
      let input = (0..<19 * 4).map { _ in Float(numbers.number(-1000...1000)) / 300 }
      var arena = PerceptronArena<Float>(network, capacity: 19)
      let together = forward(network, parameters, input, rows: 19, &arena)
      for row in 0..<19 {
        let alone = forward(
          network, parameters, Array(input[row * 4..<(row + 1) * 4]), rows: 1, &arena)
        #expect(
          alone.map { $0.bitPattern } == together[row * 3..<(row + 1) * 3].map { $0.bitPattern })
      }
    }
  }

  @Test func `what does not fit traps`() async {
    await #expect(processExitsWith: .failure) {
      var arena = PerceptronArena<Float>(Perceptron([2, 2], hidden: .tanh), capacity: 1)
      arena.forward([1, 2, 3, 4, 5, 6].span, [1, 2, 3, 4].span, rows: 2)
    }
    await #expect(processExitsWith: .failure) { _ = Perceptron([2, 0], hidden: .tanh) }
  }
}
