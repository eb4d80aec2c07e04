import MarketModel

/// Values that lie the thinner the further they are above the smallest.
///
/// Times between events are such, ages and counts. What one is above the smallest, in units of
/// 2^width, is as many zeros and a one; then come its lowest `width` bits. For such values it takes
/// about as few bits as bins do, in a quarter of the time.
/// - Source: Rice and Plaunt, <https://doi.org/10.1109/TCOM.1971.1090789>.
struct RiceCode: Sendable {
  /// The fewest zeros after which a value follows as it is.
  static let escape = 24
  /// The most lowest bits: with zeros and a one they fit a word.
  static let maximumWidth = 38

  /// Memory for bits.
  private var words: [UInt64] = []

  private struct Parameters {
    var smallest: Int64
    var width: Int

    /// `width` is that of the mean of what values are above the smallest, less one.
    init(of values: Span<Int64>) {
      let (smallest, largest) = Blocks.extremes(of: values)
      let largestOffset = UInt64(bitPattern: largest &- smallest)  // fits 64 unsigned bits
      // Cannot overflow: at most 2^14 numbers of 2^48 each.
      let sum =
        largestOffset <= Self.cap
        ? Self.sum(of: values, above: smallest) { $0 }
        : Self.sum(of: values, above: smallest) { min($0, Self.cap) }
      let mean = sum / UInt64(values.count)
      self.smallest = smallest
      width = min(max(63 - mean.leadingZeroBitCount, 0), RiceCode.maximumWidth)
    }

    /// What counts for what is more.
    private static let cap: UInt64 = 1 << 48

    @inline(__always)
    private static func sum(
      of values: Span<Int64>, above smallest: Int64, _ part: (UInt64) -> UInt64
    ) -> UInt64 {
      var sum: UInt64 = 0
      for index in values.indices {
        sum &+= part(UInt64(bitPattern: values[index] &- smallest))
      }
      return sum
    }
  }

  /// The bytes that a sample takes, what is written once being weighed; nil where it is empty.
  ///
  /// - Complexity: O(values).
  static func size(_ sample: Span<Int64>, _ weight: Weight) -> Int? {
    if sample.isEmpty { return nil }
    let parameters = Parameters(of: sample)
    var bits = 0
    for index in sample.indices {
      let offset = UInt64(bitPattern: sample[index] &- parameters.smallest)
      let units = offset >> UInt64(parameters.width)
      bits &+=
        units < escape
        ? Int(truncatingIfNeeded: units) &+ 1 &+ parameters.width : escape &+ 64
    }
    return weight.of(ByteCount.zigzag(parameters.smallest) + 1) + (bits + 7) / 8
  }

  /// Writes at least one value.
  ///
  /// - Complexity: O(values).
  mutating func write(_ values: Span<Int64>, into writer: inout ByteWriter) {
    let parameters = Parameters(of: values)
    writer.write(zigzag: parameters.smallest)
    writer.write(UInt8(parameters.width))
    words.reserve(bits: (Self.escape + 64) * values.count)
    let bits = Self.pack(values, parameters, into: &words)
    writer.write(bits: bits, of: words.span)
  }

  private static func pack(
    _ values: Span<Int64>, _ parameters: Parameters, into words: inout [UInt64]
  ) -> Int {
    var words = words.mutableSpan
    var bits = BitOutput()
    let width = UInt64(parameters.width)
    let lowest: UInt64 = 1 << width &- 1
    for index in values.indices {
      let offset = UInt64(bitPattern: values[index] &- parameters.smallest)
      let units = offset &>> width
      if units < escape {
        // Zeros, the one, and the lowest bits above it: 62 at most.
        let code = ((offset & lowest) &<< 1 | 1) &<< units
        bits.append(code, Int(truncatingIfNeeded: units &+ 1 &+ width), to: &words)
      } else {
        bits.append(0, escape, to: &words)
        bits.append(offset, 64, to: &words)
      }
    }
    return bits.finish(in: &words)
  }

  // MARK: Reading

  static func read(
    _ count: Int, from reader: inout ByteReader, into values: inout [Int64]
  ) throws(ByteError) {
    let start = reader.offset
    guard count > 0 else { throw ByteError(offset: start, expected: "Rice codes of some values") }
    let smallest = try reader.readZigzag()
    let width = Int(try reader.readByte())
    guard width <= maximumWidth else {
      throw ByteError(offset: start, expected: "a width of 0 to \(maximumWidth)")
    }
    var position = 0
    reader.openBits().lend { bits in
      values.append(count: count) { _ in
        let offset = offset(at: &position, width, bits)
        return smallest &+ Int64(bitPattern: offset)  // wraps where no writer would
      }
    }
    guard try reader.readBits(position).isZero(from: position) else {
      throw ByteError(offset: start, expected: "zeros after the last bit")
    }
  }

  /// Takes the next value's offset.
  @inline(__always)
  private static func offset(at position: inout Int, _ width: Int, _ bits: LentBits) -> UInt64 {
    let word = bits.word(at: position)
    let zeros = word.trailingZeroBitCount
    if zeros >= escape {
      position &+= escape &+ 64
      return bits.number(at: position &- 64, 64)
    }
    let start = position &+ zeros &+ 1
    position = start &+ width
    let units = UInt64(truncatingIfNeeded: zeros) &<< UInt64(truncatingIfNeeded: width)
    // What one load gives has room for zeros, the one and 32 bits.
    if width > LentBits.least - escape - 1 { return units | bits.number(at: start, width) }
    let lowest = word &>> UInt64(truncatingIfNeeded: zeros &+ 1)
    return units | lowest & (1 &<< UInt64(truncatingIfNeeded: width) &- 1)
  }
}
