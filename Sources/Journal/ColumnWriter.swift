import MarketModel

/// Writes columns, each in the encoding that takes the fewest bytes.
///
/// Which one that is, a sample says: trying all of them on all values would take five times as long
/// as everything else. The sample is a fixed part of the values, so that equal values give equal
/// bytes. It keeps its memory from one column to the next.
struct ColumnWriter: Sendable {
  /// Columns up to this long are their own sample.
  static let sampleCount = 512
  /// Samples of longer ones are so many runs, evenly spread.
  static let runCount = 4

  private var sample: [Int64] = []
  private var deltaSample: [Int64] = []
  private var deltas: [Int64] = []
  private var common = CommonValue()
  private var deltaCommon = CommonValue()
  private var bins = Bins()

  /// Appends a column.
  ///
  /// - Complexity: O(values).
  mutating func write(_ values: Span<Int64>, mayBin: Bool, into writer: inout ByteWriter) {
    if values.isEmpty { return }
    if Self.isConstant(values) {
      writer.write(ColumnEncoding.constant.rawValue)
      writer.write(zigzag: values[0])
      return
    }
    let encoding = choose(values, mayBin)
    writer.write(encoding.rawValue)
    switch encoding {
    case .constant: break
    case .packed: Blocks.write(values, into: &writer)
    case .common: common.write(values, into: &writer)
    case .bins: bins.write(values, into: &writer)
    case .delta, .deltaCommon, .deltaBins:
      writer.write(zigzag: values[0])
      takeDifferences(values)
      let deltas = deltas
      switch encoding {
      case .delta: Blocks.write(deltas.span, into: &writer)
      case .deltaCommon: deltaCommon.write(deltas.span, into: &writer)
      default: bins.write(deltas.span, into: &writer)
      }
    }
  }

  private static func isConstant(_ values: Span<Int64>) -> Bool {
    let first = values[0]
    // Most columns that vary do so at once.
    if values[values.count - 1] != first || values[values.count / 2] != first { return false }
    var differing: Int64 = 0
    for index in values.indices { differing |= values[index] ^ first }
    return differing == 0
  }

  // MARK: The choice

  /// The encoding that gives the fewest bytes on the sample, the lowest where two are equal.
  private mutating func choose(_ values: Span<Int64>, _ mayBin: Bool) -> ColumnEncoding {
    takeSample(values)
    takeDeltaSample(values)
    let (sample, deltaSample) = (sample, deltaSample)
    let weight = Weight(part: sample.count, whole: values.count)
    let head = weight.of(ByteCount.zigzag(values[0]))
    let packed = Blocks.size(sample.span)
    let delta = Blocks.size(deltaSample.span)
    var best = ColumnEncoding.packed
    var size = packed
    func offer(_ encoding: ColumnEncoding, _ other: Int?) {
      if let other, other < size { (best, size) = (encoding, other) }
    }
    offer(.delta, head + delta)
    offer(.common, common.size(sample.span))
    offer(.deltaCommon, deltaCommon.size(deltaSample.span).map { head + $0 })
    // Bins cost the most to choose: only where blocks say that it may pay.
    if mayBin, 8 * min(packed, delta) >= sample.count {
      if packed <= 2 * delta { offer(.bins, bins.size(sample.span, weight)) }
      if delta <= 2 * packed {
        offer(.deltaBins, bins.size(deltaSample.span, weight).map { head + $0 })
      }
    }
    return best
  }

  private mutating func takeSample(_ values: Span<Int64>) {
    sample.removeAll(keepingCapacity: true)
    Self.forEachRun(of: values.count) { range in
      for index in range { sample.append(values[index]) }
    }
  }

  private mutating func takeDeltaSample(_ values: Span<Int64>) {
    deltaSample.removeAll(keepingCapacity: true)
    Self.forEachRun(of: values.count - 1) { range in
      // Differences wrap by definition, here and below.
      for index in range { deltaSample.append(values[index &+ 1] &- values[index]) }
    }
  }

  /// The runs of a sample of so many values.
  private static func forEachRun(of count: Int, _ body: (Range<Int>) -> Void) {
    if count <= sampleCount { return body(0..<count) }
    for run in 0..<runCount {
      let start = run * count / runCount
      body(start..<start + sampleCount / runCount)
    }
  }

  private mutating func takeDifferences(_ values: Span<Int64>) {
    deltas.removeAll(keepingCapacity: true)
    var previous = values[0]
    for index in 1..<values.count {
      let value = values[index]
      deltas.append(value &- previous)
      previous = value
    }
  }
}

/// What a part of the whole counts for: what is written once, not for each value, is as much
/// lighter in a sample as the sample is smaller.
struct Weight {
  var part: Int
  var whole: Int

  func of(_ size: Int) -> Int { size * part / whole }
}

/// How many bytes numbers take.
enum ByteCount {
  @inline(__always)
  static func zigzag(_ value: Int64) -> Int {
    varint(UInt64(bitPattern: (value << 1) ^ (value >> 63)))
  }

  @inline(__always)
  static func varint(_ value: UInt64) -> Int {
    max(1, (64 - value.leadingZeroBitCount + 6) / 7)
  }
}
