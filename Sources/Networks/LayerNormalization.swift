/// Rows that are brought to mean 0 and variance 1, and then scaled and shifted number by number.
///
/// With m and s^2 the mean and the variance of a row (over the number of its columns), a result is
/// gain (x - m) / sqrt(s^2 + epsilon) + bias. Parameters are the gains, and then the biases.
/// - Source: J. Ba, J. Kiros, G. Hinton, Layer normalization, <https://arxiv.org/abs/1607.06450>.
public struct LayerNormalization: Equatable, Sendable {
  /// How many numbers a row has.
  public let width: Int
  /// Added to the variance, so that nothing is divided by 0.
  public let epsilon: Double

  /// Describes one.
  ///
  /// - Precondition: rows have numbers.
  public init(width: Int, epsilon: Double = 1e-5) {
    precondition(width > 0, "Invariant: layers have sizes")
    self.width = width
    self.epsilon = epsilon
  }

  /// How many parameters it has.
  public var parameterCount: Int { 2 * width }

  /// Parameters to begin with: gains of 1, biases of 0.
  public func initialParameters<Scalar: NetworkScalar>() -> [Scalar] {
    [Scalar](repeating: 1, count: width) + [Scalar](repeating: 0, count: width)
  }
}

/// What the normalisation of rows keeps between going forward and going back.
public struct LayerNormalizationArena<Scalar: NetworkScalar>: Sendable {
  let layer: LayerNormalization
  var results: [Scalar]
  /// Numbers at mean 0 and variance 1; and by row, 1 over the deviation.
  var normalized: [Scalar]
  var scales: [Scalar]

  /// Makes room for so many rows.
  @specialized(where Scalar == Float)
  public init(_ layer: LayerNormalization, capacity: Int) {
    self.layer = layer
    results = [Scalar](repeating: 0, count: capacity * layer.width)
    normalized = results
    scales = [Scalar](repeating: 0, count: capacity)
  }

  /// What came of the rows that went forward last.
  @specialized(where Scalar == Float)
  public func output(rows: Int) -> ArraySlice<Scalar> { results[..<(rows * layer.width)] }

  /// Normalises some rows; sums over a row run in ascending order, in 64 bits.
  ///
  /// - Precondition: sizes are the layer's, and there is room.
  /// - Complexity: O(numbers).
  @specialized(where Scalar == Float)
  public mutating func forward(_ parameters: Span<Scalar>, _ input: Span<Scalar>, rows: Int) {
    let width = layer.width
    precondition(
      parameters.count == layer.parameterCount && input.count == rows * width
        && rows <= scales.count, "Invariant: sizes are the layer's")
    for row in 0..<rows {
      var sum = 0.0
      for column in 0..<width { sum += Double(input[row * width + column]) }
      let mean = sum / Double(width)
      var squares = 0.0
      for column in 0..<width {
        let distance = Double(input[row * width + column]) - mean
        squares += distance * distance
      }
      let scale = 1 / (squares / Double(width) + layer.epsilon).squareRoot()
      scales[row] = Scalar(scale)
      for index in row * width..<(row + 1) * width {
        let value = Scalar((Double(input[index]) - mean) * scale)
        normalized[index] = value
        results[index] =
          parameters[index - row * width] * value + parameters[width + index - row * width]
      }
    }
  }

  /// Adds the gradients of the parameters, and sets those of the inputs, for the rows that went
  /// forward last.
  ///
  /// - Precondition: sizes are the layer's, and `forward` ran with these parameters.
  /// - Complexity: O(numbers).
  @specialized(where Scalar == Float)
  public mutating func backward(
    _ parameters: Span<Scalar>, rows: Int, outputGradient: Span<Scalar>,
    into gradient: inout MutableSpan<Scalar>, inputGradient: inout [Scalar]
  ) {
    let width = layer.width
    precondition(
      gradient.count == layer.parameterCount && outputGradient.count == rows * width
        && inputGradient.count >= rows * width, "Invariant: sizes are the layer's")
    for row in 0..<rows {
      var (sum, product) = (0.0, 0.0)
      for column in 0..<width {
        let index = row * width + column
        gradient[column] += outputGradient[index] * normalized[index]
        gradient[width + column] += outputGradient[index]
        let given = Double(outputGradient[index] * parameters[column])
        sum += given
        product += given * Double(normalized[index])
      }
      let (mean, slope) = (Scalar(sum / Double(width)), Scalar(product / Double(width)))
      for column in 0..<width {
        let index = row * width + column
        let given = outputGradient[index] * parameters[column]
        inputGradient[index] = scales[row] * (given - mean - normalized[index] * slope)
      }
    }
  }
}
