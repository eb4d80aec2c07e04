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
  /// The root of 1 - beta2^t.
  public var root: Scalar
  /// What decay leaves of a parameter.
  public var keep: Scalar

  /// Creates a step.
  public init(
    beta1: Scalar, beta2: Scalar, epsilon: Scalar, size: Scalar, root: Scalar, keep: Scalar
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.size = size
    self.root = root
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
      root: step.root, keep: step.keep)
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
}
