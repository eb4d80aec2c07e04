import MarketModel

/// Values many of which are one and the same: that one, and the others with their places.
struct CommonValue: Sendable {
  private var value: Int64 = 0
  /// How many common values stand before each of the others, and the others; then room.
  private var gaps: [Int64] = []
  private var others: [Int64] = []
  /// Memory for bits.
  private var words: [UInt64] = []

  /// The bytes that a sample takes; nil where no value has the majority of it.
  mutating func size(_ sample: Span<Int64>) -> Int? {
    guard let value = Self.majority(sample) else { return nil }
    self.value = value
    let count = split(sample)
    if 2 * count >= sample.count { return nil }
    return ByteCount.zigzag(value) + ByteCount.varint(UInt64(count))
      + Blocks.size(gaps.span.extracting(first: count))
      + Blocks.size(others.span.extracting(first: count))
  }

  /// The only value that more than half of them can have.
  ///
  /// Two that differ cancel each other out, so that of neighbours only equal ones have a vote.
  /// - Source: Boyer and Moore, MJRTY, <https://www.cs.utexas.edu/~moore/best-ideas/mjrty/>.
  static func majority(_ values: Span<Int64>) -> Int64? {
    var candidate: Int64 = 0
    var votes = 0
    var index = 1
    while index < values.count {
      let value = values[index]
      if values[index &- 1] == value {
        if votes == 0 { candidate = value }
        votes &+= value == candidate ? 1 : -1
      }
      index &+= 2
    }
    if votes > 0 { return candidate }
    // Where all others cancel each other out, one that has no neighbour decides.
    return values.count % 2 == 1 ? values[values.count - 1] : nil
  }

  /// Takes the common value out of some, and returns how many are left.
  private mutating func split(_ values: Span<Int64>) -> Int {
    if others.count < values.count {
      gaps = [Int64](repeating: 0, count: values.count)
      others = [Int64](repeating: 0, count: values.count)
    }
    return Self.split(values, value, &gaps, &others)
  }

  private static func split(
    _ values: Span<Int64>, _ value: Int64, _ gaps: inout [Int64], _ others: inout [Int64]
  ) -> Int {
    precondition(
      gaps.count >= values.count && others.count >= values.count, "Invariant: others have room")
    var gaps = gaps.mutableSpan
    var others = others.mutableSpan
    var count = 0
    var next = 0
    // Every value is put down, and the next one over it where it was the common one: a branch on
    // which it is would be foretold wrongly too often.
    for index in values.indices {
      let other = values[index]
      // Safe: there is room for as many as there are values.
      unsafe gaps[unchecked: count] = Int64(index &- next)
      unsafe others[unchecked: count] = other
      if other != value {
        count &+= 1
        next = index &+ 1
      }
    }
    return count
  }

  /// Writes values around the common one of the sample that was looked at last.
  mutating func write(_ values: Span<Int64>, into writer: inout ByteWriter) {
    let count = split(values)
    writer.write(zigzag: value)
    writer.write(varint: UInt64(count))
    for part in [gaps, others] {
      Blocks.write(part.span.extracting(first: count), &words, into: &writer)
    }
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
