import CKernels

/// Chooses which version of the C kernels runs: every version returns the same bits.
///
/// The choice is one number for the whole process and may change at any time, on any thread: it
/// moves speed alone, never a result. The edge reads `TAPEDECK_KERNELS` and calls `select`.
public enum Kernels {
  /// A level of vector instructions; each one includes those before it.
  public enum Level: Int32, Sendable, CaseIterable {
    /// The best level the processor has.
    case automatic
    /// Portable C.
    case scalar
    /// AVX2 and FMA; the first level that may use the CRC32 and SHA instructions.
    case avx2
    /// AVX-512 F, DQ, BW and VL.
    case avx512
  }

  /// Asks for a level; the best one up to it that the processor has is used from now on.
  public static func select(_ level: Level) {
    tapedeck_kernels_select(level.rawValue)
  }

  /// Does nothing but fused multiply-adds of 32-bit numbers on registers: what a core can do at most at
  /// the active level, for benchmarks.
  ///
  /// Returns how many operations that was, a multiply-add being two, and what came of them: 2, from 30
  /// rounds on.
  public static func peak(rounds: Int) -> (operations: Int, result: Float) {
    var operations = 0
    // Safe: the number outlives the call.
    let result = unsafe tapedeck_peak_f32(rounds, &operations)
    return (operations, result)
  }

  /// The level in use after dispatch, never `automatic`.
  public static var active: Level {
    Level(rawValue: tapedeck_kernels_active()) ?? .scalar
  }
}
