/// Appends values to a byte array, little-endian: the canonical encoding of everything that is
/// hashed or stored outside of event columns.
public struct ByteWriter: Sendable {
  /// What was written so far.
  public private(set) var bytes: [UInt8] = []

  /// Creates an empty writer.
  public init() {}

  /// Appends one byte.
  public mutating func write(_ value: UInt8) { bytes.append(value) }

  /// Appends 4 bytes.
  public mutating func write(_ value: UInt32) {
    // Safe: the bytes of a number, and no longer than it lives.
    unsafe withUnsafeBytes(of: value.littleEndian) { unsafe bytes.append(contentsOf: $0) }
  }

  /// Appends 8 bytes.
  public mutating func write(_ value: UInt64) {
    // Safe: as above.
    unsafe withUnsafeBytes(of: value.littleEndian) { unsafe bytes.append(contentsOf: $0) }
  }

  /// Appends the first `count` bits of some words, lowest first, and what fills their last byte up.
  ///
  /// - Precondition: the words have that many bits.
  /// - Complexity: O(count).
  public mutating func write(bits count: Int, of words: borrowing Span<UInt64>) {
    let size = (count + 7) / 8
    precondition(size <= 8 * words.count, "Invariant: only bits that there are can be written")
    if UInt64(1).littleEndian == 1 {
      // Safe: the bytes of the words, and no longer than they live.
      unsafe words.withUnsafeBytes { unsafe bytes.append(contentsOf: $0.prefix(size)) }
    } else {
      for index in 0..<size {
        bytes.append(UInt8(truncatingIfNeeded: words[index / 8] >> UInt64(8 * (index % 8))))
      }
    }
  }

  /// Takes memory for that many bytes at once.
  public mutating func reserve(_ size: Int) { bytes.reserveCapacity(size) }

  /// Writes a count of 4 bytes over those at an offset.
  ///
  /// - Precondition: 4 bytes were written there.
  public mutating func overwrite(count: Int, at offset: Int) {
    for index in 0..<4 { bytes[offset + index] = UInt8(truncatingIfNeeded: count >> (8 * index)) }
  }

  /// Appends 8 bytes, two's complement.
  public mutating func write(_ value: Int64) { write(UInt64(bitPattern: value)) }

  /// Appends 4 bytes, two's complement.
  public mutating func write(_ value: Int32) { write(UInt32(bitPattern: value)) }

  /// Appends 1 for true, 0 for false.
  public mutating func write(_ value: Bool) { bytes.append(value ? 1 : 0) }

  /// Appends the IEEE 754 bits of a number, 8 bytes.
  public mutating func write(_ value: Double) { write(value.bitPattern) }

  /// Appends a count of 4 bytes.
  public mutating func write(count: Int) { write(UInt32(count)) }

  /// Appends a length of 4 bytes and the UTF-8 of a text.
  public mutating func write(_ text: String) { write(sized: Array(text.utf8)) }

  /// Appends a length of 4 bytes and the bytes.
  public mutating func write(sized content: [UInt8]) {
    write(UInt32(content.count))
    bytes.append(contentsOf: content)
  }

  /// Appends bytes as they are.
  public mutating func write(raw content: [UInt8]) { bytes.append(contentsOf: content) }

  /// Appends an unsigned number, 7 bits a byte, lowest first.
  public mutating func write(varint value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  /// Appends a signed number as a zigzag varint.
  public mutating func write(zigzag value: Int64) {
    write(varint: UInt64(bitPattern: (value << 1) ^ (value >> 63)))
  }
}

/// Bytes that do not hold what was expected.
public struct ByteError: Error, Equatable, Sendable {
  /// Where, in bytes from the beginning of what was read.
  public let offset: Int
  /// What was expected there.
  public let expected: String

  /// Creates an error.
  public init(offset: Int, expected: String) {
    self.offset = offset
    self.expected = expected
  }
}

/// Reads values from a byte array, little-endian, with every length checked before use.
public struct ByteReader: Sendable {
  private let bytes: [UInt8]
  /// The position of the next byte.
  public private(set) var offset: Int
  private let end: Int

  /// Creates a reader over a whole array.
  public init(_ bytes: [UInt8]) {
    self.init(bytes, from: 0, to: bytes.count)
  }

  /// Creates a reader over a part of an array.
  ///
  /// - Precondition: the bounds lie within the array.
  public init(_ bytes: [UInt8], from start: Int, to end: Int) {
    precondition(start >= 0 && start <= end && end <= bytes.count, "Invariant: bounds are within")
    self.bytes = bytes
    offset = start
    self.end = end
  }

