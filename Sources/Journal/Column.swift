import MarketModel

/// One field of many events, stored as compactly as one of seven encodings can.
///
///     0 constant      zigzag varint
///     1 packed        blocks
///     2 delta         zigzag varint of the first value, blocks of the differences
///     3 common        one value that most have, and the others with their places
///     4 delta common  zigzag varint of the first value, common of the differences
///     5 bins          intervals of values with a prefix code (Bins)
///     6 delta bins    zigzag varint of the first value, bins of the differences
///
/// A block holds up to 128 values: zigzag varint of the smallest, a width of 0 to 64 in one byte,
/// then each value less the smallest in that many bits, lowest bit first, zeros up to a byte.
/// Differences wrap around at 64 bits. The smallest encoding is taken, the lowest number where
/// two are equal; bins take part only where the kind of event allows them, because they take three
/// times as long. So equal values give equal bytes.
enum Column {
  static let blockCount = 128

  // MARK: Writing

  /// Appends a column; `temporary` is memory that is used again and again.
  static func write(
    _ values: Span<Int64>, mayBin: Bool, _ scratch: inout ColumnScratch,
    into writer: inout ByteWriter
  ) {
    if values.isEmpty { return }
    let encoding = choose(values, mayBin, &scratch)
    writer.write(encoding)
    switch encoding {
    case 0: writer.write(zigzag: values[0])
    case 1: Blocks.write(values, into: &writer)
    case 2:
      writer.write(zigzag: values[0])
      Blocks.write(scratch.deltas.span, into: &writer)
    case 3: CommonValue.write(scratch.common, scratch, into: &writer)
    case 4:
      writer.write(zigzag: values[0])
      CommonValue.write(scratch.deltaCommon, scratch, into: &writer)
    case 5: scratch.bins?.write(values, into: &writer)
    default:
      writer.write(zigzag: values[0])
      scratch.deltaBins?.write(scratch.deltas.span, into: &writer)
    }
  }

  /// The encoding that gives the fewest bytes, the lowest where two are equal; what it needs is
  /// left in `scratch`.
  private static func choose(
    _ values: Span<Int64>, _ mayBin: Bool, _ scratch: inout ColumnScratch
  ) -> UInt8 {
    if isConstant(values) { return 0 }
    scratch.takeDifferences(values)
    let deltas = scratch.deltas
    let head = zigzagSize(values[0])
    var best: UInt8 = 1
    var size = Blocks.size(values)
    func offer(_ encoding: UInt8, _ other: Int) {
      if other < size { (best, size) = (encoding, other) }
    }
    let packedSize = size
    let deltaSize = Blocks.size(deltas.span)
    offer(2, head + deltaSize)
    scratch.common = CommonValue(values, &scratch.gaps, &scratch.others)
    if let common = scratch.common { offer(3, common.size) }
    scratch.deltaCommon = CommonValue(
      deltas.span, &scratch.deltaGaps, &scratch.deltaOthers)
    if let common = scratch.deltaCommon { offer(4, head + common.size) }
    // Bins cost the most to choose: only where blocks say that it may pay.
    if !mayBin || 8 * min(packedSize, deltaSize) < values.count { return best }
    if packedSize <= 2 * deltaSize {
      scratch.bins = Bins(values)
      if let bins = scratch.bins { offer(5, bins.size) }
    }
    if deltaSize <= 2 * packedSize {
      scratch.deltaBins = Bins(deltas.span)
      if let bins = scratch.deltaBins { offer(6, head + bins.size) }
    }
    return best
  }

  private static func isConstant(_ values: Span<Int64>) -> Bool {
    let first = values[0]
    var differing: Int64 = 0
    for index in values.indices { differing |= values[index] ^ first }
    return differing == 0
  }

  @inline(__always)
  static func zigzagSize(_ value: Int64) -> Int {
    let bits = 64 - UInt64(bitPattern: (value << 1) ^ (value >> 63)).leadingZeroBitCount
    return max(1, (bits + 6) / 7)
  }

  @inline(__always)
  static func varintSize(_ value: UInt64) -> Int {
    max(1, (64 - value.leadingZeroBitCount + 6) / 7)
  }

  // MARK: Reading

  /// Reads a column of `count` values to the end of `values`.
  ///
  /// The structure is checked; that the encoding is the one a writer takes is not, as that costs
  /// as much as writing (`EventFrame.decode` does it where it is asked to).
  static func read(
    _ count: Int, mayBin: Bool, from reader: inout ByteReader, into values: inout [Int64]
  ) throws(ByteError) {
    if count == 0 { return }
    let start = reader.offset
    let encoding = try reader.readByte()
    switch encoding {
    case 0: values.append(contentsOf: repeatElement(try reader.readZigzag(), count: count))
    case 1: try Blocks.read(count, from: &reader, into: &values)
    case 2, 4, 6:
      let first = values.count
      values.append(try reader.readZigzag())
      switch encoding {
      case 2: try Blocks.read(count - 1, from: &reader, into: &values)
      case 4: try CommonValue.read(count - 1, from: &reader, into: &values)
      default: try Bins.read(count - 1, mayBin, from: &reader, into: &values)
      }
      addUp(&values, from: first)
    case 3: try CommonValue.read(count, from: &reader, into: &values)
    case 5: try Bins.read(count, mayBin, from: &reader, into: &values)
    default: throw ByteError(offset: start, expected: "a column encoding, 0 to 6")
    }
  }

  private static func addUp(_ values: inout [Int64], from first: Int) {
    let count = values.count
    var span = values.mutableSpan
    var value = span[first]
    for index in first + 1..<count {
      value &+= span[index]  // wraps by definition
      span[index] = value
    }
  }
}

/// Memory of the column writer, kept from one column to the next.
struct ColumnScratch: Sendable {
  var deltas: [Int64] = []
  var gaps: [Int64] = []
  var others: [Int64] = []
  var deltaGaps: [Int64] = []
  var deltaOthers: [Int64] = []
  var common: CommonValue?
  var deltaCommon: CommonValue?
  var bins: Bins?
  var deltaBins: Bins?

  mutating func takeDifferences(_ values: Span<Int64>) {
    deltas.removeAll(keepingCapacity: true)
    deltas.reserveCapacity(values.count)
    var previous = values[0]
    for index in 1..<values.count {
      let value = values[index]
      deltas.append(value &- previous)  // wraps by definition
      previous = value
    }
  }
}
