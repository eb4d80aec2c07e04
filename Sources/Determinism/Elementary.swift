/// Computes elementary functions whose bits are the same on every machine.
///
/// Only + - * / and square root are used, in a written order: no libm, whose results change with
/// the processor, no fused multiply-add, and no table but the digits of 2/pi. An error bound is in
/// ulps, units in the last place of the exact result. `tools/reference/elementary.py` makes the
/// 60-digit values it is tested against, 1,300 points or more a function. The worst error seen, in
/// a scan of 10^7 points a range against 64-bit mantissas: exp 0.77, log and log1p 0.84, tanh 0.64,
/// sin and cos 0.79, pow 0.67; at the tested points alone: inverseNormal 5.5.
///
/// Where the argument is NaN or outside the domain the result is `Double.nan`, the one positive
/// quiet NaN without payload; nothing traps. Subnormals are computed like other numbers.
public enum Elementary {
  // The head of ln 2 has 42 bits: times an exponent, of at most 11 bits, it is exact.
  static let ln2Head = 0x1.62e42fefa38p-1
  static let ln2Tail = 0x1.ef35793c7673p-45

  /// Returns value * 2^exponent, rounded once if value is normal and |exponent| <= 1100.
  static func scaled(_ value: Double, by exponent: Int) -> Double {
    // The first product is exact: it stays normal for the values in [1/2, 2) given here.
    let half = exponent >> 1
    return value * powerOfTwo(half) * powerOfTwo(exponent - half)
  }

  /// Returns 2^exponent, for exponents of normal numbers.
  static func powerOfTwo(_ exponent: Int) -> Double {
    Double(bitPattern: UInt64(exponent + 1023) << 52)
  }

  /// Returns the nearest integer, ties to even, for |value| < 2^51, without a call into libm.
  static func nearestInteger(_ value: Double) -> Double {
    (value + 0x1.8p52) - 0x1.8p52
  }
}
