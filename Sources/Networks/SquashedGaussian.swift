/// Numbers within -1 to 1 that are drawn as tanh(u), u = mean + deviation x noise.
///
/// - Source: T. Haarnoja and others, Soft actor-critic algorithms and applications,
///   <https://arxiv.org/abs/1812.05905>, appendix C; the logarithm of the slope of tanh is taken in the
///   form 2 (log 2 - u - log(1 + e^(-2 u))), which holds for every u.
public enum SquashedGaussian {
  /// The least and the greatest logarithm of a deviation.
  public static let logDeviations: ClosedRange<Float> = -20...2

  /// log(1 + e^x), for every x.
  public static func softplus<Scalar: NetworkScalar>(_ x: Scalar) -> Scalar {
    max(x, 0) + Scalar.log(1 + Scalar.exp(-x.magnitude))
  }

  /// The logarithm of the density of tanh(u), where u came of that noise.
  public static func logDensity<Scalar: NetworkScalar>(
    argument u: Scalar, logDeviation: Scalar, noise: Scalar
  ) -> Scalar {
    // log sqrt(2 pi) and log 2
    let (root, two) = (0.918938533204672741780 as Scalar, 0.693147180559945309417 as Scalar)
    let normal = -noise * noise / 2 - logDeviation - root
    return normal - 2 * (two - u - softplus(-2 * u))
  }

  /// How the logarithm of the density and a value change with the mean and with the logarithm of the
  /// deviation: of temperature x log density - value.
  ///
  /// `action` is tanh(u), and `slope` how the value changes with it.
  public static func gradient<Scalar: NetworkScalar>(
    action: Scalar, deviation: Scalar, noise: Scalar, temperature: Scalar, slope: Scalar
  ) -> (mean: Scalar, logDeviation: Scalar) {
    let bend = slope * (1 - action * action)
    let spread = deviation * noise
    return (
      temperature * 2 * action - bend,
      temperature * (2 * action * spread - 1) - bend * spread
    )
  }
}
