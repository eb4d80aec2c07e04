public import Networks

/// A network, its parameters and their optimiser.
public struct LearningNetwork: Sendable, Equatable {
  /// The network.
  public let network: Perceptron
  /// Its parameters.
  public internal(set) var parameters: [Float]
  /// The optimiser.
  public internal(set) var adam: Adam<Float>

  /// Begins with these parameters.
  init(_ network: Perceptron, _ parameters: [Float], _ settings: Adam<Float>.Settings = .init()) {
    self.network = network
    self.parameters = parameters
    adam = Adam(parameterCount: parameters.count, settings: settings)
  }

  /// Computes the network for some rows.
  func forward(_ arena: inout PerceptronArena<Float>, _ inputs: [Float], rows: Int) {
    arena.forward(parameters.span, inputs.span.extracting(first: rows * network.inputs), rows: rows)
  }

  /// Moves the parameters against their gradient, given those of the outputs of the rows that went
  /// forward last; `gradient` is where it is put together, and shortened to `maximum`.
  mutating func learn(
    _ arena: inout PerceptronArena<Float>, _ inputs: [Float], rows: Int,
    outputGradient: [Float], rate: Float, maximum: Float = .infinity, _ gradient: inout [Float]
  ) {
    do {
      var place = gradient.mutableSpan
      place.update(repeating: 0)
      arena.backward(
        parameters.span, inputs.span.extracting(first: rows * network.inputs), rows: rows,
        outputGradient: outputGradient.span, into: &place)
    }
    _ = adam.descend(&parameters, &gradient, rate: rate, maximum: maximum)
  }
}
