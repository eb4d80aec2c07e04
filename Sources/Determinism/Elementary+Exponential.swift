extension Elementary {
  /// Returns e to the power x, within 1 ulp.
  ///
  /// It is +infinity above 709.782712893384 and 0 below -745.1332191019412. In the subnormal range
  /// the bound holds too.
  public static func exp(_ x: Double) -> Double {
    guard !x.isNaN else { return .nan }
    guard x < 710 else { return .infinity }
    guard x > -746 else { return 0 }
    let parts = exponentialParts(DoubleDouble(head: x, tail: 0))
    return scaled(parts.head + parts.tail, by: parts.exponent)
  }

  /// Returns even and odd with e^r = 1 + r + z (even + odd r) and z = r^2, for |r| <= 0.35.
  @inline(__always)
  static func exponentialSeries(_ z: Double) -> (even: Double, odd: Double) {
    // q in two chains, even and odd, that run side by side. Coefficients: tools/reference.
    var even = 0x1.1f73102e57f8bp-29
    even = even * z + 0x1.27e4db5e389d2p-22
    even = even * z + 0x1.a01a01a6da7e2p-16
    even = even * z + 0x1.6c16c16c162d1p-10
    even = even * z + 0x1.5555555555556p-5
    even = even * z + 0x1.0p-1
    var odd = 0x1.af4e000e84be8p-26
    odd = odd * z + 0x1.71de0226bd07ap-19
    odd = odd * z + 0x1.a01a01abeb69fp-13
    odd = odd * z + 0x1.11111111100d5p-7
    odd = odd * z + 0x1.5555555555557p-3
    return (even, odd)
  }

  /// Returns head, tail and exponent with e^x = (head + tail) * 2^exponent, to about 2^-56.
  ///
  /// Head + tail lies in [0.7, 1.42]. With k = round(x / ln 2) and r = x - k ln 2,
  /// e^r = 1 + r + r^2 q(r), and only the last term is computed with rounding errors that count.
  /// - Precondition: |x| <= 1000, |x.tail| <= 2^-40.
  static func exponentialParts(
    _ x: DoubleDouble
  ) -> (head: Double, tail: Double, exponent: Int) {
    let k = nearestInteger(x.head * 0x1.71547652b82fep+0)
    // k * ln2Head is exact, and so is the difference (Sterbenz).
    let high = x.head - k * ln2Head
    let low = x.tail - k * ln2Tail
    let r = high + low
    let lost = (high - r) + low
    let z = r * r
    let (even, odd) = exponentialSeries(z)
    let rest = z * (even + odd * r) + (lost + lost * r)
    let head = 1 + r
    return (head, ((1 - head) + r) + rest, Int(k))
  }
}
