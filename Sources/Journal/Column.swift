import MarketModel

/// One field of many events, stored as compactly as one of four encodings can.
///
///     0 constant   zigzag varint
///     1 packed     blocks
///     2 delta      zigzag varint of the first value, blocks of the differences
///     3 sparse     zigzag varint of the first value; a bit for each later value, set where it
///                  differs from the one before; blocks of the differences that are not zero
///
/// A block holds up to 128 values: zigzag varint of the smallest, a width of 0 to 64 in one byte,
/// then each value less the smallest in that many bits, lowest bit first, zeros up to a byte.
/// Differences wrap around at 64 bits. The smallest encoding is taken, the lowest number where
/// two are equal; widths are as small as they can be. So equal values give equal bytes, and bytes
/// that no encoder writes are refused.
enum Column {
  static let blockCount = 128

  // MARK: Writing

  static func write(_ values: [Int64], into writer: inout ByteWriter) {
    guard let first = values.first else { return }
    let encoding = choice(values)
    writer.write(encoding)
    if encoding == 1 {
      writeBlocks(values, into: &writer)
      return
    }
    writer.write(zigzag: first)
    if encoding == 0 { return }
    var deltas: [Int64] = []
    deltas.reserveCapacity(values.count)
    for index in 1..<values.count {
      deltas.append(values[index] &- values[index - 1])  // wraps by definition
    }
    if encoding == 2 {
      writeBlocks(deltas, into: &writer)
    } else {
      writeBitmap(deltas, into: &writer)
      writeBlocks(deltas.filter { $0 != 0 }, into: &writer)
    }
  }

  /// The encoding that gives the fewest bytes, the lowest where two are equal.
  static func choice(_ values: [Int64]) -> UInt8 {
    var packed = BlockSizes()
    var delta = BlockSizes()
    var sparse = BlockSizes()
    var previous = values[0]
    packed.add(previous)
    for value in values.dropFirst() {
      let difference = value &- previous  // wraps by definition
      previous = value
      packed.add(value)
      delta.add(difference)
      if difference != 0 { sparse.add(difference) }
    }
    let head = zigzagSize(values[0])
    let bitmap = (values.count - 1 + 7) / 8
    let sizes = (packed.total, head + delta.total, head + bitmap + sparse.total)
    if sparse.isEmpty { return 0 }
    if sizes.0 <= sizes.1 && sizes.0 <= sizes.2 { return 1 }
    return sizes.1 <= sizes.2 ? 2 : 3
  }

  /// Adds up what blocks of values take, without writing them.
  private struct BlockSizes {
    private var finished = 0
    private var count = 0
    private var smallest = Int64.max
    private var largest = Int64.min

    var isEmpty: Bool { finished == 0 && count == 0 }
    var total: Int { finished + current }

    private var current: Int {
      if count == 0 { return 0 }
      // The difference of two Int64 always fits 64 unsigned bits.
      let width = 64 - UInt64(bitPattern: largest &- smallest).leadingZeroBitCount
      return Column.zigzagSize(smallest) + 1 + (count * width + 7) / 8
    }

    mutating func add(_ value: Int64) {
      smallest = min(smallest, value)
      largest = max(largest, value)
      count += 1
      if count < Column.blockCount { return }
      finished += current
      count = 0
      smallest = Int64.max
      largest = Int64.min
    }
  }

  private static func zigzagSize(_ value: Int64) -> Int {
    let bits = 64 - UInt64(bitPattern: (value << 1) ^ (value >> 63)).leadingZeroBitCount
    return max(1, (bits + 6) / 7)
  }

  private static func range(_ values: ArraySlice<Int64>) -> (Int64, Int) {
    var smallest = Int64.max
    var largest = Int64.min
    for value in values {
      smallest = min(smallest, value)
      largest = max(largest, value)
    }
    // The difference of two Int64 always fits 64 unsigned bits.
    let span = UInt64(bitPattern: largest &- smallest)
    return (smallest, 64 - span.leadingZeroBitCount)
  }

  private static func writeBlocks(_ values: [Int64], into writer: inout ByteWriter) {
    var start = 0
    while start < values.count {
      let end = min(start + blockCount, values.count)
      let (smallest, width) = range(values[start..<end])
      writer.write(zigzag: smallest)
      writer.write(UInt8(width))
      if width > 0 {
        var pending: UInt64 = 0
        var filled = 0
        for value in values[start..<end] {
          let offset = UInt64(bitPattern: value &- smallest)
          pending |= offset << UInt64(filled)
          let taken = min(width, 64 - filled)
          filled += width
          if filled >= 64 {
            writer.write(pending)
            filled -= 64
            pending = taken < 64 && filled > 0 ? offset >> UInt64(taken) : 0
          }
        }
        while filled > 0 {
          writer.write(UInt8(truncatingIfNeeded: pending))
          pending >>= 8
          filled -= 8
        }
      }
      start = end
    }
  }

