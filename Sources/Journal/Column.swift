import MarketModel

/// How a column is stored.
///
/// A block holds up to 128 values: zigzag varint of the smallest, a width of 0 to 64 in one byte,
/// then each value less the smallest in that many bits, lowest bit first, zeros up to a byte.
/// Differences wrap around at 64 bits. Bins take part only where the kind of event allows them,
/// because they take longer.
enum ColumnEncoding: UInt8 {
  /// Zigzag varint of the value that all have.
  case constant = 0
  /// Blocks.
  case packed = 1
  /// Zigzag varint of the first value, blocks of the differences.
  case delta = 2
  /// One value that many have, and the others with their places.
  case common = 3
  /// Zigzag varint of the first value, common of the differences.
  case deltaCommon = 4
  /// Intervals of values with a prefix code.
  case bins = 5
  /// Zigzag varint of the first value, bins of the differences.
  case deltaBins = 6
  /// Lowest bits, and what is above them in unary.
  case rice = 7
  /// Zigzag varint of the first value, Rice codes of the differences.
  case deltaRice = 8
}

/// One field of many events, stored as compactly as one of nine encodings can.
enum Column {
  static let blockCount = 128

  /// Reads a column of `count` values to the end of `values`.
  ///
  /// The structure is checked; that the encoding is the one a writer takes is not, as that costs
  /// as much as writing (`EventFrame.decode` does it where it is asked to).
  static func read(
    _ count: Int, mayBin: Bool, from reader: inout ByteReader, into values: inout [Int64]
  ) throws(ByteError) {
    if count == 0 { return }
    let start = reader.offset
    guard let encoding = ColumnEncoding(rawValue: try reader.readByte()) else {
      throw ByteError(offset: start, expected: "a column encoding, 0 to 8")
    }
    switch encoding {
    case .constant: values.append(contentsOf: repeatElement(try reader.readZigzag(), count: count))
    case .packed: try Blocks.read(count, from: &reader, into: &values)
    case .delta, .deltaCommon, .deltaBins, .deltaRice:
      let first = values.count
      values.append(try reader.readZigzag())
      switch encoding {
      case .delta: try Blocks.read(count - 1, from: &reader, into: &values)
      case .deltaCommon: try CommonValue.read(count - 1, from: &reader, into: &values)
      case .deltaRice: try RiceCode.read(count - 1, from: &reader, into: &values)
      default: try Bins.read(count - 1, mayBin, from: &reader, into: &values)
      }
      addUp(&values, from: first)
    case .common: try CommonValue.read(count, from: &reader, into: &values)
    case .bins: try Bins.read(count, mayBin, from: &reader, into: &values)
    case .rice: try RiceCode.read(count, from: &reader, into: &values)
    }
  }

  /// Reads a column where it says of one value that all have it, and returns that; nil where it
  /// does not, and nothing was read.
  static func readConstant(from reader: inout ByteReader) throws(ByteError) -> Int64? {
    var ahead = reader
    guard try ahead.readByte() == ColumnEncoding.constant.rawValue else { return nil }
    reader = ahead
    return try reader.readZigzag()
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

extension [Int64] {
  /// Appends `count` values: those of the places from 0 on.
  @inline(__always)
  mutating func append(count: Int, from value: (Int) -> Int64) {
    let first = self.count
    append(contentsOf: repeatElement(0, count: count))
    var values = mutableSpan
    for place in 0..<count {
      // Safe: there are `count` of them from the first one on.
      unsafe values[unchecked: first &+ place] = value(place)
    }
  }
}
