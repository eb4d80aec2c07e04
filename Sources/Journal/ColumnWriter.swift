import MarketModel

/// Writes columns, each in the encoding that takes the fewest bytes.
///
/// Which one that is, a sample says: trying all of them on all values would take five times as long
/// as everything else. The sample is a fixed part of the values, so that equal values give equal
/// bytes. It keeps its memory from one column to the next.
struct ColumnWriter: Sendable {
  /// Columns up to this long are their own sample.
  static let sampleCount = 256
  /// Samples of longer ones are so many runs, evenly spread.
  static let runCount = 4

  private var sample: [Int64] = []
  private var deltaSample: [Int64] = []
  private var deltas: [Int64] = []
  private var common = CommonValue()
  private var deltaCommon = CommonValue()
  private var bins = Bins()
  private var rice = RiceCode()
  /// Memory for bits.
  private var words: [UInt64] = []

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
    case .packed: Blocks.write(values, &words, into: &writer)
    case .common: common.write(values, into: &writer)
    case .bins: bins.write(values, into: &writer)
    case .rice: rice.write(values, into: &writer)
    case .delta, .deltaCommon, .deltaBins, .deltaRice:
      writer.write(zigzag: values[0])
      writeDifferences(of: values, encoding, into: &writer)
    }
  }

  /// Writes the differences of at least two values in one of the encodings of differences.
  private mutating func writeDifferences(
    of values: Span<Int64>, _ encoding: ColumnEncoding, into writer: inout ByteWriter
  ) {
    let count = values.count - 1
    Self.reserve(count, in: &deltas)
    Self.takeDifferences(of: values, &deltas, at: 0)
    let memory = deltas
    let deltas = memory.span.extracting(first: count)
    switch encoding {
    case .delta: Blocks.write(deltas, &words, into: &writer)
    case .deltaCommon: deltaCommon.write(deltas, into: &writer)
    case .deltaRice: rice.write(deltas, into: &writer)
    default: bins.write(deltas, into: &writer)
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
    Self.takeSample(of: values, &sample)
    Self.takeDeltaSample(of: values, &deltaSample)
    let memory = (sample, deltaSample)
    let sample = memory.0.span.extracting(first: min(values.count, Self.sampleCount))
    let deltaSample = memory.1.span.extracting(first: min(values.count - 1, Self.sampleCount))
    let weight = Weight(part: sample.count, whole: values.count)
    let head = weight.of(ByteCount.zigzag(values[0]))
    let packed = Blocks.size(sample)
    let delta = Blocks.size(deltaSample)
    var best = ColumnEncoding.packed
    var size = packed
    func offer(_ encoding: ColumnEncoding, _ other: Int?) {
      if let other, other < size { (best, size) = (encoding, other) }
    }
    offer(.delta, head + delta)
    offer(.common, common.size(sample))
    offer(.deltaCommon, deltaCommon.size(deltaSample).map { head + $0 })
    // Blocks say whether what is next may pay.
    let (mayBeValues, mayBeDifferences) = (packed <= 2 * delta, delta <= 2 * packed)
    if mayBeValues { offer(.rice, RiceCode.size(sample, weight)) }
    if mayBeDifferences {
      offer(.deltaRice, RiceCode.size(deltaSample, weight).map { head + $0 })
    }
    // Bins cost the most to choose and to write: only where they take an eighth less than all else.
    if mayBin, 8 * min(packed, delta) >= sample.count {
      size = 7 * size / 8 + 1
      if mayBeValues { offer(.bins, bins.size(sample, weight)) }
      if mayBeDifferences {
        offer(.deltaBins, bins.size(deltaSample, weight).map { head + $0 })
      }
    }
    return best
  }

  private static func takeSample(of values: Span<Int64>, _ sample: inout [Int64]) {
    reserve(sampleCount, in: &sample)
    var sample = sample.mutableSpan
    var place = 0
    forEachRun(of: values.count) { range in
      let run = values.extracting(range)
      precondition(place + run.count <= sample.count, "Invariant: runs make a sample")
      // Safe: the precondition.
      for index in run.indices { unsafe sample[unchecked: place &+ index] = run[index] }
      place += run.count
    }
  }

  private static func takeDeltaSample(of values: Span<Int64>, _ sample: inout [Int64]) {
    reserve(sampleCount, in: &sample)
    var place = 0
    forEachRun(of: values.count - 1) { range in
      takeDifferences(
        of: values.extracting(range.lowerBound..<range.upperBound + 1), &sample, at: place)
      place += range.count
    }
  }

  /// The runs of a sample of so many values.
  @inline(__always)
  private static func forEachRun(of count: Int, _ body: (Range<Int>) -> Void) {
    if count <= sampleCount { return body(0..<count) }
    for run in 0..<runCount {
      let start = run * count / runCount
      body(start..<start + sampleCount / runCount)
    }
  }

  private static func reserve(_ count: Int, in numbers: inout [Int64]) {
    if numbers.count < count { numbers = [Int64](repeating: 0, count: count) }
  }

  /// Puts what each value is more than the one before it into a part of `target`.
  private static func takeDifferences(
    of values: Span<Int64>, _ target: inout [Int64], at place: Int
  ) {
    let count = values.count - 1
    var target = target.mutableSpan
    precondition(place >= 0 && place + count <= target.count, "Invariant: differences have room")
    let (earlier, later) = (values.extracting(first: count), values.extracting(last: count))
    for index in earlier.indices {
      // Safe: the precondition. Differences wrap by definition.
      unsafe target[unchecked: place &+ index] = later[index] &- earlier[index]
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
