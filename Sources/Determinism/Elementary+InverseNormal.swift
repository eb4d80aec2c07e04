extension Elementary {
  /// Returns the standard normal quantile of p, within 8 ulp (about 1e-15 of it).
  ///
  /// A standard normal number is below the result with probability p.
  /// It is -infinity at 0, +infinity at 1, and NaN outside. For 1 - p it is the negative, bit for
  /// bit, where 1 - p is exact.
  /// - Source: Wichura, algorithm AS 241 (PPND16), Applied Statistics 37 (1988),
  ///   <https://doi.org/10.2307/2347330>.
  public static func inverseNormal(_ p: Double) -> Double {
    let q = p - 0.5
    if q.magnitude <= 0x1.b333333333333p-2 {
      return q * centralQuantile(0x1.71eb851eb851fp-3 - q * q)
    }
    let outside = q < 0 ? p : 1 - p
    guard outside > 0 else {
      guard outside == 0 else { return .nan }
      return q < 0 ? -.infinity : .infinity
    }
    let r = (-log(outside)).squareRoot()
    let size = r <= 5 ? middleQuantile(r - 0x1.999999999999ap+0) : farQuantile(r - 5)
    return q < 0 ? -size : size
  }

  /// Returns the quantile over q for p in 0.075...0.925, q = p - 1/2, r = 0.425^2 - q^2.
  private static func centralQuantile(_ r: Double) -> Double {
    var numerator = 0x1.39a296f7d925ep+11
    numerator = numerator * r + 0x1.052d26b2e45e4p+15
    numerator = numerator * r + 0x1.06c1c55b78f20p+16
    numerator = numerator * r + 0x1.66c3e869b752ap+15
    numerator = numerator * r + 0x1.ad1d8cd4ee71dp+13
    numerator = numerator * r + 0x1.ece5d2213c0ccp+10
    numerator = numerator * r + 0x1.0a4888b1a436ep+7
    numerator = numerator * r + 0x1.b18d91e9eef75p+1
    var denominator = 0x1.46a7eca984b69p+12
    denominator = denominator * r + 0x1.c0e457cb1ae76p+14
    denominator = denominator * r + 0x1.3317caa64f4bep+15
    denominator = denominator * r + 0x1.4b772d5d65266p+14
    denominator = denominator * r + 0x1.512322e75c89fp+12
    denominator = denominator * r + 0x1.5797efdc8b3f7p+9
    denominator = denominator * r + 0x1.5281b386e1ab5p+5
    denominator = denominator * r + 1
    return numerator / denominator
  }

  /// Returns the quantile's size where sqrt(-log p) = r + 1.6 is at most 5, p down to 1.4e-11.
  private static func middleQuantile(_ r: Double) -> Double {
    var numerator = 0x1.9615ac0b7ace9p-11
    numerator = numerator * r + 0x1.744eb6c45ec67p-6
    numerator = numerator * r + 0x1.ef2abb9b85c37p-3
    numerator = numerator * r + 0x1.453cc085375b2p+0
    numerator = numerator * r + 0x1.d2ecb1a3d02c4p+1
    numerator = numerator * r + 0x1.713f71462256ap+2
    numerator = numerator * r + 0x1.2857748cab19bp+2
    numerator = numerator * r + 0x1.6c665fde9526ap+0
    var denominator = 0x1.20d3f686439e4p-30
    denominator = denominator * r + 0x1.1f18cbfdf2728p-11
    denominator = denominator * r + 0x1.f207a7eab17bfp-7
    denominator = denominator * r + 0x1.2f5123394f040p-3
    denominator = denominator * r + 0x1.61292f23385c9p-1
    denominator = denominator * r + 0x1.ad278e6526633p+0
    denominator = denominator * r + 0x1.06cefbb46a449p+1
    denominator = denominator * r + 1
    return numerator / denominator
  }

  /// Returns the quantile's size where sqrt(-log p) = r + 5.
  private static func farQuantile(_ r: Double) -> Double {
    var numerator = 0x1.afb74d693bf93p-23
    numerator = numerator * r + 0x1.c6ec6cc59e02ap-16
    numerator = numerator * r + 0x1.45c1908425345p-10
    numerator = numerator * r + 0x1.b2b41193b4ee7p-6
    numerator = numerator * r + 0x1.2fad9315255cfp-2
    numerator = numerator * r + 0x1.c8ea6461fa445p+0
    numerator = numerator * r + 0x1.5daea6e875003p+2
    numerator = numerator * r + 0x1.aa1b1c13ee526p+2
    var denominator = 0x1.269bff1f8c190p-49
    denominator = denominator * r + 0x1.31446f740b9e0p-23
    denominator = denominator * r + 0x1.35c2c496374bfp-16
    denominator = denominator * r + 0x1.9c8bc979dc5d7p-11
    denominator = denominator * r + 0x1.e76f93215462ap-7
    denominator = denominator * r + 0x1.186eb183443fbp-3
    denominator = denominator * r + 0x1.331d34fc7d77fp-1
    denominator = denominator * r + 1
    return numerator / denominator
  }
}
