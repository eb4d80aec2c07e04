/// What an error costs, and how that changes with it.
public enum RegressionLoss: Equatable, Sendable {
  /// Half the square.
  case halfSquare
  /// Half the square up to `delta`, and from there on a straight line of slope `delta`.
  ///
  /// - Source: P. Huber, Robust estimation of a location parameter (1964).
  case huber(delta: Double)

  /// What an error costs.
  public func value<Scalar: NetworkScalar>(_ error: Scalar) -> Scalar {
    switch self {
    case .halfSquare: return error * error / 2
    case .huber(let delta):
      let (size, limit) = (error.magnitude, Scalar(delta))
      return size <= limit ? error * error / 2 : limit * (size - limit / 2)
    }
  }

  /// How that changes with the error.
  public func slope<Scalar: NetworkScalar>(_ error: Scalar) -> Scalar {
    switch self {
    case .halfSquare: return error
    case .huber(let delta):
      let limit = Scalar(delta)
      return min(max(error, -limit), limit)
    }
  }
}
