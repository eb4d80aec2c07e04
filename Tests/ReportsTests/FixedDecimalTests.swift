import Testing

@testable import Reports

@Suite struct FixedDecimalTests {
  @Test(arguments: [
    (0.0, 2, "0.00"), (-0.001, 2, "0.00"), (0.005, 2, "0.01"), (-1.5, 1, "\u{2212}1.5"),
    (1234.5, 2, "1\u{202F}234.50"), (1e6, 0, "1\u{202F}000\u{202F}000"), (0.000_01, 5, "0.00001"),
    (1e15, 2, "1.000\u{202F}\u{D7}\u{202F}10¹⁵"),
    (-9.9999e20, 2, "\u{2212}1.000\u{202F}\u{D7}\u{202F}10²¹"),
    (.nan, 2, "\u{2013}"), (-.infinity, 2, "\u{2013}"),
  ])
  func `a value is printed with fixed decimals`(value: Double, decimals: Int, text: String) {
    #expect(FixedDecimal.text(value, decimals: decimals) == text)
  }

  @Test func `a difference carries its sign unless it is 0`() {
    #expect(FixedDecimal.text(2.5, decimals: 1, signed: true) == "+2.5")
    #expect(FixedDecimal.text(-2.5, decimals: 1, signed: true) == "\u{2212}2.5")
    #expect(FixedDecimal.text(0.01, decimals: 1, signed: true) == "0.0")
  }

  @Test func `the ends of an integer are printed in full`() {
    let digits = "9\u{202F}223\u{202F}372\u{202F}036\u{202F}854\u{202F}775\u{202F}80"
    #expect(FixedDecimal.text(Int64.max) == digits + "7")
    #expect(FixedDecimal.text(Int64.min) == "\u{2212}" + digits + "8")
    #expect(FixedDecimal.text(25, exponent: 3) == "25\u{202F}000")
    #expect(FixedDecimal.text(-5, exponent: -3) == "\u{2212}0.005")
  }

  @Test(arguments: [(0, "0"), (7, ".7"), (-7, "-.7"), (10, "1"), (-123, "-12.3")])
  func `a coordinate is as short as it can be`(tenths: Int, text: String) {
    #expect(FixedDecimal.coordinate(tenths: tenths) == text)
  }
}
