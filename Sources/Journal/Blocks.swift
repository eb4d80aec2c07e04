import MarketModel

/// Blocks of up to 128 values, each in as many bits as the widest of its block needs.
enum Blocks {
  /// The bytes that the blocks of some values take.
  static func size(_ values: Span<Int64>) -> Int {
    var total = 0
    var start = 0
    while start < values.count {
      let count = min(Column.blockCount, values.count - start)
      let (smallest, width) = range(values, start, count)
      total += ByteCount.zigzag(smallest) + 1 + (count * width + 7) >> 3
      start += count
    }
    return total
  }

  /// The smallest value of a block, and the bits that the others need above it.
  @inline(__always)
  private static func range(_ values: Span<Int64>, _ start: Int, _ count: Int) -> (Int64, Int) {
    var smallest = Int64.max
    var largest = Int64.min
    for index in start..<start + count {
      let value = values[index]
      smallest = min(smallest, value)
      largest = max(largest, value)
    }
    // The difference of two Int64 always fits 64 unsigned bits.
    return (smallest, 64 - UInt64(bitPattern: largest &- smallest).leadingZeroBitCount)
  }

  static func write(_ values: Span<Int64>, into writer: inout ByteWriter) {
    var bits = BitOutput()
    var start = 0
    while start < values.count {
      let count = min(Column.blockCount, values.count - start)
      let (smallest, width) = range(values, start, count)
      writer.write(zigzag: smallest)
      writer.write(UInt8(width))
      if width > 0 {
        for index in start..<start + count {
          bits.append(UInt64(bitPattern: values[index] &- smallest), width)
        }
        bits.flush(into: &writer)
      }
      start += count
    }
  }

  static func read(
    _ count: Int, from reader: inout ByteReader, into values: inout [Int64]
  ) throws(ByteError) {
    var left = count
    while left > 0 {
      let size = min(left, Column.blockCount)
      try readBlock(size, from: &reader, into: &values)
      left -= size
    }
  }

  private static func readBlock(
    _ count: Int, from reader: inout ByteReader, into values: inout [Int64]
  ) throws(ByteError) {
    let start = reader.offset
    let smallest = try reader.readZigzag()
    let width = Int(try reader.readByte())
    guard width <= 64 else { throw ByteError(offset: start, expected: "a width of 0 to 64") }
    if width == 0 {
      values.append(contentsOf: repeatElement(smallest, count: count))
      return
    }
    let bits = try reader.readBits(count * width)
    var position = 0
    for _ in 0..<count {
      // Wraps where no writer would: the sum is a value like any other, and checked where used.
      values.append(smallest &+ Int64(bitPattern: bits.word(at: position, width)))
      position += width
    }
    guard bits.isZero(from: position) else {
      throw ByteError(offset: start, expected: "zeros after the last bit")
    }
  }
}

/// Bits on their way into bytes, lowest first.
struct BitOutput {
  private var words: [UInt64] = []
  private var pending: UInt64 = 0
  private var filled = 0

  /// Appends the lowest `width` bits of a value that has no others; `width` is 1 to 64.
  @inline(__always)
  mutating func append(_ value: UInt64, _ width: Int) {
    pending |= value << UInt64(truncatingIfNeeded: filled)
    filled &+= width
    if filled >= 64 {
      words.append(pending)
      filled &-= 64
      // A shift by 64 gives 0: everything went into the word before.
      pending = value >> UInt64(truncatingIfNeeded: width &- filled)
    }
  }

  /// Writes what was appended, zeros up to a byte, and starts anew.
  mutating func flush(into writer: inout ByteWriter) {
    writer.write(words: words)
    while filled > 0 {
      writer.write(UInt8(truncatingIfNeeded: pending))
      pending >>= 8
      filled -= 8
    }
    words.removeAll(keepingCapacity: true)
    pending = 0
    filled = 0
  }
}
