import MarketModel

/// Blocks of up to 128 values, each in as many bits as the widest of its block needs.
enum Blocks {
  /// The bytes that the blocks of some values take.
  static func size(_ values: Span<Int64>) -> Int {
    var total = 0
    var start = 0
    while start < values.count {
      let count = min(Column.blockCount, values.count - start)
      let (smallest, width) = range(values.extracting(start..<start + count))
      total += ByteCount.zigzag(smallest) + 1 + (count * width + 7) >> 3
      start += count
    }
    return total
  }

  /// The smallest value of a block, and the bits that the others need above it.
  @inline(__always)
  private static func range(_ block: Span<Int64>) -> (Int64, Int) {
    let (smallest, largest) = extremes(of: block)
    // The difference of two Int64 always fits 64 unsigned bits.
    return (smallest, 64 - UInt64(bitPattern: largest &- smallest).leadingZeroBitCount)
  }

  /// The smallest and the largest of at least one value.
  @inline(__always)
  static func extremes(of values: Span<Int64>) -> (smallest: Int64, largest: Int64) {
    var smallest = Int64.max
    var largest = Int64.min
    for index in values.indices {
      let value = values[index]
      smallest = min(smallest, value)
      largest = max(largest, value)
    }
    return (smallest, largest)
  }

  /// Writes values; `words` is memory kept from one column to the next.
  static func write(
    _ values: Span<Int64>, _ words: inout [UInt64], into writer: inout ByteWriter
  ) {
    words.reserve(bits: 64 * Column.blockCount)
    var start = 0
    while start < values.count {
      let count = min(Column.blockCount, values.count - start)
      let block = values.extracting(start..<start + count)
      let (smallest, width) = range(block)
      writer.write(zigzag: smallest)
      writer.write(UInt8(width))
      if width > 0 {
        let bits = pack(block, above: smallest, width, into: &words)
        writer.write(bits: bits, of: words.span)
      }
      start += count
    }
  }

  /// Puts what values are above the smallest into words, and returns how many bits they took.
  private static func pack(
    _ values: Span<Int64>, above smallest: Int64, _ width: Int, into words: inout [UInt64]
  ) -> Int {
    var words = words.mutableSpan
    var bits = BitOutput()
    for index in values.indices {
      bits.append(UInt64(bitPattern: values[index] &- smallest), width, to: &words)
    }
    return bits.finish(in: &words)
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
    // Wraps where no writer would: the sum is a value like any other, and checked where used.
    bits.lend { bits in
      if width <= LentBits.least {
        let mask: UInt64 = 1 << UInt64(width) - 1
        values.append(count: count) {
          smallest &+ Int64(bitPattern: bits.word(at: $0 &* width) & mask)
        }
      } else {
        values.append(count: count) {
          smallest &+ Int64(bitPattern: bits.number(at: $0 &* width, width))
        }
      }
    }
    guard bits.isZero(from: count * width) else {
      throw ByteError(offset: start, expected: "zeros after the last bit")
    }
  }
}
