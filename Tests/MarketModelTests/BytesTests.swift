import MarketModel
import Testing

@Suite struct BytesTests {
  /// One value of every form, and what it must look like.
  private var everything: (ByteWriter, [UInt8]) {
    var writer = ByteWriter()
    writer.write(UInt8(0xAB))
    writer.write(UInt32(0x0403_0201))
    writer.write(UInt64(0x0807_0605_0403_0201))
    writer.write(Int64(-2))
    writer.write(Int32(-2))
    writer.write(true)
    writer.write(1.0)
    writer.write(count: 3)
    writer.write("hé")
    writer.write(sized: [9, 8])
    writer.write(raw: [7])
    writer.write(varint: 300)
    writer.write(zigzag: -2)
    let bytes: [UInt8] =
      [0xAB, 1, 2, 3, 4, 1, 2, 3, 4, 5, 6, 7, 8]
      + [0xFE] + [UInt8](repeating: 0xFF, count: 7) + [0xFE, 0xFF, 0xFF, 0xFF]
      + [1] + [0, 0, 0, 0, 0, 0, 0xF0, 0x3F] + [3, 0, 0, 0]
      + [3, 0, 0, 0, 0x68, 0xC3, 0xA9] + [2, 0, 0, 0, 9, 8] + [7] + [0xAC, 2] + [3]
    return (writer, bytes)
  }

  private func readEverything(_ reader: inout ByteReader) throws {
    #expect(try reader.readByte() == 0xAB)
    #expect(try reader.readUInt32() == 0x0403_0201)
    #expect(try reader.readUInt64() == 0x0807_0605_0403_0201)
    #expect(try reader.readInt64() == -2)
    #expect(try reader.readInt32() == -2)
    #expect(try reader.readBool())
    #expect(try reader.readDouble() == 1)
    #expect(try reader.readCount(limit: 3) == 3)
    #expect(try reader.readText() == "hé")
    #expect(try reader.readSized(limit: 2) == [9, 8])
    #expect(try reader.readRaw(1) == [7])
    #expect(try reader.readVarint() == 300)
    #expect(try reader.readZigzag() == -2)
  }

  @Test func `every form is little-endian and comes back`() throws {
    let (writer, bytes) = everything
    #expect(writer.bytes == bytes)
    var reader = ByteReader(bytes)
    try readEverything(&reader)
    try reader.expectEnd()
    #expect(reader.offset == bytes.count)
  }

  @Test func `a truncation at any byte is an error, within what there is`() throws {
    let bytes = everything.1
    for end in 0..<bytes.count {
      var reader = ByteReader(Array(bytes[..<end]))
      let error = try #require(throws: ByteError.self) { try skipEverything(&reader) }
      #expect(error.offset <= end)
      #expect(!error.expected.isEmpty)
    }
  }

  private func skipEverything(_ reader: inout ByteReader) throws {
    _ = try reader.readByte()
    _ = try reader.readUInt32()
    _ = try reader.readUInt64()
    _ = try reader.readInt64()
    _ = try reader.readInt32()
    _ = try reader.readBool()
    _ = try reader.readDouble()
    _ = try reader.readCount(limit: 3)
    _ = try reader.readText()
    _ = try reader.readSized(limit: 2)
    _ = try reader.readRaw(1)
    _ = try reader.readVarint()
    _ = try reader.readZigzag()
  }

  @Test func `a part of an array is read as if it were all`() throws {
    var reader = ByteReader([1, 2, 3, 4], from: 1, to: 3)
    #expect(reader.remaining == 2)
    #expect(try reader.readByte() == 2)
    #expect(throws: ByteError.self) { try reader.expectEnd() }
    #expect(try reader.readByte() == 3)
    #expect(throws: ByteError.self) { try reader.readByte() }
    try reader.expectEnd()
  }

