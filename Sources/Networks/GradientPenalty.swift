import Determinism

/// How far the gradient of a network's one output with its inputs is from length 1, and how that changes
/// with the parameters: the penalty of a Wasserstein critic.
///
/// With g_i the gradient at row i of n, the penalty is weight / n times the sum of (|g_i| - 1)^2. For the
/// slopes v_i of the penalty with g_i, its gradient with the parameters is that of the sum of the
/// output's tangents along v_i: one more way forward and one back, without a tape. Where g is 0 its length
/// has no slope; 0 is taken.
/// - Source: I. Gulrajani and others, Improved training of Wasserstein GANs,
///   <https://arxiv.org/abs/1704.00028>, equation 3; B. Pearlmutter, Fast exact multiplication by the
///   Hessian (1994).
public struct GradientPenalty<Scalar: NetworkScalar>: Sendable {
  let network: Perceptron
  var arena: PerceptronArena<Scalar>
  /// By layer: how the output changes with what goes into the activation; that of what comes out of it;
  /// the tangents of both; and what goes back in the end.
  var slopes: [[Scalar]]
  var resultSlopes: [[Scalar]]
  var argumentTangents: [[Scalar]]
  var resultTangents: [[Scalar]]
  var curves: [[Scalar]]
  var inputSlopes: [Scalar]

  /// Makes room for so many rows.
  ///
  /// - Precondition: the network has one output.
  @specialized(where Scalar == Float)
  public init(_ network: Perceptron, capacity: Int) {
    precondition(network.outputs == 1, "Invariant: a critic has one output")
    self.network = network
    arena = PerceptronArena(network, capacity: capacity)
    slopes = network.layers.map { [Scalar](repeating: 0, count: capacity * $0.outputs) }
    (resultSlopes, argumentTangents, resultTangents, curves) = (slopes, slopes, slopes, slopes)
    inputSlopes = [Scalar](repeating: 0, count: capacity * network.inputs)
  }

  /// Adds the gradient of the penalty with the parameters, and returns the penalty.
  ///
  /// - Precondition: sizes are the network's, and there is room.
  /// - Complexity: O(rows * parameters).
  @specialized(where Scalar == Float)
  public mutating func add(
    _ parameters: Span<Scalar>, _ input: Span<Scalar>, rows: Int, weight: Scalar,
    into gradient: inout MutableSpan<Scalar>
  ) -> Scalar {
    precondition(gradient.count == network.parameterCount, "Invariant: sizes are the network's")
    arena.forward(parameters, input, rows: rows)
    setSlopes(parameters, rows)
    let penalty = setDirections(rows, weight)
    goForward(parameters, rows)
    goBack(parameters, input, rows, into: &gradient)
    return penalty
  }

  /// Computes how the output changes with everything, back to the inputs.
  private mutating func setSlopes(_ parameters: Span<Scalar>, _ rows: Int) {
    let last = network.layers.count - 1
    for row in 0..<rows { resultSlopes[last][row] = 1 }
    for index in stride(from: last, through: 0, by: -1) {
      let layer = network.layers[index]
      for place in 0..<rows * layer.outputs { slopes[index][place] = resultSlopes[index][place] }
      arena.differentiate(index, &slopes[index], rows)
      if index == 0 {
        arena.passOn(0, parameters, slopes[0], rows, into: &inputSlopes)
      } else {
        arena.passOn(index, parameters, slopes[index], rows, into: &resultSlopes[index - 1])
      }
    }
  }

  /// Makes the slopes of the inputs those of the penalty with them, and returns the penalty.
  private mutating func setDirections(_ rows: Int, _ weight: Scalar) -> Scalar {
    let width = network.inputs
    var sum: Scalar = 0
    for row in 0..<rows {
      var square: Scalar = 0
      for index in row * width..<(row + 1) * width {
        square += inputSlopes[index] * inputSlopes[index]
      }
      let length = square.squareRoot()
      sum += (length - 1) * (length - 1)
      let factor = length > 0 ? 2 * weight * (length - 1) / (length * Scalar(rows)) : 0
      for index in row * width..<(row + 1) * width { inputSlopes[index] *= factor }
    }
    return weight * sum / Scalar(rows)
  }

  /// Computes the tangents of all layers along the directions that the inputs have.
  private mutating func goForward(_ parameters: Span<Scalar>, _ rows: Int) {
    for (index, layer) in network.layers.enumerated() {
      let before = index == 0 ? inputSlopes : resultTangents[index - 1]
      var given: [Scalar] = []
      swap(&given, &argumentTangents[index])
      do {
        var whole = given.mutableSpan
        var place = whole._mutatingExtracting(first: rows * layer.outputs)
        Scalar.multiply(
          ProductShape(rows: rows, columns: layer.outputs, depth: layer.inputs),
          before.span.extracting(first: rows * layer.inputs), parameters.extracting(layer.matrix),
          into: &place)
      }
      for place in 0..<rows * layer.outputs { resultTangents[index][place] = given[place] }
      arena.differentiate(index, &resultTangents[index], rows)
      swap(&given, &argumentTangents[index])
    }
  }

  /// Takes the sum of the output's tangents back to the parameters.
  private mutating func goBack(
    _ parameters: Span<Scalar>, _ input: Span<Scalar>, _ rows: Int,
    into gradient: inout MutableSpan<Scalar>
  ) {
    let last = network.layers.count - 1
    for row in 0..<rows { curves[last][row] = 0 }
    for index in stride(from: last, through: 0, by: -1) {
      let layer = network.layers[index]
      let tangents = index == 0 ? inputSlopes : resultTangents[index - 1]
      let given = slopes[index]
      layer.affine.addMatrixGradient(
        tangents.span.extracting(first: rows * layer.inputs),
        given.span.extracting(first: rows * layer.outputs), rows: rows, into: &gradient)
      let curve = curves[index]
      let bends = curve.span.extracting(first: rows * layer.outputs)
      if index == 0 {
        layer.affine.addGradients(input, bends, rows: rows, into: &gradient)
        return
      }
      let results = arena.results[index - 1]
      layer.affine.addGradients(
        results.span.extracting(first: rows * layer.inputs), bends, rows: rows, into: &gradient)
      arena.passOn(index, parameters, curve, rows, into: &curves[index - 1])
      arena.differentiate(index - 1, &curves[index - 1], rows)
      let before = network.layers[index - 1]
      for place in 0..<rows * layer.inputs {
        curves[index - 1][place] +=
          resultSlopes[index - 1][place] * argumentTangents[index - 1][place]
          * before.activation.curvature(
            result: arena.results[index - 1][place],
            argument: before.activation.isKnownByResult ? 0 : arena.arguments[index - 1][place])
      }
    }
  }
}
