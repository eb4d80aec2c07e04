import Testing

@testable import Scenarios

@Suite struct NumberTextTests {
  @Test(arguments: [
    ("250ns", 250), ("1.5us", 1500), ("2ms", 2_000_000), ("1s", 1_000_000_000),
    ("1min", 60_000_000_000), ("1h", 3_600_000_000_000), ("0s", 0), ("0.000000001s", 1),
    ("0.05min", 3_000_000_000), ("4611686018427387904ns", 1 << 62),
  ])
  func `durations are exact nanoseconds`(text: String, nanoseconds: Int64) {
    #expect(DurationText.nanoseconds(text) == nanoseconds)
  }

  @Test(arguments: [
    ("0ns", 0), ("1ns", 1), ("1500ns", 1500), ("200ms", 200_000_000), ("1s", 1_000_000_000),
    ("90s", 90_000_000_000), ("2min", 120_000_000_000), ("1h", 3_600_000_000_000),
    ("4611686018427387904ns", 1 << 62), ("-5ms", -5_000_000), ("-9223372036854775808ns", .min),
  ])
  func `a duration is written in the longest unit that fits`(text: String, nanoseconds: Int64) {
    #expect(DurationText.text(nanoseconds) == text)
    if nanoseconds >= 0 { #expect(DurationText.nanoseconds(text) == nanoseconds) }
  }

  @Test(arguments: [
    "", "s", "1", "1 s", "-1s", "1.5ns", "0.0000000001s", "1e3s", ".5s", "1.s", "1S", "1µs", "1d",
    "4611686018427387905ns", "99999999999999999999s", "9223372036854775807h", "+1s", "0x1s",
  ])
  func `what is no duration is refused`(text: String) {
    #expect(DurationText.nanoseconds(text) == nil)
  }

  @Test(
    arguments: [
      ("100.00", 2, 10_000), ("100", 2, 10_000), ("0.07", 2, 7), ("-1.50", 2, -150), ("-0", 2, 0),
      ("0.5", 0, nil), ("0.001", 2, nil), ("9223372036854775807", 0, Int64.max),
      ("9223372036854775807", 1, nil),
    ] as [(String, Int, Int64?)])
  func `decimal text scales exactly or not at all`(text: String, places: Int, value: Int64?) {
    #expect(DecimalText(text)?.scaled(places) == value)
  }

  @Test(arguments: [
    "", "-", ".", "1.", ".1", "1..2", "1e2", "+1", " 1", "1_0", "9223372036854775808",
  ])
  func `what is no decimal is refused`(text: String) {
    #expect(DecimalText(text) == nil)
  }

  @Test(
    arguments: [
      (100.07, 2, 10_007), (0.1, 2, 10), (1e16, 0, 10_000_000_000_000_000), (1e-05, 5, 1),
      (2.5e-7, 8, 25), (-3.25, 2, -325), (1e300, 0, nil), (1e-300, 9, nil),
      (.infinity, 2, nil), (.nan, 2, nil),
    ] as [(Double, Int, Int64?)])
  func `a float is its shortest decimal`(number: Double, places: Int, value: Int64?) {
    #expect(DecimalText(number)?.scaled(places) == value)
  }

  @Test func `a scaled number is the nearest`() {
    #expect(DecimalText("0.07")?.scaledNumber(2) == 7)
    #expect(DecimalText("0.005")?.scaledNumber(2) == 0.5)
    #expect(DecimalText("-0.0")?.scaledNumber(2).sign == .plus)
  }
}
