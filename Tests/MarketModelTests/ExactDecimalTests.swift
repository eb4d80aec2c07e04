import MarketModel
import Testing

struct ExactDecimalTests {
  @Test(arguments: 0...20)
  func `what is appended is the text`(decimals: Int) {
    var values: [Int64] = [0, 1, -1, 9, 10, -10, 99, 100, .max, .min]
    for number in 1...UInt64(200) {
      // Of every length, and of both signs.
      let bits = number &* 0x9E37_79B9_7F4A_7C15
      values.append(Int64(bitPattern: bits) >> Int64(number % 64))
    }
    for value in values {
      var text = Array("before ".utf8)
      ExactDecimal.append(value, decimals: decimals, to: &text)
      let expected = ExactDecimal.text(Int128(value), decimals: decimals)
      #expect(String(decoding: text, as: UTF8.self) == "before " + expected)
    }
  }

  @Test func `all decimals are shown`() {
    #expect(ExactDecimal.text(5, decimals: 2) == "0.05")
    #expect(ExactDecimal.text(-1234, decimals: 3) == "-1.234")
    #expect(ExactDecimal.text(70, decimals: 0) == "70")
  }
}
