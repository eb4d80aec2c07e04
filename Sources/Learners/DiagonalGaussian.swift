public import Networks

/// Numbers that are drawn each for itself as mean + deviation x noise.
///
/// A deviation is given by its logarithm.
/// - Source: D. Nix, A. Weigend, Estimating the mean and variance of the target probability distribution
///   (1994), for the density; S. Kullback, R. Leibler, On information and sufficiency (1951).
public enum DiagonalGaussian {
  /// log sqrt(2 pi).
  private static func root<Scalar: NetworkScalar>() -> Scalar { 0.918938533204672741780 }

  /// The logarithm of the density at a number.
  public static func logDensity<Scalar: NetworkScalar>(
    _ x: Scalar, mean: Scalar, logDeviation: Scalar
  ) -> Scalar {
    let noise = (x - mean) * Scalar.exp(-logDeviation)
    return -noise * noise / 2 - logDeviation - root()
  }

  /// How the logarithm of the density changes with the mean and with the logarithm of the deviation.
  public static func slopes<Scalar: NetworkScalar>(
    _ x: Scalar, mean: Scalar, logDeviation: Scalar
  ) -> (mean: Scalar, logDeviation: Scalar) {
    let shrink = Scalar.exp(-logDeviation)
    let noise = (x - mean) * shrink
    return (noise * shrink, noise * noise - 1)
  }

  /// The entropy; it changes by 1 with the logarithm of the deviation.
  public static func entropy<Scalar: NetworkScalar>(logDeviation: Scalar) -> Scalar {
    logDeviation + root() + 1 / 2
  }

  /// The divergence of Kullback and Leibler of one from another.
  public static func divergence<Scalar: NetworkScalar>(
    mean: Scalar, logDeviation: Scalar, from other: (mean: Scalar, logDeviation: Scalar)
  ) -> Scalar {
    let spread = Scalar.exp(2 * (logDeviation - other.logDeviation))
    let distance = (mean - other.mean) * Scalar.exp(-other.logDeviation)
    return other.logDeviation - logDeviation + (spread + distance * distance - 1) / 2
  }
}
