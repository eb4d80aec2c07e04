import Testing

@testable import Reports

@Suite struct AxisScaleTests {
  @Test(arguments: [
    (0.0, 10.0, 5, ["0", "2", "4", "6", "8", "10"]),
    (0.0, 1.0, 4, ["0.0", "0.5", "1.0"]),
    (99.4, 100.6, 6, ["99.4", "99.6", "99.8", "100.0", "100.2", "100.4", "100.6"]),
    (-3.0, 42.0, 5, ["\u{2212}10", "0", "10", "20", "30", "40", "50"]),
    (0.0, 4e6, 4, ["0", "1", "2", "3", "4"]),
    (0.0, 0.0, 4, ["\u{2212}1.0", "\u{2212}0.5", "0.0", "0.5", "1.0"]),
  ])
  func `ticks stand at 1, 2 or 5 times a power of ten`(
    low: Double, high: Double, count: Int, labels: [String]
  ) {
    let scale = AxisScale.covering(low: low, high: high, tickCount: count)
    #expect(scale.ticks.map(\.label) == labels)
    #expect(scale.low <= low && scale.high >= high)
  }

  @Test func `steps are the smallest that suffice`() {
    for (distance, mantissa, exponent) in [
      (1.0, 1, 0), (1.01, 2, 0), (2, 2, 0), (2.1, 5, 0), (5, 5, 0), (5.1, 1, 1), (0.03, 5, -2),
      (0.1, 1, -1), (1e9, 1, 9),
    ] {
      let step = NiceStep(atLeast: distance)
      #expect(step.mantissa == Int64(mantissa) && step.exponent == exponent, "\(distance)")
    }
    #expect(NiceStep(atLeast: 0.2, integers: true).value == 1)
  }

  @Test func `large labels count in larger units`() {
    #expect(AxisScale.covering(low: 0, high: 4e6, tickCount: 4).unitSuffix == ", millions")
    #expect(AxisScale.covering(low: 0, high: 3e6, tickCount: 5).unitSuffix == ", millions")
    #expect(AxisScale.covering(low: 0, high: 1.5e6, tickCount: 6).unitSuffix == ", thousands")
    #expect(AxisScale.covering(low: 0, high: 5e12, tickCount: 5).unitSuffix == " \u{D7} 10¹²")
    #expect(AxisScale.covering(low: 0, high: 5000, tickCount: 5).unitSuffix.isEmpty)
  }

  @Test func `a scale of steps ends where the steps end`() {
    let scale = AxisScale.steps(first: 3, last: 1499, tickCount: 5)
    #expect(scale.low == 3 && scale.high == 1499)
    #expect(scale.ticks.map(\.value) == [500, 1000])
    #expect(scale.tenths(1499, length: 100) == 1000)
  }

  @Test func `one step stands in the middle`() {
    let scale = AxisScale.steps(first: 8, last: 8, tickCount: 5)
    #expect(scale.ticks.map(\.label) == ["8"])
    #expect(scale.tenths(8, length: 100) == 500)
  }

  @Test(arguments: [
    (-1e308, 1e308), (1e300, 1e300), (1e-300, 2e-300), (1e12, 1e12 + 0.001), (-1e-9, 1e-9),
  ])
  func `no range is too large or too narrow`(low: Double, high: Double) {
    let scale = AxisScale.covering(low: low, high: high, tickCount: 6)
    #expect(scale.low < scale.high)
    #expect((2...20).contains(scale.ticks.count))
  }
}
