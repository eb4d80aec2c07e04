extension Elementary {
  /// Returns the natural logarithm, within 1 ulp.
  ///
  /// It is -infinity at 0 and -0, and NaN below.
  public static func log(_ x: Double) -> Double {
    guard x > 0 else { return x == 0 ? -.infinity : .nan }
    guard x < .infinity else { return .infinity }
    let (mantissa, exponent) = mantissaAndExponent(x)
    return logarithm(ofOnePlus: mantissa - 1, exponent: exponent, correction: 0)
  }

  /// Returns the natural logarithm of 1 + x, within 1 ulp.
  ///
  /// It is -infinity at -1, NaN below, and -0 at -0.
  public static func log1p(_ x: Double) -> Double {
    guard x > -1 else { return x == -1 ? -.infinity : .nan }
    guard x < .infinity else { return .infinity }
    guard x.magnitude >= 0x1p-54 else { return x }
    guard x <= -0.29 || x >= 0.41 else {
      return logarithm(ofOnePlus: x, exponent: 0, correction: 0)
    }
    // log(1 + x) = log(head) + log(1 + tail / head), and the last is tail / head to 2^-106.
    let sum = DoubleDouble(sum: 1, x)
    let (mantissa, exponent) = mantissaAndExponent(sum.head)
    return logarithm(
      ofOnePlus: mantissa - 1, exponent: exponent, correction: sum.tail / sum.head)
  }

  /// Splits a positive finite x into mantissa * 2^exponent, mantissa in [0.707, 1.415).
  static func mantissaAndExponent(_ x: Double) -> (mantissa: Double, exponent: Int) {
    let isSubnormal = x < 0x1p-1022
    let bits = (isSubnormal ? x * 0x1p54 : x).bitPattern
    let exponent = Int(bits >> 52) - (isSubnormal ? 1077 : 1023)
    let mantissa = Double(bitPattern: bits & 0x000f_ffff_ffff_ffff | 0x3ff0_0000_0000_0000)
    return mantissa < 0x1.6a09e667f3bcdp+0 ? (mantissa, exponent) : (mantissa * 0.5, exponent + 1)
  }

  /// Returns R of 2 atanh(s) = 2s + s z R(z) with z = s^2; coefficients: tools/reference.
  @inline(__always)
  static func logarithmSeries(_ z: Double) -> Double {
    var series = 0x1.0c039c49989c6p-3
    series = series * z + 0x1.0fbe95d716020p-3
    series = series * z + 0x1.3b1c355a8f7a2p-3
    series = series * z + 0x1.745cf9048dd95p-3
    series = series * z + 0x1.c71c720159177p-3
    series = series * z + 0x1.2492492476cccp-2
    series = series * z + 0x1.9999999999a38p-2
    series = series * z + 0x1.5555555555555p-1
    return series
  }

  /// Returns log(1 + f) + exponent * ln 2 + correction.
  ///
  /// With s = f / (2 + f), log(1 + f) = 2 atanh(s) = 2s + s R(s^2), written as
  /// f - (f^2/2 - s (f^2/2 + R)), where the exact f comes last and small terms first.
  /// - Source: the arrangement is that of fdlibm, <https://www.netlib.org/fdlibm/e_log.c>.
  private static func logarithm(
    ofOnePlus f: Double, exponent: Int, correction: Double
  ) -> Double {
    let s = f / (2 + f)
    let z = s * s
    let series = logarithmSeries(z)
    let halfSquare = 0.5 * f * f
    let k = Double(exponent)
    let small = s * (halfSquare + z * series) + (k * ln2Tail + correction)
    return k * ln2Head - ((halfSquare - small) - f)
  }
}
