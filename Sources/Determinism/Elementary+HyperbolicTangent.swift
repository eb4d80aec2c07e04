extension Elementary {
  /// Returns the hyperbolic tangent, within 1 ulp.
  ///
  /// It is odd bit for bit, and 1 or -1 from 20 on.
  public static func tanh(_ x: Double) -> Double {
    guard !x.isNaN else { return .nan }
    let size = x.magnitude
    guard size >= 0x1p-28 else { return x }
    guard size >= 0.35 else { return smallTanh(x) }
    guard size < 20 else { return x > 0 ? 1 : -1 }
    // (e^2x - 1) / (e^2x + 1) with e^2x as a sum of two, so that the subtraction loses nothing.
    let parts = exponentialParts(DoubleDouble(head: 2 * size, tail: 0))
    let scale = powerOfTwo(parts.exponent)
    let power = DoubleDouble(ordered: parts.head * scale, parts.tail * scale)
    let one = DoubleDouble(head: 1, tail: 0)
    let quotient = (power + DoubleDouble(head: -1, tail: 0)) / (power + one)
    return x > 0 ? quotient.head : -quotient.head
  }

  /// Returns tanh x = x + x^3 P(x^2) for |x| < 0.35.
  private static func smallTanh(_ x: Double) -> Double {
    let z = x * x
    var series = 0x1.3e90ab4045ca6p-14
    series = series * z - 0x1.ea9313d37a771p-13
    series = series * z + 0x1.34f5c85062f21p-11
    series = series * z - 0x1.7d9f2a9b3adecp-10
    series = series * z + 0x1.d6d3b3fa280abp-9
    series = series * z - 0x1.226e352211becp-7
    series = series * z + 0x1.664f488230047p-6
    series = series * z - 0x1.ba1ba1ba1af08p-5
    series = series * z + 0x1.111111111110ep-3
    series = series * z - 0x1.5555555555555p-2
    return x + x * z * series
  }
}
