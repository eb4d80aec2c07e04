import MarketModel

/// Values in a few intervals, each with a prefix code: for columns with heavy tails or few values.
///
/// Which intervals is a fixed rule (`BinRule`), so that equal values give equal bytes.
struct Bins: Sendable {
  /// The longest prefix code.
  static let maximumLength = 14

  private var rule = BinRule()
  /// By bucket: all that writing a value in it needs.
  private var places = [Place](repeating: Place(), count: BinRule.bucketCount)
  private var codeWords: [UInt64] = []
  private var offsetWords: [UInt64] = []

  /// The bytes that a sample takes, what is written once being weighed; nil where there would be
  /// more than 256 bins.
  ///
  /// - Complexity: O(values + buckets).
  mutating func size(_ sample: Span<Int64>, _ weight: Weight) -> Int? {
    if sample.isEmpty || !rule.choose(sample) { return nil }
    let bins = rule.bins
    let count = rule.count
    let lengths = codeLengths
    var head = ByteCount.zigzag(rule.smallest) + 1 + count
    if count > 1 { head += (count + 1) / 2 }
    var codeBits = 0
    var offsetBits = 0
    for index in 0..<count {
      if index > 0 { head += ByteCount.varint(bins[index].low - bins[index - 1].low - 1) }
      if count > 1 { codeBits += bins[index].count * Int(lengths[index]) }
      offsetBits += bins[index].count * bins[index].width
    }
    return weight.of(head) + (codeBits + 7) / 8 + (offsetBits + 7) / 8
  }

  private var codeLengths: [UInt8] {
    let counts = rule.bins[..<rule.count].map { $0.count }
    return counts.count > 1 ? PrefixCode.lengths(of: counts, total: counts.reduce(0, +)) : []
  }

  /// Writes values.
  ///
  /// Where there would be more than 256 bins, which the sample did not show, all values are in one.
  /// - Complexity: O(values + buckets).
  mutating func write(_ values: Span<Int64>, into writer: inout ByteWriter) {
    if !rule.choose(values) { rule.joinAll() }
    let bins = rule.bins[..<rule.count]
    writer.write(zigzag: rule.smallest)
    writer.write(UInt8(bins.count - 1))
    for index in bins.indices.dropFirst() {
      writer.write(varint: bins[index].low - bins[index - 1].low - 1)
    }
    for bin in bins { writer.write(UInt8(bin.width)) }
    let lengths = codeLengths
    for pair in stride(from: 0, to: lengths.count, by: 2) {
      let second = pair + 1 < lengths.count ? lengths[pair + 1] : 0
      writer.write(lengths[pair] | second << 4)
    }
    setPlaces(lengths)
    writeBits(of: values, into: &writer)
  }

  private mutating func setPlaces(_ lengths: [UInt8]) {
    let codes = lengths.isEmpty ? [0] : PrefixCode.codes(lengths)
    rule.forEachBucket { bucket, index in
      let bin = rule.bins[index]
      places[bucket] = Place(
        // A bin's values are less than 2^64 above the smallest: the sum is the lowest of them.
        smallest: rule.smallest &+ Int64(bitPattern: bin.low),
        code: UInt16(truncatingIfNeeded: codes[index]),
        length: lengths.isEmpty ? 0 : lengths[index], width: UInt8(truncatingIfNeeded: bin.width))
    }
  }

  /// Writes the codes of all values, and then their offsets within their bins.
  private mutating func writeBits(of values: Span<Int64>, into writer: inout ByteWriter) {
    codeWords.reserve(bits: Self.maximumLength * values.count)
    offsetWords.reserve(bits: 64 * values.count)
    let (buckets, places) = (rule.buckets, places)
    let (codeBits, offsetBits) = Self.pack(
      values, buckets.span, places.span, &codeWords, &offsetWords)
    writer.write(bits: codeBits, of: codeWords.span)
    writer.write(bits: offsetBits, of: offsetWords.span)
  }

  /// Puts codes and offsets into words, and returns how many bits they took.
  private static func pack(
    _ values: Span<Int64>, _ buckets: Span<UInt16>, _ places: Span<Place>,
    _ codeWords: inout [UInt64], _ offsetWords: inout [UInt64]
  ) -> (codeBits: Int, offsetBits: Int) {
    precondition(
      buckets.count >= values.count && places.count == BinRule.bucketCount,
      "Invariant: every value has a place")
    var codeWords = codeWords.mutableSpan
    var offsetWords = offsetWords.mutableSpan
    var codes = BitOutput()
    var offsets = BitOutput()
    for index in values.indices {
      // Safe: there are as many buckets as values, and as many places as a bucket may be.
      let place = unsafe places[unchecked: Int(buckets[unchecked: index])]
      codes.append(UInt64(place.code), Int(place.length), to: &codeWords)
      // The difference fits 64 unsigned bits.
      offsets.append(
        UInt64(bitPattern: values[index] &- place.smallest), Int(place.width), to: &offsetWords)
    }
    return (codes.finish(in: &codeWords), offsets.finish(in: &offsetWords))
  }

  private struct Place: BitwiseCopyable {
    /// The smallest value of the bin.
    var smallest: Int64 = 0
    var code: UInt16 = 0
    /// The bits of the code.
    var length: UInt8 = 0
    /// The bits of what a value is above the smallest.
    var width: UInt8 = 0
  }
}
