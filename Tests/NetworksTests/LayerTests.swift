import Determinism
import TestSupport
import Testing

@testable import Networks

/// Layers beside `Perceptron`: what PyTorch says of them, and central differences.
@Suite struct LayerTests {
  private func numbers(_ name: String) -> [Double] { NetworkFixtures.numbers(name) }

  /// What a layer came to: its results, and the gradients of its parameters and inputs.
  private struct Outcome {
    var output: [Double]
    var gradient: [Double]
    var inputGradient: [Double]

    init<Scalar: NetworkScalar>(_ output: [Scalar], _ gradient: [Scalar], _ inputs: [Scalar]) {
      self.output = output.map { Double($0) }
      self.gradient = gradient.map { Double($0) }
      inputGradient = inputs.map { Double($0) }
    }
  }

  /// Looks whether a layer does what PyTorch's does, in 64 bits and in 32, and whether gradients are slopes.
  private func check(
    _ name: String, double: ([Double], [Double]) -> Outcome, float: ([Float], [Float]) -> Outcome
  ) {
    let (parameters, input) = (numbers("\(name).parameters"), numbers("\(name).input"))
    let outcome = double(parameters, input)
    #expect(difference(outcome.output, numbers("\(name).output")) < 1e-13)
    #expect(difference(outcome.gradient, numbers("\(name).gradient")) < 1e-12)
    #expect(difference(outcome.inputGradient, numbers("\(name).inputGradient")) < 1e-12)

    let short = float(parameters.map { Float($0) }, input.map { Float($0) })
    #expect(difference(short.output, outcome.output) < 1e-5)
    #expect(difference(short.gradient, outcome.gradient) < 1e-5)
    #expect(difference(short.inputGradient, outcome.inputGradient) < 1e-5)

    let given = numbers("\(name).outputGradient")
    let parameterSlopes = slopes(at: parameters) { product(double($0, input).output, given) }
    #expect(difference(outcome.gradient, parameterSlopes) < 1e-7)
    let inputSlopes = slopes(at: input) { product(double(parameters, $0).output, given) }
    #expect(difference(outcome.inputGradient, inputSlopes) < 1e-7)
  }

  private func normalization<Scalar: NetworkScalar>(
    _ parameters: [Scalar], _ input: [Scalar]
  ) -> Outcome {
    let layer = LayerNormalization(width: 5)
    var arena = LayerNormalizationArena<Scalar>(layer, capacity: 8)
    arena.forward(parameters.span, input.span, rows: 6)
    let given = numbers("layerNorm.outputGradient").map { Scalar($0) }
    var gradient = [Scalar](repeating: 0, count: layer.parameterCount)
    var inputs = [Scalar](repeating: 0, count: input.count)
    var place = gradient.mutableSpan
    arena.backward(
      parameters.span, rows: 6, outputGradient: given.span, into: &place, inputGradient: &inputs)
    return Outcome(Array(arena.output(rows: 6)), gradient, inputs)
  }

  @Test func `rows are normalised as by PyTorch`() {
    check("layerNorm", double: { normalization($0, $1) }, float: { normalization($0, $1) })
    let start: [Double] = LayerNormalization(width: 2).initialParameters()
    #expect(start == [1, 1, 0, 0])
  }

  private func recurrence<Scalar: NetworkScalar>(
    _ parameters: [Scalar], _ input: [Scalar]
  ) -> Outcome {
    let unit = GatedRecurrence(inputs: 4, width: 5)
    var arena = GatedRecurrenceArena<Scalar>(unit, capacity: 20)
    let memory = numbers("gru.memory").map { Scalar($0) }
    let starts = numbers("gru.starts").map { $0 != 0 }
    arena.forward(parameters.span, input.span, memory: memory.span, starts: starts)
    let given = numbers("gru.outputGradient").map { Scalar($0) }
    var gradient = [Scalar](repeating: 0, count: unit.parameterCount)
    var inputs = [Scalar](repeating: 0, count: input.count)
    var place = gradient.mutableSpan
    arena.backward(
      parameters.span, input.span, rows: 18, sequences: 3, outputGradient: given.span, into: &place,
      inputGradient: &inputs)
    return Outcome(Array(arena.output(rows: 18)), gradient, inputs)
  }

  @Test func `what is remembered, and forgotten where an episode begins, is as by PyTorch`() {
    #expect(numbers("gru.starts").count { $0 != 0 } > 2)
    check("gru", double: { recurrence($0, $1) }, float: { recurrence($0, $1) })
  }

