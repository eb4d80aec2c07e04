/// The extent of an axis and where its ticks are, at multiples of 1, 2 or 5 times a power of ten.
struct AxisScale: Sendable {
  struct Tick: Equatable, Sendable {
    var value: Double
    var label: String
  }

  var low: Double
  var high: Double
  /// `low` and `high` as exact numbers a script can read.
  var lowText: String
  var highText: String
  var ticks: [Tick]
  /// Labels are to be multiplied by ten to this power.
  var unitExponent = 0

  /// How far from 0 a value is drawn; what lies beyond is drawn there.
  static let limit = 1e280

  /// Returns a scale that covers the values and ends on ticks.
  static func covering(low: Double, high: Double, tickCount: Int, integers: Bool = false) -> Self {
    var low = min(max(low, -limit), limit)
    var high = min(max(high, low), limit)
    var magnitude = max(low.magnitude, high.magnitude)
    if magnitude < 1e-280 { magnitude = 0 }
    // Closer than this, ticks would be finer than the values themselves.
    if high - low <= magnitude * 1e-9 {
      let margin = magnitude == 0 ? 1 : magnitude * 0.01
      low -= margin
      high += margin
    }
    let step = NiceStep(atLeast: (high - low) / Double(max(tickCount, 1)), integers: integers)
    let first = Int64((low / step.value).rounded(.down))
    let last = Int64((high / step.value).rounded(.up))
    let unit = step.unitExponent(magnitude: magnitude)
    let ticks = (first...last).map { step.tick($0, unitExponent: unit) }
    return Self(
      low: step.value(times: first), high: step.value(times: last),
      lowText: step.exactText(times: first), highText: step.exactText(times: last), ticks: ticks,
      unitExponent: unit)
  }

  /// Returns a scale that ends exactly where the steps do, with ticks on whole steps.
  static func steps(first: Int64, last: Int64, tickCount: Int) -> Self {
    // Whole numbers up to here are exact in a Double.
    let exact: Int64 = 1 << 53
    let first = min(max(first, -exact), exact)
    let last = min(max(last, first), exact)
    // One step alone is drawn in the middle.
    let low = first < last ? first : first - 1
    let high = first < last ? last : last + 1
    let span = Double(high) - Double(low)
    let step = NiceStep(atLeast: span / Double(max(tickCount, 1)), integers: true)
    let start = Int64((Double(low) / step.value).rounded(.down))
    let end = Int64((Double(high) / step.value).rounded(.up))
    let ticks = (start...end).map { step.tick($0, unitExponent: 0) }
      .filter { $0.value >= Double(first) && $0.value <= Double(last) }
    return Self(
      low: Double(low), high: Double(high), lowText: String(low), highText: String(high),
      ticks: ticks)
  }

  /// Returns where a value falls, in tenths of a unit from the low end of `length` units.
  func tenths(_ value: Double, length: Int) -> Int {
    let share = (min(max(value, low), high) - low) / (high - low)
    return Int((share * Double(length * 10)).rounded())
  }

  /// What the labels count in, for the axis title; empty for single units.
  var unitSuffix: String {
    switch unitExponent {
    case 0: ""
    case 3: ", thousands"
    case 6: ", millions"
    default: " \u{00D7} 10\(FixedDecimal.superscript(unitExponent))"
    }
  }
}

/// A distance between ticks: 1, 2 or 5 times a power of ten.
struct NiceStep: Equatable, Sendable {
  var mantissa: Int64
  var exponent: Int

  /// Creates the smallest nice step that is not less than `distance`.
  init(atLeast distance: Double, integers: Bool = false) {
    let distance = integers ? max(distance, 1) : distance
    mantissa = 1
    exponent = 0
    while value < distance { exponent += 1 }
    while Self(mantissa: 1, exponent: exponent - 1).value >= distance { exponent -= 1 }
    // Now 10^(exponent - 1) < distance <= 10^exponent.
    for candidate: Int64 in [2, 5] {
      let finer = Self(mantissa: candidate, exponent: exponent - 1)
      if finer.value >= distance, !(integers && exponent < 1) {
        self = finer
        return
      }
    }
  }

  private init(mantissa: Int64, exponent: Int) {
    self.mantissa = mantissa
    self.exponent = exponent
  }

  var value: Double { value(times: 1) }

  func value(times multiple: Int64) -> Double {
    let integer = Double(multiple) * Double(mantissa)
    let power = FixedDecimal.powerOfTen(exponent < 0 ? -exponent : exponent)
    return exponent < 0 ? integer / power : integer * power
  }

  func exactText(times multiple: Int64) -> String { "\(multiple &* mantissa)e\(exponent)" }

  func tick(_ multiple: Int64, unitExponent: Int) -> AxisScale.Tick {
    // Cannot wrap where it is printed: scales hold at most 10^9 steps up to their far end, and
    // step axes at most 2^63 whole steps.
    .init(
      value: value(times: multiple),
      label: FixedDecimal.text(multiple &* mantissa, exponent: exponent - unitExponent))
  }

  /// The power of a thousand that keeps labels short without giving them decimals.
  func unitExponent(magnitude: Double) -> Int {
    if magnitude >= 1e6, exponent >= 3 { return exponent / 3 * 3 }
    if exponent < -6 { return -((2 - exponent) / 3 * 3) }
    return 0
  }
}
