import MarketModel

/// Values in a few intervals, each with a prefix code: for columns with heavy tails or few values.
///
/// Which intervals is a fixed rule (`BinRule`), so that equal values give equal bytes.
struct Bins: Sendable {
  /// The longest prefix code.
  static let maximumLength = 14

  private let smallest: Int64
  /// The smallest offset in each bin, from the smallest value.
  private let lows: [UInt64]
  private let widths: [UInt8]
  private let lengths: [UInt8]
  private let counts: [Int]
  /// The bytes they take.
  let size: Int

  /// Chooses bins for some values; nil where there would be more than 256.
  init?(_ values: Span<Int64>) {
    if values.isEmpty { return nil }
    var smallest = Int64.max
    for index in values.indices { smallest = min(smallest, values[index]) }
    guard let rule = BinRule(values, smallest) else { return nil }
    self.smallest = smallest
    lows = rule.lows
    widths = rule.widths
    counts = rule.counts
    lengths = lows.count > 1 ? PrefixCode.lengths(of: counts, total: values.count) : []
    var total = Column.zigzagSize(smallest) + 1 + widths.count
    var codeBits = 0
    var offsetBits = 0
    for bin in lows.indices {
      if bin > 0 { total += Column.varintSize(lows[bin] - lows[bin - 1] - 1) }
      if lows.count > 1 { codeBits += counts[bin] * Int(lengths[bin]) }
      offsetBits += counts[bin] * Int(widths[bin])
    }
    if lows.count > 1 { total += (lows.count + 1) / 2 }
    size = total + (codeBits + 7) / 8 + (offsetBits + 7) / 8
  }

  /// Writes the values that the bins were chosen for.
  func write(_ values: Span<Int64>, into writer: inout ByteWriter) {
    writer.write(zigzag: smallest)
    writer.write(UInt8(lows.count - 1))
    for bin in lows.indices.dropFirst() { writer.write(varint: lows[bin] - lows[bin - 1] - 1) }
    for width in widths { writer.write(width) }
    var members: [UInt8] = []
    members.reserveCapacity(values.count)
    for index in values.indices { members.append(bin(of: offset(values[index]))) }
    if lows.count > 1 {
      for pair in stride(from: 0, to: lengths.count, by: 2) {
        let second = pair + 1 < lengths.count ? lengths[pair + 1] : 0
        writer.write(lengths[pair] | second << 4)
      }
      let codes = PrefixCode.codes(lengths)
      var bits = BitOutput()
      for member in members { bits.append(codes[Int(member)], Int(lengths[Int(member)])) }
      bits.flush(into: &writer)
    }
    var bits = BitOutput()
    for index in values.indices {
      let bin = Int(members[index])
      if widths[bin] > 0 { bits.append(offset(values[index]) - lows[bin], Int(widths[bin])) }
    }
    bits.flush(into: &writer)
  }

  private func offset(_ value: Int64) -> UInt64 {
    UInt64(bitPattern: value &- smallest)  // the difference fits 64 unsigned bits
  }

  private func bin(of offset: UInt64) -> UInt8 {
    var low = 0
    var high = lows.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lows[middle] <= offset { low = middle } else { high = middle }
    }
    return UInt8(low)
  }

  // MARK: Reading

  static func read(
    _ count: Int, _ mayBin: Bool, from reader: inout ByteReader, into values: inout [Int64]
  ) throws(ByteError) {
    let start = reader.offset
    guard mayBin, count > 0 else {
      throw ByteError(offset: start, expected: "no bins in a kind that does not allow them")
    }
    let smallest = try reader.readZigzag()
    let binCount = Int(try reader.readByte()) + 1
    var lows: [UInt64] = [0]
    for _ in 1..<binCount {
      let (low, overflow) = (lows[lows.count - 1] &+ 1).addingReportingOverflow(
        try reader.readVarint())
      guard !overflow, low > lows[lows.count - 1] else {
        throw ByteError(offset: start, expected: "bins within 64 bits")
      }
      lows.append(low)
    }
    let widths = try reader.readRaw(binCount)
    guard widths.allSatisfy({ $0 <= 64 }) else {
      throw ByteError(offset: start, expected: "widths of 0 to 64")
    }
    let members = try readMembers(count, binCount, from: &reader)
    var total = 0
    for member in members { total += Int(widths[Int(member)]) }
    let bits = try reader.readBits(total)
    var position = 0
    values.reserveCapacity(values.count + count)
    for member in members {
      let width = Int(widths[Int(member)])
      let offset = lows[Int(member)] &+ bits.word(at: position, width)
      position += width
      values.append(smallest &+ Int64(bitPattern: offset))  // wraps where no writer would
    }
    guard bits.isZero(from: position) else {
      throw ByteError(offset: start, expected: "zeros after the last bit")
    }
  }

  /// The bin of each value.
  private static func readMembers(
    _ count: Int, _ binCount: Int, from reader: inout ByteReader
  ) throws(ByteError) -> [UInt8] {
    if binCount == 1 { return [UInt8](repeating: 0, count: count) }
    let start = reader.offset
    let nibbles = try reader.readRaw((binCount + 1) / 2)
    var lengths: [UInt8] = []
    for bin in 0..<binCount { lengths.append(nibbles[bin / 2] >> UInt8(4 * (bin % 2)) & 15) }
    guard binCount % 2 == 0 || nibbles[binCount / 2] >> 4 == 0,
      let table = PrefixCode.table(lengths)
    else { throw ByteError(offset: start, expected: "the lengths of a complete prefix code") }
    var bits = reader.openBits()
    var members: [UInt8] = []
    members.reserveCapacity(count)
    var position = 0
    for _ in 0..<count {
      let entry = table.entries[Int(bits.word(at: position, table.width))]
      position += Int(entry >> 8)
      members.append(UInt8(truncatingIfNeeded: entry))
    }
    bits = try reader.readBits(position)
    guard bits.isZero(from: position) else {
      throw ByteError(offset: start, expected: "zeros after the last bit")
    }
    return members
  }
}