  @Test func `a sequence is the same alone and step by step, bit for bit`() {
    let unit = GatedRecurrence(inputs: 4, width: 5)
    let parameters: [Float] = unit.orthogonalParameters(seed: 1, name: "unit")
    let input = numbers("gru.input").map { Float($0) }
    let memory = numbers("gru.memory").map { Float($0) }
    let starts = numbers("gru.starts").map { $0 != 0 }
    var arena = GatedRecurrenceArena<Float>(unit, capacity: 18)
    arena.forward(parameters.span, input.span, memory: memory.span, starts: starts)
    let together = Array(arena.output(rows: 18))
    for sequence in 0..<3 {
      var kept = Array(memory[sequence * 5..<(sequence + 1) * 5])
      for step in 0..<6 {
        let row = step * 3 + sequence
        arena.forward(
          parameters.span, input.span.extracting(row * 4..<(row + 1) * 4), memory: kept.span,
          starts: [starts[row]])
        kept = Array(arena.output(rows: 1))
        #expect(
          kept.map { $0.bitPattern } == together[row * 5..<(row + 1) * 5].map { $0.bitPattern })
      }
    }
  }

  private func convolution<Scalar: NetworkScalar>(
    _ dilation: Int, _ parameters: [Scalar], _ input: [Scalar]
  ) -> Outcome {
    let layer = CausalConvolution(inputs: 3, outputs: 4, taps: 3, dilation: dilation)
    var arena = CausalConvolutionArena<Scalar>(layer, capacity: 15)
    arena.forward(parameters.span, input.span, steps: 7)
    let given = numbers("convolution.\(dilation).outputGradient").map { Scalar($0) }
    var gradient = [Scalar](repeating: 0, count: layer.parameterCount)
    var inputs = [Scalar](repeating: 0, count: input.count)
    var place = gradient.mutableSpan
    arena.backward(
      parameters.span, steps: 7, outputGradient: given.span, into: &place, inputGradient: &inputs)
    return Outcome(Array(arena.output(rows: 14)), gradient, inputs)
  }

  @Test(arguments: [1, 2])
  func `convolutions over time are PyTorch's with the past padded`(dilation: Int) {
    check(
      "convolution.\(dilation)", double: { convolution(dilation, $0, $1) },
      float: { convolution(dilation, $0, $1) })
  }

  @Test func `a convolution does not see what comes later`() {
    let layer = CausalConvolution(inputs: 3, outputs: 4, taps: 3, dilation: 2)
    let parameters = numbers("convolution.2.parameters")
    var input = numbers("convolution.2.input")
    var arena = CausalConvolutionArena<Double>(layer, capacity: 14)
    arena.forward(parameters.span, input.span, steps: 7)
    let before = Array(arena.output(rows: 14))
    for channel in 0..<3 { input[4 * 3 + channel] += 1 }  // step 4 of the first sequence
    arena.forward(parameters.span, input.span, steps: 7)
    let after = Array(arena.output(rows: 14))
    let changed = (0..<14).filter { before[$0 * 4..<$0 * 4 + 4] != after[$0 * 4..<$0 * 4 + 4] }
    #expect(changed == [4, 6])
  }

  @Test func `spectral norms and their gradients are PyTorch's`() {
    let matrix = numbers("spectral.matrix")
    var norm = SpectralNormalization(
      outputVector: numbers("spectral.start.output"), inputVector: numbers("spectral.start.input"))
    norm.iterate(matrix.span)
    #expect(difference(norm.outputVector, numbers("spectral.outputVector")) < 1e-12)
    #expect(difference(norm.inputVector, numbers("spectral.inputVector")) < 1e-12)
    var divided = matrix
    var place = divided.mutableSpan
    let largest = norm.apply(matrix.span, into: &place)
    #expect(difference(divided, numbers("spectral.divided")) < 1e-12)
    var gradient = numbers("spectral.outputGradient")
    var given = gradient.mutableSpan
    norm.differentiate(&given, matrix.span, largest: largest)
    #expect(difference(gradient, numbers("spectral.gradient")) < 1e-12)
  }

  /// From normals the estimate comes to the largest singular value: that of a diagonal matrix is known.
  @Test func `the estimate comes to the largest singular value`() {
    let matrix: [Double] = [3, 0, 0, 0, -7, 0]
    let key = NoiseKey(seed: 1, entity: "norm", purpose: "start")
    let norm = SpectralNormalization(matrix.span, inputs: 2, key: key)
    #expect((norm.largest(matrix.span) - 7).magnitude < 1e-9)
  }
}
