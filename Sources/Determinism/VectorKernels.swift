import CKernels

/// Elementary functions of whole arrays of 32-bit numbers, by the kernels in C.
///
/// `Elementary` defines the bits.
public enum VectorKernels {
  /// Replaces each number by e to its power.
  ///
  /// - Complexity: O(n).
  public static func exp(_ values: inout MutableSpan<Float>) {
    // Safe: the kernel reads and writes `count` numbers in place.
    unsafe values.withUnsafeMutableBufferPointer {
      guard let base = $0.baseAddress else { return }
      unsafe tapedeck_exp_f32(base, $0.count)
    }
  }

  /// Replaces each number by its hyperbolic tangent.
  ///
  /// - Complexity: O(n).
  public static func tanh(_ values: inout MutableSpan<Float>) {
    // Safe: the kernel reads and writes `count` numbers in place.
    unsafe values.withUnsafeMutableBufferPointer {
      guard let base = $0.baseAddress else { return }
      unsafe tapedeck_tanh_f32(base, $0.count)
    }
  }

  /// Replaces each number by its natural logarithm.
  ///
  /// - Complexity: O(n).
  public static func log(_ values: inout MutableSpan<Float>) {
    // Safe: the kernel reads and writes `count` numbers in place.
    unsafe values.withUnsafeMutableBufferPointer {
      guard let base = $0.baseAddress else { return }
      unsafe tapedeck_log_f32(base, $0.count)
    }
  }
}
