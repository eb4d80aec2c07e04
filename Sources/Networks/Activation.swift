/// What a layer does to each of its outputs.
public enum Activation: UInt8, Sendable, CaseIterable {
  /// Nothing.
  case identity = 0
  /// The hyperbolic tangent.
  case tanh = 1
  /// max(0, x); its derivative at 0 is 0.
  case relu = 2
  /// x above 0 and x / 100 elsewhere; its derivative at 0 is 1 / 100.
  case leakyRelu = 3
  /// x / (1 + e^-x).
  ///
  /// - Source: S. Elfwing, E. Uchibe, K. Doya, Sigmoid-weighted linear units (2018).
  case silu = 4

  /// Whether the derivative is a function of the result, so that arguments need not be kept.
  var isKnownByResult: Bool { self != .silu }

  /// Replaces arguments by results.
  func apply<Scalar: NetworkScalar>(_ values: inout MutableSpan<Scalar>) {
    switch self {
    case .identity: break
    case .tanh: Scalar.tanh(&values)
    case .relu: Scalar.relu(&values)
    case .leakyRelu:
      for index in values.indices where !(values[index] > 0) { values[index] *= Self.slope() }
    case .silu:
      for index in values.indices {
        values[index] /= 1 + Scalar.exp(-values[index])
      }
    }
  }

  /// Multiplies gradients by the derivative; `arguments` are read for `silu` alone.
  func differentiate<Scalar: NetworkScalar>(
    _ gradients: inout MutableSpan<Scalar>, results: Span<Scalar>, arguments: Span<Scalar>
  ) {
    switch self {
    case .identity: break
    case .tanh: Scalar.tanhSlope(&gradients, results: results)
    case .relu: Scalar.reluSlope(&gradients, results: results)
    case .leakyRelu:
      for index in gradients.indices where !(results[index] > 0) {
        gradients[index] *= Self.slope()
      }
    case .silu:
      for index in gradients.indices {
        let x = arguments[index]
        let sigmoid = 1 / (1 + Scalar.exp(-x))
        gradients[index] *= sigmoid * (1 + x * (1 - sigmoid))
      }
    }
  }

  /// The second derivative; `argument` is read for `silu` alone.
  func curvature<Scalar: NetworkScalar>(result: Scalar, argument: Scalar) -> Scalar {
    switch self {
    case .identity, .relu, .leakyRelu: return 0
    case .tanh: return -2 * result * (1 - result * result)
    case .silu:
      let sigmoid = 1 / (1 + Scalar.exp(-argument))
      return sigmoid * (1 - sigmoid) * (2 + argument * (1 - 2 * sigmoid))
    }
  }

  private static func slope<Scalar: NetworkScalar>() -> Scalar { 1 / 100 }
}
