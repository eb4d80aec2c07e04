/// The functions of 32-bit numbers, computed in 64 bits and rounded once.
///
/// Each result is the 32-bit number nearest to the exact one, for every argument:
/// `tools/checks/elementary-all` goes through all 2^32. They define the bits of the kernels of the
/// same names, which work on whole arrays (`VectorKernels`).
extension Elementary {
  /// Added to a number of less than 2^51 and taken away again it rounds it to a whole number.
  private static let shifter = 0x1.8p52

  /// Returns power and rest with e^y = power * (1 + rest), for |y| <= 128.
  private static func parts(_ y: Double) -> (power: Double, rest: Double) {
    let shifted = y * 0x1.71547652b82fep+0 + shifter
    let k = shifted - shifter
    let r = (y - k * ln2Head) - k * ln2Tail
    let z = r * r
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
    // The low bits of the shifted number are k.
    let power = Double(bitPattern: (shifted.bitPattern &+ 1023) << 52)
    return (power, r + z * (even + odd * r))
  }

  /// Returns e to the power x, correctly rounded; 0 and infinity where no number is as near.
  public static func exp(_ x: Float) -> Float {
    if x.isNaN { return .nan }
    let y = max(-105, min(90, Double(x)))
    let (power, rest) = parts(y)
    return Float(power + power * rest)
  }

  /// Returns the hyperbolic tangent, correctly rounded.
  public static func tanh(_ x: Float) -> Float {
    if x.isNaN { return .nan }
    if x == 0 { return x }
    let (power, rest) = parts(2 * min(10, Double(x.magnitude)))
    // e^2y - 1, of which no digit is lost where y is small
    let grown = (power - 1) + power * rest
    let result = grown / (grown + 2)
    return Float(x < 0 ? -result : result)
  }

  /// Returns the natural logarithm, correctly rounded: -infinity at 0 and -0, NaN below.
  public static func log(_ x: Float) -> Float {
    guard x > 0 else { return x == 0 ? -.infinity : .nan }
    guard x < .infinity else { return .infinity }
    // Here the exact value is so near to the middle between two numbers that 64 bits miss its side.
    switch x {
    case 0x1.827a74p-7: return -0x1.1c2b1ep+2
    case 0x1.2f1fd6p+3: return 0x1.1fcbcep+1
    case 0x1.bacb4ap+25: return 0x1.1e0696p+4
    case 0x1.b121a6p+76: return 0x1.a9a3f2p+5
    case 0x1.6351d8p+95: return 0x1.08b512p+6
    default: break
    }
    // Within 64 bits no argument is subnormal.
    let bits = Double(x).bitPattern
    let raised = (bits &- 0x3fe6_a09e_0000_0000 &+ 1024 << 52) >> 52
    let k = Double(Int64(raised) - 1024)
    let f = Double(bitPattern: bits &- raised << 52 &+ 1024 << 52) - 1
    let s = f / (2 + f)
    let z = s * s
    var series = 0x1.0c039c49989c6p-3
    series = series * z + 0x1.0fbe95d716020p-3
    series = series * z + 0x1.3b1c355a8f7a2p-3
    series = series * z + 0x1.745cf9048dd95p-3
    series = series * z + 0x1.c71c720159177p-3
    series = series * z + 0x1.2492492476cccp-2
    series = series * z + 0x1.9999999999a38p-2
    series = series * z + 0x1.5555555555555p-1
    let halfSquare = 0.5 * f * f
    let small = s * (halfSquare + z * series) + k * ln2Tail
    return Float(k * ln2Head - ((halfSquare - small) - f))
  }
}
