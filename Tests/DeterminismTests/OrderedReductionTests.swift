import Determinism
import Testing

@Suite struct OrderedReductionTests {
  /// The documentation, word for word.
  private func reference(_ values: [Double]) -> Double {
    var lanes = [Double](repeating: 0, count: 8)
    for (index, value) in values.enumerated() { lanes[index % 8] += value }
    return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6]))
      + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]))
  }

  @Test func `the sum has the bits of the written order at every count from 0 to 100`() {
    let key = NoiseKey(seed: 5, entity: "sum", purpose: "test")
    for count in 0...100 {
      let values = (0..<count).map { index in
        let normal = key.normal(tick: Int64(count), slot: 0, draw: UInt32(index))
        return normal * Elementary.exp(10 * normal)
      }
      #expect(OrderedReduction.sum(values.span).bitPattern == reference(values).bitPattern)
    }
  }

  @Test func `no values and negative zeros give positive zero`() {
    #expect(OrderedReduction.sum([Double]().span).bitPattern == 0)
    #expect(OrderedReduction.sum([-0.0, -0.0].span).bitPattern == 0)
    #expect(OrderedReduction.sum([Double](repeating: -0.0, count: 24).span).bitPattern == 0)
  }
}
