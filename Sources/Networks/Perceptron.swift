import Determinism

/// Layers that are each a product with a matrix, a bias and an activation: a multilayer perceptron.
///
/// It is a description without numbers: parameters are one array, in which layer after layer has its
/// matrix, `inputs` rows of `outputs` numbers, and then its biases. Gradients have the same order.
/// A row of the result depends on that row of the input alone, bit for bit, whatever other rows
/// there are.
public struct Perceptron: Equatable, Sendable {
  /// One layer.
  public struct Layer: Equatable, Sendable {
    /// How many numbers go in.
    public let inputs: Int
    /// How many come out.
    public let outputs: Int
    /// What is done to each of them.
    public let activation: Activation
    /// Where its matrix begins among the parameters.
    public let offset: Int

    /// Where its matrix stands among the parameters.
    public var matrix: Range<Int> { offset..<offset + inputs * outputs }
    /// Where its biases stand.
    public var biases: Range<Int> { matrix.upperBound..<matrix.upperBound + outputs }

    var affine: Affine { Affine(matrix: matrix, biases: biases) }
  }

  /// The layers, the first one first.
  public let layers: [Layer]

  /// Describes a network: `widths` are the numbers that go into each layer, and that come out of the
  /// last, which has no activation.
  ///
  /// - Precondition: two widths or more, all of them above 0.
  public init(_ widths: [Int], hidden: Activation) {
    precondition(
      widths.count >= 2 && widths.allSatisfy { $0 > 0 }, "Invariant: layers have sizes")
    var layers: [Layer] = []
    for index in 1..<widths.count {
      layers.append(
        Layer(
          inputs: widths[index - 1], outputs: widths[index],
          activation: index < widths.count - 1 ? hidden : .identity,
          offset: layers.last?.biases.upperBound ?? 0))
    }
    self.layers = layers
  }

  /// How many parameters it has.
  public var parameterCount: Int { layers[layers.count - 1].biases.upperBound }
  /// How many numbers go in.
  public var inputs: Int { layers[0].inputs }
  /// How many come out.
  public var outputs: Int { layers[layers.count - 1].outputs }
}

/// What a network keeps between going forward and going back, for up to so many rows at once.
///
/// It is made once: neither way allocates anything.
public struct PerceptronArena<Scalar: NetworkScalar>: Sendable {
  /// How many rows there is room for.
  public let capacity: Int
  let network: Perceptron
  /// By layer, what came out of it; and what went into its activation, where that is needed.
  var results: [[Scalar]]
  var arguments: [[Scalar]]
  /// Gradients on their way back, from one layer to the one before.
  var gradients: [[Scalar]]
  /// A matrix, transposed.
  var transposed: [Scalar]

  /// Makes room.
  @specialized(where Scalar == Float)
  public init(_ network: Perceptron, capacity: Int) {
    self.capacity = capacity
    self.network = network
    results = network.layers.map { [Scalar](repeating: 0, count: capacity * $0.outputs) }
    arguments = network.layers.map {
      [Scalar](
        repeating: 0, count: $0.activation.isKnownByResult ? 0 : capacity * $0.outputs)
    }
    gradients = network.layers.map { [Scalar](repeating: 0, count: capacity * $0.outputs) }
    transposed = [Scalar](
      repeating: 0, count: network.layers.map { $0.inputs * $0.outputs }.max() ?? 0)
  }

  /// What came out of the network the last time it went forward: `rows` rows.
  @specialized(where Scalar == Float)
  public func output(rows: Int) -> ArraySlice<Scalar> {
    results[results.count - 1][..<(rows * network.outputs)]
  }

  // MARK: Forward

  /// Computes the network for some rows of inputs.
  ///
  /// - Precondition: sizes are the network's, and there is room.
  /// - Complexity: O(rows * parameters).
  @specialized(where Scalar == Float)
  public mutating func forward(
    _ parameters: Span<Scalar>, _ input: Span<Scalar>, rows: Int
  ) {
    precondition(
      parameters.count == network.parameterCount && input.count == rows * network.inputs
        && rows <= capacity, "Invariant: sizes are the network's")
    for (index, layer) in network.layers.enumerated() {
      // Taken out and put back, so that nothing is copied and the layer before can be read.
      var output: [Scalar] = []
      swap(&output, &results[index])
      if index == 0 {
        Self.forward(layer, parameters, input, rows, into: &output, &arguments[index])
      } else {
        let before = results[index - 1]
        Self.forward(
          layer, parameters, before.span.extracting(first: rows * layer.inputs), rows,
          into: &output, &arguments[index])
      }
      swap(&output, &results[index])
    }
  }

