import Determinism

/// Adam, with the decay of AdamW where that is not 0, over one array of parameters.
///
/// Its state is complete: as a value it can be kept and gone on with, bit for bit.
/// - Source: D. Kingma, J. Ba, Adam, <https://arxiv.org/abs/1412.6980>, algorithm 1, in the form
///   m / (1 - b1^t) / (sqrt(v) (1 / sqrt(1 - b2^t)) + epsilon); I. Loshchilov, F. Hutter, Decoupled
///   weight decay regularization, <https://arxiv.org/abs/1711.05101>.
public struct Adam<Scalar: NetworkScalar>: Equatable, Sendable {
  /// What does not change while it runs.
  public struct Settings: Equatable, Sendable {
    /// How fast the mean of gradients forgets.
    public var beta1: Scalar = 0.9
    /// How fast the mean of their squares forgets.
    public var beta2: Scalar = 0.999
    /// Added to the root, so that nothing is divided by 0.
    public var epsilon: Scalar
    /// The part of each parameter that a step takes away, by the learning rate; 0 for plain Adam.
    public var weightDecay: Scalar = 0

    /// The usual ones, with another epsilon where one is given.
    public init(epsilon: Scalar = 1e-8) { self.epsilon = epsilon }
  }

  /// What does not change while it runs.
  public let settings: Settings
  /// Steps so far.
  public private(set) var stepCount: Int64 = 0
  /// The mean of gradients.
  public private(set) var mean: [Scalar]
  /// The mean of their squares.
  public private(set) var square: [Scalar]
  /// beta1 to the power of the steps so far, as a running product.
  public private(set) var power1: Scalar = 1
  /// beta2 to the power of the steps so far, as a running product.
  public private(set) var power2: Scalar = 1

  /// Starts with nothing known of so many parameters.
  public init(parameterCount: Int, settings: Settings = Settings()) {
    self.settings = settings
    mean = [Scalar](repeating: 0, count: parameterCount)
    square = [Scalar](repeating: 0, count: parameterCount)
  }

  /// Goes on from what was known.
  ///
  /// - Precondition: there are as many means as squares.
  public init(
    stepCount: Int64, mean: [Scalar], square: [Scalar], powers: (Scalar, Scalar),
    settings: Settings
  ) {
    precondition(mean.count == square.count, "Invariant: a mean and a square for each parameter")
    self.settings = settings
    self.stepCount = stepCount
    self.mean = mean
    self.square = square
    (power1, power2) = powers
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
      parameters.count == mean.count && gradient.count == mean.count,
      "Invariant: an optimiser has the size of its parameters")
    stepCount += 1
    power1 *= settings.beta1
    power2 *= settings.beta2
    Scalar.adam(
      AdamStep(
        beta1: settings.beta1, beta2: settings.beta2, epsilon: settings.epsilon,
        size: rate / (1 - power1), scale: 1 / (1 - power2).squareRoot(),
        keep: 1 - rate * settings.weightDecay), &parameters, mean: &mean, square: &square,
      gradient: gradient)
  }
}

/// Gradients that are kept short.
public enum GradientClipping {
  /// The length of a gradient over all its numbers, summed in 64 bits.
  @specialized(where Scalar == Float)
  public static func norm<Scalar: NetworkScalar>(_ gradient: Span<Scalar>) -> Scalar {
    Scalar(Scalar.squareSum(gradient).squareRoot())
  }

  /// Shortens a gradient to at most `maximum`, and returns the length that it had.
  ///
  /// - Source: `clip_grad_norm_` of PyTorch: the factor is min(1, maximum / (norm + 1e-6)).
  @specialized(where Scalar == Float)
  public static func clip<Scalar: NetworkScalar>(
    _ gradient: inout MutableSpan<Scalar>, to maximum: Scalar
  ) -> Scalar {
    let norm = norm(gradient.span)
    let factor = maximum / (norm + 1e-6)
    if factor < 1 {
      for index in gradient.indices { gradient[index] *= factor }
    }
    return norm
  }
}
