import MarketModel

/// How values are read out of their bins.
extension Bins {
  /// A bin as reading needs it.
  private struct Bin: BitwiseCopyable {
    /// The smallest value.
    var smallest: Int64
    /// The bits of what a value is above that.
    var width: Int
  }

  static func read(
    _ count: Int, _ mayBin: Bool, from reader: inout ByteReader, into values: inout [Int64]
  ) throws(ByteError) {
    let start = reader.offset
    guard count > 0 else { throw ByteError(offset: start, expected: "bins of some values") }
    guard mayBin else {
      throw ByteError(offset: start, expected: "no bins in a kind that does not allow them")
    }
    let bins = try readBins(start, from: &reader)
    let (members, total) = try readMembers(count, bins, from: &reader)
    let bits = try reader.readBits(total)
    append(members, bins, bits, to: &values)
    guard bits.isZero(from: total) else {
      throw ByteError(offset: start, expected: "zeros after the last bit")
    }
  }

  private static func readBins(
    _ start: Int, from reader: inout ByteReader
  ) throws(ByteError) -> [Bin] {
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
    return zip(lows, widths).map { low, width in
      // Wraps where no writer would.
      Bin(smallest: smallest &+ Int64(bitPattern: low), width: Int(width))
    }
  }

  /// The bin of each value, and the bits of all that they are above the smallest of theirs.
  private static func readMembers(
    _ count: Int, _ bins: [Bin], from reader: inout ByteReader
  ) throws(ByteError) -> ([UInt8], Int) {
    var members = [UInt8](repeating: 0, count: count)
    if bins.count == 1 { return (members, count * bins[0].width) }
    let start = reader.offset
    let nibbles = try reader.readRaw((bins.count + 1) / 2)
    var lengths: [UInt8] = []
    for bin in bins.indices { lengths.append(nibbles[bin / 2] >> UInt8(4 * (bin % 2)) & 15) }
    guard bins.count % 2 == 0 || nibbles[bins.count / 2] >> 4 == 0,
      let table = PrefixCode.table(lengths)
    else { throw ByteError(offset: start, expected: "the lengths of a complete prefix code") }
    let (position, total) = read(&members, reader.openBits(), table, bins)
    let bits = try reader.readBits(position)
    guard bits.isZero(from: position) else {
      throw ByteError(offset: start, expected: "zeros after the last bit")
    }
    return (members, total)
  }

  /// How many codes are in a word of bits, whatever their lengths.
  private static let codesOfWord = LentBits.least / maximumLength

  /// Reads codes; returns the bits that they take, and those of the values above the smallest.
  private static func read(
    _ members: inout [UInt8], _ bits: BitSource, _ table: PrefixCode.Table, _ bins: [Bin]
  ) -> (codes: Int, offsets: Int) {
    let mask = table.entries.count &- 1
    let entries = table.entries.span
    let bins = bins.span
    var members = members.mutableSpan
    return bits.lend { bits in
      var position = 0
      var total = 0
      var start = 0
      while start < members.count {
        let end = min(start &+ codesOfWord, members.count)
        var word = bits.word(at: position)
        for place in start..<end {
          // Safe: the mask is that of a place in the table, whose entries name bins.
          let entry = unsafe entries[unchecked: Int(truncatingIfNeeded: word) & mask]
          word &>>= UInt64(entry >> 8)
          position &+= Int(entry >> 8)
          let bin = UInt8(truncatingIfNeeded: entry)
          total &+= unsafe bins[unchecked: Int(bin)].width
          unsafe members[unchecked: place] = bin
        }
        start = end
      }
      return (position, total)
    }
  }

  /// Appends the values of members.
  private static func append(
    _ members: [UInt8], _ bins: [Bin], _ bits: BitSource, to values: inout [Int64]
  ) {
    let (members, bins) = (members.span, bins.span)
    let isNarrow = bins.indices.allSatisfy { bins[$0].width <= LentBits.least }
    bits.lend { bits in
      if isNarrow {
        append(members, bins, to: &values) {
          bits.word(at: $0) & (1 &<< UInt64(truncatingIfNeeded: $1) &- 1)
        }
      } else {
        append(members, bins, to: &values) { bits.number(at: $0, $1) }
      }
    }
  }

  /// The same, with how to read the number in some bits.
  @inline(__always)
  private static func append(
    _ members: Span<UInt8>, _ bins: Span<Bin>, to values: inout [Int64],
    _ number: (Int, Int) -> UInt64
  ) {
    var position = 0
    values.append(count: members.count) { place in
      // Safe: there is a member for each value, and a bin for each member.
      let bin = unsafe bins[unchecked: Int(members[unchecked: place])]
      let offset = number(position, bin.width)
      position &+= bin.width
      return bin.smallest &+ Int64(bitPattern: offset)  // wraps where no writer would
    }
  }
}