  @Test func `bounds outside the array trap`() async {
    await #expect(processExitsWith: .failure) { _ = ByteReader([1, 2], from: 1, to: 3) }
    await #expect(processExitsWith: .failure) { _ = ByteReader([1, 2], from: 2, to: 1) }
  }

  @Test func `counts and lengths above their limit are refused before any byte is taken`() {
    var writer = ByteWriter()
    writer.write(UInt32.max)
    for limit in [0, 5, 1 << 20] {
      var reader = ByteReader(writer.bytes)
      #expect(throws: ByteError(offset: 0, expected: "a count of at most \(limit)")) {
        try reader.readCount(limit: limit)
      }
      var sized = ByteReader(writer.bytes)
      #expect(throws: ByteError.self) { try sized.readSized(limit: limit) }
    }
    var long = ByteReader(writer.bytes)
    #expect(throws: ByteError.self) { try long.readSized(limit: Int(UInt32.max)) }
    var negative = ByteReader([1, 2, 3])
    #expect(throws: ByteError.self) { try negative.readRaw(-1) }
  }

  @Test func `flags, texts and numbers that are none are refused`() throws {
    var flag = ByteReader([2])
    #expect(throws: ByteError(offset: 0, expected: "0 or 1")) { try flag.readBool() }
    var text = ByteReader([2, 0, 0, 0, 0xC3, 0x28])
    #expect(throws: ByteError(offset: 0, expected: "UTF-8 text")) { try text.readText() }
    for value in [Double.nan, -Double.nan, .signalingNaN, -0.0] {
      var writer = ByteWriter()
      writer.write(value)
      var reader = ByteReader(writer.bytes)
      #expect(throws: ByteError.self) { try reader.readDouble() }
    }
    for value in [0, 1.5, -1e300, .infinity, Double.leastNonzeroMagnitude] {
      var writer = ByteWriter()
      writer.write(value)
      var reader = ByteReader(writer.bytes)
      #expect(try reader.readDouble() == value)
    }
  }

  @Test func `varints come back from every length`() throws {
    var values: [UInt64] = [0, .max]
    for shift in 0..<64 as Range<UInt64> {
      values += [1 << shift, (1 << shift) - 1, (1 << shift) + 1]
    }
    for value in values {
      var writer = ByteWriter()
      writer.write(varint: value)
      let length = max(1, (64 - value.leadingZeroBitCount + 6) / 7)
      #expect(writer.bytes.count == length)
      var reader = ByteReader(writer.bytes)
      #expect(try reader.readVarint() == value)
      try reader.expectEnd()
      let signed = Int64(bitPattern: value)
      var zigzag = ByteWriter()
      zigzag.write(zigzag: signed)
      var back = ByteReader(zigzag.bytes)
      #expect(try back.readZigzag() == signed)
      for end in 0..<length {
        var short = ByteReader(writer.bytes, from: 0, to: end)
        #expect(throws: ByteError.self) { try short.readVarint() }
      }
    }
    #expect([0, -1, 1, -2, 2].map(zigzagBytes) == [[0], [1], [2], [3], [4]])
  }

  private func zigzagBytes(_ value: Int64) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(zigzag: value)
    return writer.bytes
  }

  @Test func `a varint has only its shortest form`() throws {
    let full = [UInt8](repeating: 0xFF, count: 9)
    let long = [UInt8](repeating: 0x80, count: 9)
    let bad: [[UInt8]] = [
      [0x80, 0], [0xFF, 0], [0x81, 0x80, 0], full + [2], full + [0x81], full + [0x80],
      long + [0], long + [0x80, 1], full + [0x7F],
    ]
    for bytes in bad {
      var reader = ByteReader(bytes)
      #expect(throws: ByteError(offset: 0, expected: "a varint in its shortest form"), "\(bytes)") {
        try reader.readVarint()
      }
    }
    var most = ByteReader(full + [1])
    #expect(try most.readVarint() == .max)
  }
}
