public import Determinism

/// How far a figure of a sample may be off, by drawing samples from the sample.
public enum Bootstrap {
  /// The 95 % percentile interval of a figure over samples of the same size, drawn with repetition.
  ///
  /// `resamples` says how many are drawn; every draw is a function of the key.
  /// - Precondition: there are values, and a multiple of 40 samples.
  /// - Complexity: O(values x resamples), and that of the figure.
  /// - Source: Efron and Tibshirani, An Introduction to the Bootstrap, 1993, section 13.3.
  public static func interval(
    _ values: [Double], key: NoiseKey, resamples: Int = 2000, of figure: ([Double]) -> Double
  ) -> ClosedRange<Double> {
    precondition(
      !values.isEmpty && resamples > 0 && resamples % 40 == 0,
      "Invariant: 2.5 % of the resamples are a whole number")
    var figures: [Double] = []
    figures.reserveCapacity(resamples)
    var sample = values
    for resample in 0..<resamples {
      for draw in values.indices {
        let index = key.integer(
          below: UInt64(values.count), tick: Int64(resample), slot: 0, draw: UInt32(draw))
        sample[draw] = values[Int(index)]
      }
      figures.append(figure(sample))
    }
    figures.sort()
    // Of 2,000 in order, the 50th and the 1,951st: 2.5 % lie at or beyond each.
    return figures[resamples / 40 - 1]...figures[resamples - resamples / 40]
  }
}
