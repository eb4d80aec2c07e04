extension Elementary {
  /// Returns x to the power y, within 1 ulp.
  ///
  /// Special cases are those of IEEE 754-2019, 9.2.1: 1 for y = 0 and for x = 1, even if the
  /// other is NaN; NaN for a negative finite x and a y that is not an integer; the sign of x for an
  /// odd y.
  public static func pow(_ x: Double, _ y: Double) -> Double {
    if y == 0 || x == 1 { return 1 }
    guard !x.isNaN, !y.isNaN else { return .nan }
    let size = x.magnitude
    guard y.magnitude < .infinity else {
      if size == 1 { return 1 }
      return (size > 1) == (y > 0) ? .infinity : 0
    }
    let parity = Parity(y)
    let sign = x.sign == .minus && parity == .odd ? -1.0 : 1.0
    guard size > 0, size < .infinity else {
      return sign * ((size > 0) == (y > 0) ? .infinity : 0)
    }
    guard x > 0 || parity != .fraction else { return .nan }
    return sign * positivePower(size, y)
  }

  /// What a finite exponent is.
  private enum Parity {
    case even
    case odd
    case fraction

    init(_ y: Double) {
      let size = y.magnitude
      if size >= 0x1p53 {
        self = .even
      } else {
        // Below 2^53 the conversion is exact if y is an integer, and cuts it otherwise.
        let whole = UInt64(size)
        self = Double(whole) != size ? .fraction : (whole & 1 == 1 ? .odd : .even)
      }
    }
  }

  /// Returns x^y as e^(y log x), with the logarithm to about 2^-68 of itself.
  private static func positivePower(_ x: Double, _ y: Double) -> Double {
    guard x != 1 else { return 1 }
    // |log x| is in [2^-53, 745]: outside these exponents the result is out of range, or rounds
    // to 1. Inside, no product of halves leaves the normal range.
    guard y.magnitude < 0x1p64 else { return (x > 1) == (y > 0) ? .infinity : 0 }
    guard y.magnitude > 0x1p-65 else { return 1 }
    let power = DoubleDouble(head: y, tail: 0) * wideLogarithm(x)
    guard power.head < 710 else { return .infinity }
    guard power.head > -746 else { return 0 }
    let parts = exponentialParts(power)
    return scaled(parts.head + parts.tail, by: parts.exponent)
  }

  /// Returns log x for a positive finite x: 2s + 2/3 s^3 + 2/5 s^5 + 2/7 s^7 + s^9 tail(s^2).
  ///
  /// The written terms are kept to twice the precision; the tail is below 2^-22 of the whole.
  private static func wideLogarithm(_ x: Double) -> DoubleDouble {
    let (mantissa, exponent) = mantissaAndExponent(x)
    let f = mantissa - 1
    let s = DoubleDouble(head: f, tail: 0) / DoubleDouble(ordered: 2, f)
    let square = s * s
    let z = square.head
    var tail = 0x1.ad011e552ebaap-4
    tail = tail * z + 0x1.ad8d99ce4f65cp-4
    tail = tail * z + 0x1.e1ea33c882361p-4
    tail = tail * z + 0x1.1111060a30756p-3
    tail = tail * z + 0x1.3b13b148f7397p-3
    tail = tail * z + 0x1.745d1745cae76p-3
    tail = tail * z + 0x1.c71c71c71c725p-3
    var series = DoubleDouble(ordered: 0x1.2492492492492p-2, 0x1.2492492492492p-56 + tail * z)
    series = series * square + DoubleDouble(head: 0x1.9999999999999p-2, tail: 0x1.3333333333333p-55)
    series = series * square + DoubleDouble(head: 0x1.5555555555555p-1, tail: 0x1.5555555555555p-55)
    let small = series * square * s
    let logarithm = DoubleDouble(head: 2 * s.head, tail: 2 * s.tail) + small
    let k = Double(exponent)
    return DoubleDouble(head: k * ln2Head, tail: k * ln2Tail) + logarithm
  }
}
