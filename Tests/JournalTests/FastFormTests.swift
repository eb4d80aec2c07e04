import MarketModel
import Testing

@testable import Journal

/// What is written fast against what it means.
struct FastFormTests {
  /// Values of one of several shapes: tails, few values, steps, anything.
  private func values(_ generator: inout TestGenerator) -> [Int64] {
    let count = 1 + generator.below(700)
    let base = generator.anyWord()
    let limit = 1 + generator.below(1 << (1 + generator.below(20)))
    switch generator.below(4) {
    case 0: return (0..<count).map { _ in generator.anyWord() }
    case 1: return (0..<count).map { _ in base &+ Int64(generator.below(limit)) }
    case 2: return (0..<count).map { base &+ Int64($0 * limit) }
    default:
      return (0..<count).map { _ in
        generator.chance(1, in: 3) ? generator.anyWord() : base &+ Int64(generator.below(4))
      }
    }
  }

  @Test(arguments: 0..<300 as Range<UInt64>)
  func `bins are those of the tree joined level by level`(seed: UInt64) {
    var generator = TestGenerator(seed: seed)
    var rule = BinRule()
    for _ in 0..<5 {
      let values = values(&generator)
      let smallest = values.min() ?? 0
      let bins = NaiveBins.choose(values)
      #expect(rule.choose(values.span) == (bins.count <= 256))
      #expect(rule.smallest == smallest)
      #expect(rule.bins.prefix(rule.count).map(\.low) == bins.map(\.low))
      #expect(rule.bins.prefix(rule.count).map(\.high) == bins.map(\.high))
      #expect(rule.bins.prefix(rule.count).map(\.count) == bins.map(\.count))
      let buckets = values.map { NaiveBins.bucket(UInt64(bitPattern: $0 &- smallest)) }
      #expect(rule.buckets.prefix(values.count).map { Int($0) } == buckets)
      var places: [Int] = []
      rule.forEachBucket { bucket, bin in
        places.append(bucket)
        let member = values[buckets.firstIndex(of: bucket) ?? 0]
        let offset = UInt64(bitPattern: member &- smallest)
        #expect(bins[bin].low <= offset && offset <= bins[bin].high)
      }
      #expect(places == Set(buckets).sorted())
    }
  }

  @Test func `buckets are those of the page at every power of two`() {
    for exponent in 0..<64 as Range<UInt64> {
      let power: UInt64 = 1 << exponent
      for offset in [power, power &+ 1, power &- 1, power &* 3] {
        #expect(BinRule.bucket(offset) == NaiveBins.bucket(offset))
      }
    }
    #expect(BinRule.bucket(.max) == 975)
  }

  @Test(arguments: 0..<300 as Range<UInt64>)
  func `a majority is found wherever there is one`(seed: UInt64) {
    var generator = TestGenerator(seed: seed)
    for _ in 0..<20 {
      let count = 1 + generator.below(40)
      let kinds = 1 + generator.below(3)
      let values = (0..<count).map { _ in
        generator.chance(1, in: 2) ? 7 : Int64(generator.below(kinds))
      }
      let most = Set(values).first { value in 2 * values.count { $0 == value } > count }
      let found = CommonValue.majority(values.span)
      if let most { #expect(found == most) }
    }
  }

  @Test(arguments: 0..<300 as Range<UInt64>)
  func `bits are written one after the other, lowest first`(seed: UInt64) {
    var generator = TestGenerator(seed: seed)
    var words: [UInt64] = []
    words.reserve(bits: 64 * 200)
    var bits: [UInt8] = []
    var output = BitOutput()
    var memory = words.mutableSpan
    for _ in 0..<generator.below(200) {
      let width = generator.below(65)
      let value = width == 0 ? 0 : generator.next() >> UInt64(64 - width)
      output.append(value, width, to: &memory)
      for bit in 0..<width { bits.append(UInt8(value >> UInt64(bit) & 1)) }
    }
    let count = output.finish(in: &memory)
    #expect(count == bits.count)
    var writer = ByteWriter()
    writer.write(bits: count, of: words.span)
    var bytes = [UInt8](repeating: 0, count: (bits.count + 7) / 8)
    for (index, bit) in bits.enumerated() { bytes[index / 8] |= bit << UInt8(index % 8) }
    #expect(writer.bytes == bytes)
  }
}
