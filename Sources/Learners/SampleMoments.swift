import Determinism

/// Mean and spread of a sample, in 64 bits, summed in the order of `OrderedReduction`.
struct SampleMoments {
  /// The mean.
  let mean: Double
  /// The sum of squared distances from the mean.
  let squares: Double
  private let count: Int

  /// Of numbers of 32 bits.
  init(_ numbers: [Float]) { self.init(numbers.map { Double($0) }) }

  /// Of numbers of 64 bits.
  init(_ numbers: [Double]) {
    count = numbers.count
    mean = OrderedReduction.sum(numbers.span) / Double(max(1, numbers.count))
    let mean = mean
    let distances = numbers.map { ($0 - mean) * ($0 - mean) }
    squares = OrderedReduction.sum(distances.span)
  }

  /// 1 less the variance of what a critic missed, as a part of that of the returns; 0 where they have none.
  ///
  /// Returns are values and advantages, added.
  static func explained(_ advantages: [Float], _ values: [Float]) -> Float {
    let returns = SampleMoments(zip(advantages, values).map { Double($0) + Double($1) })
    return returns.squares > 0
      ? Float(1 - SampleMoments(advantages).squares / returns.squares) : 0
  }

  /// The deviation of what the sample is drawn from: divided by one less than there are.
  var deviation: Double { (squares / Double(max(1, count - 1))).squareRoot() }
}
