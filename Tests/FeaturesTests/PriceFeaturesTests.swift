import Features
import TestSupport
import Testing

@Suite struct PriceFeaturesTests {
  @Test func `a short series`() {
    let prices: [Int64] = [10, 14, 11, 11]
    #expect(PriceFeatures.change(prices.span, steps: 1) == 0)
    #expect(PriceFeatures.change(prices.span, steps: 2) == -3)
    #expect(PriceFeatures.change(prices.span, steps: 9) == 1)
    #expect(PriceFeatures.mean(prices.span) == 11.5)
    #expect(PriceFeatures.volatility(prices.span) == (25.0 / 3).squareRoot())
    let none: [Int64] = []
    #expect(PriceFeatures.change(none.span, steps: 1) == 0)
    #expect(PriceFeatures.mean(none.span) == 0 && PriceFeatures.volatility(none.span) == 0)
  }

  /// Kept up price by price, a window gives the bits that the whole series does.
  @Test(arguments: 0..<20 as Range<UInt64>)
  func `step by step is the same bits as at once`(seed: UInt64) {
    var numbers = KeyedNumbers(seed: seed)
    let capacity = Int(numbers.number(1...40))
    var window = PriceWindow(capacity: capacity)
    var series: [Int64] = []
    for _ in 0..<150 {
      series.append(numbers.number(-(1 << 41)...1 << 41))
      window.append(series[series.count - 1])
      let rest = Array(series.suffix(capacity))
      #expect(window.prices == rest)
      for steps in [1, 2, 8, 16] {
        #expect(
          PriceFeatures.change(window.prices.span, steps: steps)
            == PriceFeatures.change(rest.span, steps: steps))
      }
      let (one, other) = (
        PriceFeatures.volatility(window.prices.span), PriceFeatures.volatility(rest.span)
      )
      #expect(one.bitPattern == other.bitPattern)
    }
  }
}
