import CKernels

/// What one step of Adam does to all parameters.
public struct AdamStep<Scalar: BinaryFloatingPoint & Sendable>: Equatable, Sendable {
  /// How fast the mean of gradients forgets.
  public var beta1: Scalar
  /// How fast the mean of their squares forgets.
  public var beta2: Scalar
  /// Added to the root, so that nothing is divided by 0.
  public var epsilon: Scalar
  /// The rate over 1 - beta1^t.
  public var size: Scalar
  /// 1 over the root of 1 - beta2^t.
  public var scale: Scalar
  /// What decay leaves of a parameter.
  public var keep: Scalar

  /// Creates a step.
  public init(
    beta1: Scalar, beta2: Scalar, epsilon: Scalar, size: Scalar, scale: Scalar, keep: Scalar
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.size = size
    self.scale = scale
    self.keep = keep
  }
}

/// Loops of networks over arrays of 32-bit numbers, by the kernels in C.
///
/// `LoopReference` defines the bits.
public enum LoopKernels {
  /// Moves parameters against their gradient; see `LoopReference.adam`.
  ///
  /// - Precondition: all arrays are of one length.
  /// - Complexity: O(n).
  public static func adam(
    _ step: AdamStep<Float>, _ parameters: inout MutableSpan<Float>, mean: inout [Float],
    square: inout [Float], gradient: Span<Float>
  ) {
    let count = parameters.count
    precondition(
      mean.count == count && square.count == count && gradient.count == count,
      "Invariant: an optimiser has the size of its parameters")
    if count == 0 { return }
    let constants = tapedeck_adam(
      beta1: step.beta1, beta2: step.beta2, epsilon: step.epsilon, size: step.size,
      scale: step.scale, keep: step.keep)
    // Safe: the counts were checked, and exclusive access keeps the arrays apart.
    unsafe withUnsafePointer(to: constants) { constants in
      unsafe parameters.withUnsafeMutableBufferPointer { parameters in
        unsafe mean.withUnsafeMutableBufferPointer { mean in
          unsafe square.withUnsafeMutableBufferPointer { square in
            unsafe gradient.withUnsafeBufferPointer { gradient in
              unsafe tapedeck_adam_f32(
                constants, parameters.baseAddress, mean.baseAddress, square.baseAddress,
                gradient.baseAddress, count)
            }
          }
        }
      }
    }
  }

  /// Multiplies gradients by the slope of tanh; see `LoopReference.tanhSlope`.
  ///
  /// - Precondition: both are of one length.
  /// - Complexity: O(n).
  public static func tanhSlope(_ gradients: inout MutableSpan<Float>, results: Span<Float>) {
    precondition(results.count == gradients.count, "Invariant: a result for each gradient")
    // Safe: the counts were checked, and exclusive access keeps the arrays apart.
    unsafe gradients.withUnsafeMutableBufferPointer { gradients in
      unsafe results.withUnsafeBufferPointer { results in
        unsafe tapedeck_tanh_slope_f32(
          gradients.baseAddress, results.baseAddress, gradients.count)
      }
    }
  }

  /// Adds the numbers of each column to its sum; see `LoopReference.addRows`.
  ///
  /// - Precondition: there are whole rows.
  /// - Complexity: O(n).
  public static func addRows(_ values: Span<Float>, to sums: inout MutableSpan<Float>) {
    let columns = sums.count
    precondition(
      columns > 0 && values.count % columns == 0, "Invariant: rows have a number for each sum")
    // Safe: the counts were checked, and exclusive access keeps the arrays apart.
    unsafe sums.withUnsafeMutableBufferPointer { sums in
      unsafe values.withUnsafeBufferPointer { values in
        unsafe tapedeck_add_rows_f32(
          sums.baseAddress, values.baseAddress, values.count / columns, columns)
      }
    }
  }

  /// The sum of the squares of numbers; see `LoopReference.squareSum`.
  ///
  /// - Complexity: O(n).
  public static func squareSum(_ values: Span<Float>) -> Double {
    var sum = 0.0
    // Safe: the count is the span's.
    unsafe values.withUnsafeBufferPointer { values in
      unsafe tapedeck_square_sum_f32(&sum, values.baseAddress, values.count)
    }
    return sum
  }

  /// Writes a matrix with its rows as columns; see `LoopReference.transpose`.
  ///
  /// - Precondition: both have as many numbers as rows times columns.
  /// - Complexity: O(n).
  public static func transpose(
    _ values: Span<Float>, rows: Int, columns: Int, into result: inout MutableSpan<Float>
  ) {
    precondition(
      values.count == rows * columns && result.count == values.count,
      "Invariant: a matrix has rows times columns")
    // Safe: the counts were checked, and exclusive access keeps the arrays apart.
    unsafe result.withUnsafeMutableBufferPointer { result in
      unsafe values.withUnsafeBufferPointer { values in
        unsafe tapedeck_transpose_f32(result.baseAddress, values.baseAddress, rows, columns)
      }
    }
  }

  /// Replaces each number that is not above 0 by 0; see `LoopReference.relu`.
  ///
  /// - Complexity: O(n).
  public static func relu(_ values: inout MutableSpan<Float>) {
    // Safe: the count is the span's.
    unsafe values.withUnsafeMutableBufferPointer { values in
      unsafe tapedeck_relu_f32(values.baseAddress, values.count)
    }
  }

  /// Replaces gradients by 0 where max(0, x) came to none above 0; see `LoopReference.reluSlope`.
  ///
  /// - Precondition: both are of one length.
  /// - Complexity: O(n).
  public static func reluSlope(_ gradients: inout MutableSpan<Float>, results: Span<Float>) {
    precondition(results.count == gradients.count, "Invariant: a result for each gradient")
    // Safe: the counts were checked, and exclusive access keeps the arrays apart.
    unsafe gradients.withUnsafeMutableBufferPointer { gradients in
      unsafe results.withUnsafeBufferPointer { results in
        unsafe tapedeck_relu_slope_f32(
          gradients.baseAddress, results.baseAddress, gradients.count)
      }
    }
  }

  /// Moves numbers a part of the way to others; see `LoopReference.blend`.
  ///
  /// - Precondition: both are of one length.
  /// - Complexity: O(n).
  public static func blend(
    _ values: inout MutableSpan<Float>, _ others: Span<Float>, part: Float
  ) {
    precondition(others.count == values.count, "Invariant: another number for each")
    // Safe: the counts were checked, and exclusive access keeps the arrays apart.
    unsafe values.withUnsafeMutableBufferPointer { values in
      unsafe others.withUnsafeBufferPointer { others in
        unsafe tapedeck_blend_f32(values.baseAddress, others.baseAddress, part, values.count)
      }
    }
  }
}
