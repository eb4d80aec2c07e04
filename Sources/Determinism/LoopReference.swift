/// Loops of networks in plain Swift, for numbers of any size: it defines the bits of `LoopKernels`.
public enum LoopReference {
  /// Moves parameters against their gradient: with g the gradient, m = beta1 m + (1 - beta1) g,
  /// v = beta2 v + (1 - beta2) g^2, and p = keep p - size (m / (scale sqrt(v) + epsilon)).
  ///
  /// Moments of less than any normal number are 0. Of parameters that have no slope any more they would
  /// otherwise stay so, being rounded to themselves, and arithmetic with such numbers is slow.
  /// - Precondition: all arrays are of one length.
  /// - Complexity: O(n).
  public static func adam<Scalar: BinaryFloatingPoint>(
    _ step: AdamStep<Scalar>, _ parameters: inout MutableSpan<Scalar>, mean: inout [Scalar],
    square: inout [Scalar], gradient: Span<Scalar>
  ) {
    precondition(
      mean.count == parameters.count && square.count == mean.count
        && gradient.count == mean.count,
      "Invariant: an optimiser has the size of its parameters")
    let (one, two) = (step.beta1, step.beta2)
    for index in mean.indices {
      let given = gradient[index]
      mean[index] = normal(one * mean[index] + (1 - one) * given)
      square[index] = normal(two * square[index] + (1 - two) * (given * given))
      let spread = square[index].squareRoot() * step.scale + step.epsilon
      parameters[index] = parameters[index] * step.keep - step.size * (mean[index] / spread)
    }
  }

  private static func normal<Scalar: BinaryFloatingPoint>(_ value: Scalar) -> Scalar {
    value.magnitude < Scalar.leastNormalMagnitude ? 0 : value
  }

  /// Multiplies gradients by the slope of tanh, 1 - r^2, where it came to `results`.
  ///
  /// - Precondition: both are of one length.
  /// - Complexity: O(n).
  public static func tanhSlope<Scalar: BinaryFloatingPoint>(
    _ gradients: inout MutableSpan<Scalar>, results: Span<Scalar>
  ) {
    precondition(results.count == gradients.count, "Invariant: a result for each gradient")
    for index in gradients.indices { gradients[index] *= 1 - results[index] * results[index] }
  }

  /// Adds to each sum the numbers of its column, row after row.
  ///
  /// - Precondition: there are whole rows.
  /// - Complexity: O(n).
  public static func addRows<Scalar: BinaryFloatingPoint>(
    _ values: Span<Scalar>, to sums: inout MutableSpan<Scalar>
  ) {
    let columns = sums.count
    precondition(
      columns > 0 && values.count % columns == 0, "Invariant: rows have a number for each sum")
    for row in 0..<values.count / columns {
      for column in 0..<columns { sums[column] += values[row * columns + column] }
    }
  }

  /// The sum of the squares of numbers, in 64 bits, in the order of `OrderedReduction`.
  ///
  /// - Complexity: O(n).
  public static func squareSum<Scalar: BinaryFloatingPoint>(_ values: Span<Scalar>) -> Double {
    var lanes = SIMD8<Double>(repeating: 0)
    for index in values.indices {
      let value = Double(values[index])
      lanes[index & 7] += value * value
    }
    return OrderedReduction.sum(lanes: lanes)
  }

  /// Writes a matrix with its rows as columns.
  ///
  /// - Precondition: both have as many numbers as rows times columns.
  /// - Complexity: O(n).
  public static func transpose<Scalar: BinaryFloatingPoint>(
    _ values: Span<Scalar>, rows: Int, columns: Int, into result: inout MutableSpan<Scalar>
  ) {
    precondition(
      values.count == rows * columns && result.count == values.count,
      "Invariant: a matrix has rows times columns")
    for row in 0..<rows {
      for column in 0..<columns { result[column * rows + row] = values[row * columns + column] }
    }
  }

  /// Replaces each number that is not above 0 by 0.
  ///
  /// - Complexity: O(n).
  public static func relu<Scalar: BinaryFloatingPoint>(_ values: inout MutableSpan<Scalar>) {
    for index in values.indices where !(values[index] > 0) { values[index] = 0 }
  }

  /// Replaces gradients by 0 where max(0, x) came to no result above 0.
  ///
  /// - Precondition: both are of one length.
  /// - Complexity: O(n).
  public static func reluSlope<Scalar: BinaryFloatingPoint>(
    _ gradients: inout MutableSpan<Scalar>, results: Span<Scalar>
  ) {
    precondition(results.count == gradients.count, "Invariant: a result for each gradient")
    for index in gradients.indices where !(results[index] > 0) { gradients[index] = 0 }
  }

  /// Moves numbers a part of the way to others: v + part (w - v).
  ///
  /// - Precondition: both are of one length.
  /// - Complexity: O(n).
  public static func blend<Scalar: BinaryFloatingPoint>(
    _ values: inout MutableSpan<Scalar>, _ others: Span<Scalar>, part: Scalar
  ) {
    precondition(others.count == values.count, "Invariant: another number for each")
    for index in values.indices { values[index] += part * (others[index] - values[index]) }
  }
}
