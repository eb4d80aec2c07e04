/// RMSprop over one array of parameters.
///
/// With g the gradient, v = decay v + (1 - decay) g^2 and p = p - rate g / (sqrt(v) + epsilon). As a value it
/// can be kept and gone on with, bit for bit.
/// - Source: T. Tieleman, G. Hinton, Lecture 6.5 of Neural networks for machine learning (2012), in the
///   form of PyTorch's `RMSprop`.
public struct RootMeanSquare<Scalar: NetworkScalar>: Equatable, Sendable {
  /// How slowly the mean of squares forgets.
  public let decay: Scalar
  /// Added to the root, so that nothing is divided by 0.
  public let epsilon: Scalar
  /// The mean of squares.
  public private(set) var square: [Scalar]

  /// Goes on from means of squares; all of them 0 to begin with.
  public init(square: [Scalar], decay: Scalar = 0.99, epsilon: Scalar = 1e-8) {
    self.square = square
    self.decay = decay
    self.epsilon = epsilon
  }

  /// Moves the parameters against the gradient.
  ///
  /// - Precondition: there are as many as there were.
  /// - Complexity: O(parameters).
  @specialized(where Scalar == Float)
  public mutating func step(
    _ parameters: inout MutableSpan<Scalar>, _ gradient: Span<Scalar>, rate: Scalar
  ) {
    precondition(
      parameters.count == square.count && gradient.count == square.count,
      "Invariant: an optimiser has the size of its parameters")
    for index in gradient.indices {
      let given = gradient[index]
      square[index] = decay * square[index] + (1 - decay) * (given * given)
      parameters[index] -= rate * (given / (square[index].squareRoot() + epsilon))
    }
  }
}