  private static func forward(
    _ layer: Perceptron.Layer, _ parameters: Span<Scalar>, _ input: Span<Scalar>, _ rows: Int,
    into output: inout [Scalar], _ arguments: inout [Scalar]
  ) {
    var whole = output.mutableSpan
    var place = whole._mutatingExtracting(first: rows * layer.outputs)
    layer.affine.forward(parameters, input, rows: rows, into: &place)
    if !layer.activation.isKnownByResult {
      for position in place.indices { arguments[position] = place[position] }
    }
    layer.activation.apply(&place)
  }

  // MARK: Back

  /// Adds the gradients of the parameters for the rows that went forward last.
  ///
  /// `outputGradient` has the gradient of each output; within a parameter's sum rows come in order.
  /// - Precondition: sizes are the network's, and `forward` ran with these parameters and inputs.
  /// - Complexity: O(rows * parameters).
  @specialized(where Scalar == Float)
  public mutating func backward(
    _ parameters: Span<Scalar>, _ input: Span<Scalar>, rows: Int, outputGradient: Span<Scalar>,
    into gradient: inout MutableSpan<Scalar>
  ) {
    precondition(
      gradient.count == network.parameterCount && outputGradient.count == rows * network.outputs,
      "Invariant: sizes are the network's")
    goBack(parameters, rows, outputGradient)
    for (index, layer) in network.layers.enumerated() {
      let given = gradients[index]
      let slopes = given.span.extracting(first: rows * layer.outputs)
      if index == 0 {
        layer.affine.addGradients(input, slopes, rows: rows, into: &gradient)
      } else {
        let before = results[index - 1]
        layer.affine.addGradients(
          before.span.extracting(first: rows * layer.inputs), slopes, rows: rows, into: &gradient)
      }
    }
  }

  /// Computes the gradients of the inputs for the rows that went forward last, and none of
  /// parameters.
  ///
  /// - Precondition: sizes are the network's, and `forward` ran with these parameters.
  /// - Complexity: O(rows * parameters).
  @specialized(where Scalar == Float)
  public mutating func inputGradient(
    _ parameters: Span<Scalar>, rows: Int, outputGradient: Span<Scalar>,
    into inputGradient: inout [Scalar]
  ) {
    precondition(
      outputGradient.count == rows * network.outputs, "Invariant: sizes are the network's")
    goBack(parameters, rows, outputGradient)
    self.inputGradient(parameters, rows: rows, into: &inputGradient)
  }

  /// Computes the gradients of the inputs for the rows that went back last.
  ///
  /// - Precondition: sizes are the network's, and `backward` ran with these parameters.
  /// - Complexity: O(rows * parameters of the first layer).
  @specialized(where Scalar == Float)
  public mutating func inputGradient(
    _ parameters: Span<Scalar>, rows: Int, into inputGradient: inout [Scalar]
  ) {
    precondition(
      inputGradient.count >= rows * network.inputs, "Invariant: sizes are the network's")
    passOn(0, parameters, gradients[0], rows, into: &inputGradient)
  }

  /// Computes the gradients of what goes into the activation of each layer, from the last one back.
  private mutating func goBack(
    _ parameters: Span<Scalar>, _ rows: Int, _ outputGradient: Span<Scalar>
  ) {
    let last = network.layers.count - 1
    for position in outputGradient.indices { gradients[last][position] = outputGradient[position] }
    for index in stride(from: last, through: 0, by: -1) {
      var given: [Scalar] = []
      swap(&given, &gradients[index])
      differentiate(index, &given, rows)
      if index > 0 {
        var before: [Scalar] = []
        swap(&before, &gradients[index - 1])
        passOn(index, parameters, given, rows, into: &before)
        swap(&before, &gradients[index - 1])
      }
      swap(&given, &gradients[index])
    }
  }

  /// Computes the gradients of what went into a layer, given those of what went into its activation.
  mutating func passOn(
    _ index: Int, _ parameters: Span<Scalar>, _ given: [Scalar], _ rows: Int,
    into before: inout [Scalar]
  ) {
    let layer = network.layers[index]
    layer.affine.transpose(parameters, into: &transposed)
    layer.affine.passOn(
      given.span.extracting(first: rows * layer.outputs), rows: rows, transposed: transposed.span,
      into: &before)
  }

  /// Makes gradients of what came out of a layer those of what went into its activation.
  func differentiate(_ index: Int, _ given: inout [Scalar], _ rows: Int) {
    let layer = network.layers[index]
    let (count, results, arguments) = (rows * layer.outputs, results[index], arguments[index])
    var whole = given.mutableSpan
    var place = whole._mutatingExtracting(first: count)
    layer.activation.differentiate(
      &place, results: results.span.extracting(first: count),
      arguments: arguments.span.extracting(first: min(count, arguments.count)))
  }
}
