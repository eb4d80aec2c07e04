import MarketModel

/// Values most of which are one and the same: that one, and the others with their places.
struct CommonValue: Sendable {
  private let value: Int64
  private let gaps: [Int64]
  private let others: [Int64]
  /// The bytes it takes.
  let size: Int

  /// Finds the value that more than half of them have, or returns nil where there is none or where
  /// all have it.
  init?(_ values: Span<Int64>, _ gaps: inout [Int64], _ others: inout [Int64]) {
    guard let value = Self.majority(values) else { return nil }
    gaps.removeAll(keepingCapacity: true)
    others.removeAll(keepingCapacity: true)
    var last = -1
    for index in values.indices where values[index] != value {
      gaps.append(Int64(index - last - 1))
      others.append(values[index])
      last = index
    }
    guard !others.isEmpty, 2 * others.count < values.count else { return nil }
    self.value = value
    self.gaps = gaps
    self.others = others
    size =
      Column.zigzagSize(value) + Column.varintSize(UInt64(others.count))
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
        votes += value == candidate ? 1 : -1
      }
    }
    return votes > 0 ? candidate : nil
  }

  static func write(
    _ common: CommonValue?, _ scratch: ColumnScratch, into writer: inout ByteWriter
  ) {
    guard let common else { return }
    writer.write(zigzag: common.value)
    writer.write(varint: UInt64(common.others.count))
    Blocks.write(common.gaps.span, into: &writer)
    Blocks.write(common.others.span, into: &writer)
  }

  static func read(
    _ count: Int, from reader: inout ByteReader, into values: inout [Int64]
  ) throws(ByteError) {
    let start = reader.offset
    let value = try reader.readZigzag()
    let otherCount = try reader.readVarint()
    guard otherCount > 0, otherCount < UInt64(count) - min(otherCount, UInt64(count)) else {
      throw ByteError(offset: start, expected: "fewer others than common values")
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
