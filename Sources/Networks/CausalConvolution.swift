import Determinism

/// A convolution over time that sees no later step than that of its result.
///
/// The result at step t is bias + the sum over taps k of x(t - (taps - 1 - k) dilation) W_k, where what is
/// before the first step is 0. Parameters are W, `taps` times `inputs` rows of `outputs` numbers, and the
/// biases. Numbers stand sequence by sequence, and within one step by step.
/// - Source: A. van den Oord and others, WaveNet, <https://arxiv.org/abs/1609.03499>, section 2.1.
public struct CausalConvolution: Equatable, Sendable {
  /// How many numbers go in at a step.
  public let inputs: Int
  /// How many come out.
  public let outputs: Int
  /// How many steps a result depends on.
  public let taps: Int
  /// How far apart these are, in steps.
  public let dilation: Int

  /// Describes one.
  ///
  /// - Precondition: all numbers are above 0.
  public init(inputs: Int, outputs: Int, taps: Int, dilation: Int = 1) {
    precondition(
      inputs > 0 && outputs > 0 && taps > 0 && dilation > 0, "Invariant: layers have sizes")
    self.inputs = inputs
    self.outputs = outputs
    self.taps = taps
    self.dilation = dilation
  }

  /// Where the matrix stands among the parameters.
  public var matrix: Range<Int> { 0..<taps * inputs * outputs }
  /// Where the biases stand.
  public var biases: Range<Int> { matrix.upperBound..<matrix.upperBound + outputs }
  /// How many parameters it has.
  public var parameterCount: Int { biases.upperBound }

  var affine: Affine { Affine(matrix: matrix, biases: biases) }
}

/// What a causal convolution keeps between going forward and going back.
public struct CausalConvolutionArena<Scalar: NetworkScalar>: Sendable {
  let layer: CausalConvolution
  var results: [Scalar]
  /// By row, what its result depends on; and the gradients of that.
  var windows: [Scalar]
  var windowGradients: [Scalar]
  var transposed: [Scalar]

  /// Makes room for so many rows: sequences times steps.
  @specialized(where Scalar == Float)
  public init(_ layer: CausalConvolution, capacity: Int) {
    self.layer = layer
    results = [Scalar](repeating: 0, count: capacity * layer.outputs)
    windows = [Scalar](repeating: 0, count: capacity * layer.taps * layer.inputs)
    windowGradients = windows
    transposed = [Scalar](repeating: 0, count: layer.matrix.count)
  }

  /// What came of the rows that went forward last.
  @specialized(where Scalar == Float)
  public func output(rows: Int) -> ArraySlice<Scalar> { results[..<(rows * layer.outputs)] }

  /// Computes some sequences of `steps` steps.
  ///
  /// - Precondition: sizes are the layer's, sequences are whole, and there is room.
  /// - Complexity: O(rows * parameters).
  @specialized(where Scalar == Float)
  public mutating func forward(_ parameters: Span<Scalar>, _ input: Span<Scalar>, steps: Int) {
    let (rows, depth) = (input.count / layer.inputs, layer.taps * layer.inputs)
    precondition(
      parameters.count == layer.parameterCount && input.count == rows * layer.inputs
        && rows % steps == 0 && rows * depth <= windows.count, "Invariant: sizes are the layer's")
    for row in 0..<rows {
      for tap in 0..<layer.taps {
        let back = (layer.taps - 1 - tap) * layer.dilation
        for channel in 0..<layer.inputs {
          windows[row * depth + tap * layer.inputs + channel] =
            row % steps >= back ? input[(row - back) * layer.inputs + channel] : 0
        }
      }
    }
    let (layer, seen) = (layer, windows)
    var whole = results.mutableSpan
    var place = whole._mutatingExtracting(first: rows * layer.outputs)
    layer.affine.forward(
      parameters, seen.span.extracting(first: rows * depth), rows: rows, into: &place)
  }

  /// Adds the gradients of the parameters, and sets those of the inputs, for the sequences that went
  /// forward last.
  ///
  /// - Precondition: sizes are the layer's, and `forward` ran with these parameters.
  /// - Complexity: O(rows * parameters).
  @specialized(where Scalar == Float)
  public mutating func backward(
    _ parameters: Span<Scalar>, steps: Int, outputGradient: Span<Scalar>,
    into gradient: inout MutableSpan<Scalar>, inputGradient: inout [Scalar]
  ) {
    let layer = layer
    let (rows, depth) = (outputGradient.count / layer.outputs, layer.taps * layer.inputs)
    precondition(
      gradient.count == layer.parameterCount && inputGradient.count >= rows * layer.inputs
        && rows % steps == 0, "Invariant: sizes are the layer's")
    layer.affine.addGradients(
      windows.span.extracting(first: rows * depth), outputGradient, rows: rows, into: &gradient)
    layer.affine.transpose(parameters, into: &transposed)
    let matrix = transposed
    layer.affine.passOn(
      outputGradient, rows: rows, transposed: matrix.span, into: &windowGradients)
    for index in 0..<rows * layer.inputs { inputGradient[index] = 0 }
    for row in 0..<rows {
      for tap in 0..<layer.taps {
        let back = (layer.taps - 1 - tap) * layer.dilation
        guard row % steps >= back else { continue }
        for channel in 0..<layer.inputs {
          inputGradient[(row - back) * layer.inputs + channel] +=
            windowGradients[row * depth + tap * layer.inputs + channel]
        }
      }
    }
  }
}
