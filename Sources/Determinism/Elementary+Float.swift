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
    let (even, odd) = exponentialSeries(z)
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
    let series = logarithmSeries(z)
    let halfSquare = 0.5 * f * f
    let small = s * (halfSquare + z * series) + k * ln2Tail
    return Float(k * ln2Head - ((halfSquare - small) - f))
  }
}