  private static func writeBitmap(_ deltas: [Int64], into writer: inout ByteWriter) {
    var byte: UInt8 = 0
    for (index, delta) in deltas.enumerated() {
      if delta != 0 { byte |= 1 << UInt8(index % 8) }
      if index % 8 == 7 {
        writer.write(byte)
        byte = 0
      }
    }
    if deltas.count % 8 != 0 { writer.write(byte) }
  }

  // MARK: Reading

  static func read(_ count: Int, from reader: inout ByteReader) throws(ByteError) -> [Int64] {
    if count == 0 { return [] }
    let start = reader.offset
    let encoding = try reader.readByte()
    let values = try read(count, encoding, from: &reader)
    guard choice(values) == encoding else {
      throw ByteError(offset: start, expected: "the smallest of the column encodings")
    }
    return values
  }

  private static func read(
    _ count: Int, _ encoding: UInt8, from reader: inout ByteReader
  ) throws(ByteError) -> [Int64] {
    switch encoding {
    case 0:
      return [Int64](repeating: try reader.readZigzag(), count: count)
    case 1: return try readBlocks(count, from: &reader)
    case 2:
      let first = try reader.readZigzag()
      return sums(first, try readBlocks(count - 1, from: &reader))
    case 3:
      let first = try reader.readZigzag()
      let bitmap = try reader.readRaw((count - 1 + 7) / 8)
      return try readSparse(first, count, bitmap, from: &reader)
    default: throw ByteError(offset: reader.offset - 1, expected: "a column encoding, 0 to 3")
    }
  }

  private static func sums(_ first: Int64, _ deltas: [Int64]) -> [Int64] {
    var values: [Int64] = []
    values.reserveCapacity(deltas.count + 1)
    values.append(first)
    var value = first
    for delta in deltas {
      value &+= delta  // wraps by definition
      values.append(value)
    }
    return values
  }

  private static func readSparse(
    _ first: Int64, _ count: Int, _ bitmap: [UInt8], from reader: inout ByteReader
  ) throws(ByteError) -> [Int64] {
    var changes = 0
    for byte in bitmap { changes += byte.nonzeroBitCount }
    if (count - 1) % 8 != 0, let last = bitmap.last, last >> UInt8((count - 1) % 8) != 0 {
      throw ByteError(offset: reader.offset - 1, expected: "zeros after the last bit")
    }
    let nonzero = try readBlocks(changes, from: &reader)
    var values: [Int64] = []
    values.reserveCapacity(count)
    values.append(first)
    var value = first
    var next = 0
    for index in 0..<count - 1 {
      if bitmap[index / 8] >> UInt8(index % 8) & 1 == 1 {
        if nonzero[next] == 0 {
          throw ByteError(offset: reader.offset, expected: "a difference that is not zero")
        }
        value &+= nonzero[next]  // wraps by definition
        next += 1
      }
      values.append(value)
    }
    return values
  }

  private static func readBlocks(
    _ count: Int, from reader: inout ByteReader
  ) throws(ByteError) -> [Int64] {
    var values: [Int64] = []
    values.reserveCapacity(count)
    var left = count
    while left > 0 {
      let size = min(left, blockCount)
      try readBlock(size, into: &values, from: &reader)
      left -= size
    }
    return values
  }

  private static func readBlock(
    _ count: Int, into values: inout [Int64], from reader: inout ByteReader
  ) throws(ByteError) {
    let start = reader.offset
    let smallest = try reader.readZigzag()
    let width = Int(try reader.readByte())
    guard width <= 64 else { throw ByteError(offset: start, expected: "a width of 0 to 64") }
    if width == 0 {
      for _ in 0..<count { values.append(smallest) }
      return
    }
    let bytes = try reader.readRaw((count * width + 7) / 8)
    var position = 0
    var union: UInt64 = 0
    var least = UInt64.max
    var greatest: UInt64 = 0
    for _ in 0..<count {
      let offset = bits(bytes, position, width)
      position += width
      union |= offset
      least = min(least, offset)
      greatest = max(greatest, offset)
      values.append(smallest &+ Int64(bitPattern: offset))  // checked below
    }
    let unused = bytes.count * 8 - position
    let isCanonical =
      least == 0 && union.leadingZeroBitCount == 64 - width
      && greatest <= UInt64(bitPattern: Int64.max &- smallest)
      && (unused == 0 || bytes[bytes.count - 1] >> UInt8(8 - unused) == 0)
    if !isCanonical { throw ByteError(offset: start, expected: "a block in its shortest form") }
  }

  private static func bits(_ bytes: [UInt8], _ position: Int, _ width: Int) -> UInt64 {
    var value: UInt64 = 0
    var filled = 0
    var index = position / 8
    var skip = position % 8
    while filled < width {
      value |= UInt64(bytes[index] >> UInt8(skip)) << UInt64(filled)
      filled += 8 - skip
      skip = 0
      index += 1
    }
    return width == 64 ? value : value & (1 << UInt64(width) - 1)
  }
}
