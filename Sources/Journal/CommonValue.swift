import MarketModel

/// Values many of which are one and the same: that one, and the others with their places.
struct CommonValue: Sendable {
  private var value: Int64 = 0
  private var gaps: [Int64] = []
  private var others: [Int64] = []

  /// The bytes that a sample takes; nil where no value has the majority of it.
  mutating func size(_ sample: Span<Int64>) -> Int? {
    guard let value = Self.majority(sample) else { return nil }
    self.value = value
    split(sample)
    if 2 * others.count >= sample.count { return nil }
    return ByteCount.zigzag(value) + ByteCount.varint(UInt64(others.count))
      + Blocks.size(gaps.span) + Blocks.size(others.span)
  }

  /// The only value that more than half of them can have.
  ///
  /// - Source: Boyer and Moore, MJRTY, <https://www.cs.utexas.edu/~moore/best-ideas/mjrty/>.
  private static func majority(_ values: Span<Int64>) -> Int64? {
    var candidate: Int64 = 0
    var votes = 0
    for index in values.indices {
      let value = values[index]
      if votes == 0 {
        candidate = value
        votes = 1
      } else {
        votes &+= value == candidate ? 1 : -1
      }
    }
    return votes > 0 ? candidate : nil
  }

  private mutating func split(_ values: Span<Int64>) {
    gaps.removeAll(keepingCapacity: true)
    others.removeAll(keepingCapacity: true)
    var last = -1
    for index in values.indices where values[index] != value {
      gaps.append(Int64(index &- last &- 1))
      others.append(values[index])
      last = index
    }
  }

  /// Writes values around the common one of the sample that was looked at last.
  mutating func write(_ values: Span<Int64>, into writer: inout ByteWriter) {
    split(values)
    writer.write(zigzag: value)
    writer.write(varint: UInt64(others.count))
    Blocks.write(gaps.span, into: &writer)
    Blocks.write(others.span, into: &writer)
  }

  static func read(
    _ count: Int, from reader: inout ByteReader, into values: inout [Int64]
  ) throws(ByteError) {
    let start = reader.offset
    let value = try reader.readZigzag()
    let otherCount = try reader.readVarint()
    guard otherCount < UInt64(count) else {
      throw ByteError(offset: start, expected: "fewer others than values")
    }
    var parts: [Int64] = []
    try Blocks.read(Int(otherCount), from: &reader, into: &parts)
    try Blocks.read(Int(otherCount), from: &reader, into: &parts)
    let first = values.count
    values.append(contentsOf: repeatElement(value, count: count))
    var place = -1
    for index in 0..<Int(otherCount) {
      let gap = parts[index]
      guard gap >= 0, gap < Int64(count - place - 1), parts[Int(otherCount) + index] != value
      else { throw ByteError(offset: start, expected: "places of others, ascending") }
      place += Int(gap) + 1
      values[first + place] = parts[Int(otherCount) + index]
    }
  }
}