  /// How many bytes are left.
  public var remaining: Int { end - offset }

  private mutating func take(_ count: Int, _ expected: String) throws(ByteError) -> Int {
    guard count >= 0, count <= remaining else {
      throw ByteError(offset: offset, expected: expected)
    }
    let start = offset
    offset += count
    return start
  }

  /// Reads one byte.
  public mutating func readByte() throws(ByteError) -> UInt8 {
    bytes[try take(1, "one byte")]
  }

  /// Reads 4 bytes.
  public mutating func readUInt32() throws(ByteError) -> UInt32 {
    let start = try take(4, "4 bytes")
    var value: UInt32 = 0
    for index in 0..<4 { value |= UInt32(bytes[start + index]) << UInt32(8 * index) }
    return value
  }

  /// Reads 8 bytes.
  public mutating func readUInt64() throws(ByteError) -> UInt64 {
    let start = try take(8, "8 bytes")
    var value: UInt64 = 0
    for index in 0..<8 { value |= UInt64(bytes[start + index]) << UInt64(8 * index) }
    return value
  }

  /// Reads 8 bytes, two's complement.
  public mutating func readInt64() throws(ByteError) -> Int64 {
    Int64(bitPattern: try readUInt64())
  }

  /// Reads 4 bytes, two's complement.
  public mutating func readInt32() throws(ByteError) -> Int32 {
    Int32(bitPattern: try readUInt32())
  }

  /// Reads a byte that is 0 or 1.
  public mutating func readBool() throws(ByteError) -> Bool {
    let byte = try readByte()
    guard byte <= 1 else { throw ByteError(offset: offset - 1, expected: "0 or 1") }
    return byte == 1
  }

  /// Reads a number from its IEEE 754 bits; NaN and -0 are refused.
  public mutating func readDouble() throws(ByteError) -> Double {
    let value = Double(bitPattern: try readUInt64())
    guard !value.isNaN, !(value == 0 && value.sign == .minus) else {
      throw ByteError(offset: offset - 8, expected: "a number that is neither NaN nor -0")
    }
    return value
  }

  /// Reads a count of 4 bytes, at most `limit`.
  public mutating func readCount(limit: Int) throws(ByteError) -> Int {
    let count = Int(try readUInt32())
    guard count <= limit else {
      throw ByteError(offset: offset - 4, expected: "a count of at most \(limit)")
    }
    return count
  }

  /// Reads a length of 4 bytes and that many bytes.
  public mutating func readSized(limit: Int) throws(ByteError) -> [UInt8] {
    let count = try readCount(limit: limit)
    return try readRaw(count)
  }

  /// Reads that many bytes.
  public mutating func readRaw(_ count: Int) throws(ByteError) -> [UInt8] {
    let start = try take(count, "\(count) bytes")
    return Array(bytes[start..<start + count])
  }

  /// Reads a length of 4 bytes and that much UTF-8.
  public mutating func readText(limit: Int = Limits.maximumTextSize) throws(ByteError) -> String {
    let start = offset
    let content = try readSized(limit: limit)
    guard let text = String(validating: content, as: UTF8.self) else {
      throw ByteError(offset: start, expected: "UTF-8 text")
    }
    return text
  }

  /// Reads an unsigned varint; a longer form than needed is refused.
  public mutating func readVarint() throws(ByteError) -> UInt64 {
    let start = offset
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = try readByte()
      guard shift < 63 || byte <= 1 else { break }
      value |= UInt64(byte & 0x7F) << shift
      if byte & 0x80 == 0 {
        if byte == 0 && shift > 0 { break }
        return value
      }
      shift += 7
    }
    throw ByteError(offset: start, expected: "a varint in its shortest form")
  }

  /// Reads a zigzag varint.
  public mutating func readZigzag() throws(ByteError) -> Int64 {
    let value = try readVarint()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  /// Reads that many bits, and what fills their last byte up.
  public mutating func readBits(_ count: Int) throws(ByteError) -> BitSource {
    let start = try take((count + 7) / 8, "\(count) bits")
    return BitSource(bytes, from: start, to: offset)
  }

  /// The bits from here to the end, none of them taken.
  public func openBits() -> BitSource { BitSource(bytes, from: offset, to: end) }

  /// Checks that nothing is left.
  public func expectEnd() throws(ByteError) {
    guard remaining == 0 else { throw ByteError(offset: offset, expected: "the end") }
  }
}
