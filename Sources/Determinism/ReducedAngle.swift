/// An angle as a whole number of quarter turns, modulo 4, and a rest within pi/4 of zero.
///
/// The quarter turns are counted in 192-bit integers, so every finite angle is reduced as well as
/// a small one: the rest is good to 2^-74 of itself. No double comes closer to a multiple of pi/2
/// than about 2^-62.
/// - Source: Payne, Hanek, "Radian reduction for trigonometric functions", 1983,
///   <https://doi.org/10.1145/1057600.1057602>.
struct ReducedAngle {
  /// Quarter turns, 0...3.
  let quadrant: UInt64
  /// What is left, in radians.
  let rest: DoubleDouble

  /// Reduces a finite angle in radians.
  init(_ x: Double) {
    if x.magnitude <= 0x1.921fb54442d18p-1 {
      quadrant = 0
      rest = DoubleDouble(head: x, tail: 0)
      return
    }
    // x = mantissa * 2^exponent, with -53 <= exponent <= 971.
    let mantissa = x.significandBitPattern | 1 << 52
    let exponent = Int(x.exponentBitPattern) - 1075
    let turns = Self.quarterTurns(mantissa, exponent: exponent)
    // The top two bits count whole quarter turns. What follows, read as a signed number, lies
    // within half a quarter turn of zero; its sign bit says whether to round the count up.
    let whole = (turns.0 >> 62) &+ (turns.0 >> 61 & 1)
    let fraction = Self.shiftedLeft(turns, by: 2)
    let isNegative = fraction.0 >> 63 == 1
    let rest = Self.radians(isNegative ? Self.negated(fraction) : fraction)
    let flips = isNegative != (x < 0)
    quadrant = (x < 0 ? 0 &- whole : whole) & 3
    self.rest = flips ? DoubleDouble(head: -rest.head, tail: -rest.tail) : rest
  }

  private typealias Words = (UInt64, UInt64, UInt64)

  /// The bits of 2/pi, after 64 zeros: the first bit of word 1 has weight 2^-1.
  private static let twoOverPi: [20 of UInt64] = [
    0,
    0xa2f9_836e_4e44_1529, 0xfc27_57d1_f534_ddc0, 0xdb62_9599_3c43_9041, 0xfe51_63ab_debb_c561,
    0xb724_6e3a_424d_d2e0, 0x0649_2eea_09d1_921c, 0xfe1d_eb1c_b129_a73e, 0xe882_35f5_2ebb_4484,
    0xe99c_7026_b45f_7e41, 0x3991_d639_8353_39f4, 0x9c84_5f8b_bdf9_283b, 0x1ff8_97ff_de05_980f,
    0xef2f_118b_5a0a_6d1f, 0x6d36_7ecf_27cb_09b7, 0x4f46_3f66_9e5f_ea2d, 0x7527_bac7_ebe5_f17b,
    0x3d07_39f7_8a52_92ea, 0x6bfb_5fb1_1f8d_5d08, 0x5603_3046_fc7b_6bab,
  ]

  /// Returns mantissa * 2^exponent * 2/pi modulo 4, in units of 2^-190.
  ///
  /// Bits of 2/pi that would give multiples of 4 are left out in front. Those left out behind
  /// weigh less than 2^-190 each time the mantissa: the error is below 2^-137.
  private static func quarterTurns(_ mantissa: UInt64, exponent: Int) -> Words {
    let start = exponent + 62
    let (index, shift) = (start >> 6, UInt64(start & 63))
    // A shift by 64 gives 0.
    func window(_ offset: Int) -> UInt64 {
      twoOverPi[index + offset] << shift | twoOverPi[index + offset + 1] >> (64 - shift)
    }
    // Wrapping: the product is taken modulo 2^192, which is 4 quarter turns.
    let low = mantissa.multipliedFullWidth(by: window(2))
    let middle = mantissa.multipliedFullWidth(by: window(1))
    let (second, carry) = middle.low.addingReportingOverflow(low.high)
    let first = mantissa &* window(0) &+ middle.high &+ (carry ? 1 : 0)
    return (first, second, low.low)
  }

  /// Returns a fraction of a quarter turn, in units of 2^-192, in radians.
  private static func radians(_ fraction: Words) -> DoubleDouble {
    let zeros =
      fraction.0 != 0
      ? fraction.0.leadingZeroBitCount
      : 64 + fraction.1.leadingZeroBitCount
    let bits = shiftedLeft(fraction, by: zeros)
    // The first 53 bits and the next 64; the scale is at least 2^-65 and cannot underflow.
    let scale = Elementary.powerOfTwo(-zeros)
    let turns = DoubleDouble(
      ordered: Double(bits.0 >> 11) * 0x1p-53 * scale,
      Double(bits.0 << 53 | bits.1 >> 11) * 0x1p-117 * scale)
    return turns * DoubleDouble(head: 0x1.921fb54442d18p+0, tail: 0x1.1a62633145c07p-54)
  }

  private static func shiftedLeft(_ words: Words, by count: Int) -> Words {
    guard count < 64 else {
      return shiftedLeft((words.1, words.2, 0), by: count - 64)
    }
    let shift = UInt64(count)
    return (
      words.0 << shift | words.1 >> (64 - shift), words.1 << shift | words.2 >> (64 - shift),
      words.2 << shift
    )
  }

  private static func negated(_ words: Words) -> Words {
    let (third, carryThird) = (~words.2).addingReportingOverflow(1)
    let (second, carry) = (~words.1).addingReportingOverflow(carryThird ? 1 : 0)
    return (~words.0 &+ (carry ? 1 : 0), second, third)
  }
}
