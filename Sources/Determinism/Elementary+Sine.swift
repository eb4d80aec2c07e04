extension Elementary {
  /// Returns the sine of an angle in radians, within 1 ulp for every finite angle.
  ///
  /// It is odd bit for bit, and NaN for an infinite angle.
  public static func sin(_ x: Double) -> Double {
    guard x.magnitude < .infinity else { return .nan }
    guard x.magnitude >= 0x1p-27 else { return x }
    let angle = ReducedAngle(x)
    return switch angle.quadrant {
    case 0: sineNearZero(angle.rest)
    case 1: cosineNearZero(angle.rest)
    case 2: -sineNearZero(angle.rest)
    default: -cosineNearZero(angle.rest)
    }
  }

  /// Returns the cosine of an angle in radians, within 1 ulp for every finite angle.
  ///
  /// It is even bit for bit, and NaN for an infinite angle.
  public static func cos(_ x: Double) -> Double {
    guard x.magnitude < .infinity else { return .nan }
    let angle = ReducedAngle(x)
    return switch angle.quadrant {
    case 0: cosineNearZero(angle.rest)
    case 1: -sineNearZero(angle.rest)
    case 2: -cosineNearZero(angle.rest)
    default: sineNearZero(angle.rest)
    }
  }

  /// Returns sin r = r + r^3 P(r^2) for |r| <= pi/4.
  private static func sineNearZero(_ angle: DoubleDouble) -> Double {
    let r = angle.head
    let z = r * r
    var series = -0x1.ab17d373ff85ap-41
    series = series * z + 0x1.61217f0a8a4adp-33
    series = series * z - 0x1.ae645412c42aap-26
    series = series * z + 0x1.71de3a5460950p-19
    series = series * z - 0x1.a01a01a019938p-13
    series = series * z + 0x1.1111111111110p-7
    series = series * z - 0x1.5555555555555p-3
    return r + (r * z * series + angle.tail * (1 - 0.5 * z))
  }

  /// Returns cos r = 1 - r^2/2 + r^4 Q(r^2) for |r| <= pi/4.
  private static func cosineNearZero(_ angle: DoubleDouble) -> Double {
    let r = angle.head
    let z = r * r
    var series = 0x1.ab785a7fd505ep-45
    series = series * z - 0x1.9394ba0bfc4ebp-37
    series = series * z + 0x1.1eed8deb971f9p-29
    series = series * z - 0x1.27e4fb7712d60p-22
    series = series * z + 0x1.a01a01a019d0ap-16
    series = series * z - 0x1.6c16c16c16c16p-10
    series = series * z + 0x1.5555555555555p-5
    // 1 - z/2 is rounded; what the rounding lost is added back to the small terms.
    let half = 0.5 * z
    let head = 1 - half
    return head + (((1 - head) - half) + (z * z * series - r * angle.tail))
  }
}
