import Determinism
import Testing

@Suite struct CRC32CTests {
  // RFC 3720, B.4, and the check value of the CRC catalogue.
  static let vectors: [(bytes: [UInt8], checksum: UInt32)] = [
    ([], 0),
    (Array("123456789".utf8), 0xe306_9283),
    ([UInt8](repeating: 0, count: 32), 0x8a91_36aa),
    ([UInt8](repeating: 0xff, count: 32), 0x62a8_ab43),
    (Array(0..<32), 0x46dd_794e),
    (Array((0..<32).reversed()), 0x113f_db5c),
    (
      [
        0x01, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x14, 0, 0, 0, 0, 0, 0x04, 0,
        0, 0, 0, 0x14, 0, 0, 0, 0x18, 0x28, 0, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 0, 0, 0, 0,
      ], 0xd996_3a56
    ),
  ]

  @Test(arguments: vectors.indices)
  func `the RFC's examples come out, from every kind of bytes`(_ index: Int) {
    let (bytes, checksum) = Self.vectors[index]
    #expect(CRC32C.checksum(bytes) == checksum)
    #expect(CRC32C.checksum(bytes.span) == checksum)
    #expect(bytes.withUnsafeBytes { CRC32C.checksum($0) } == checksum)
    #expect(CRC32CReference.checksum(bytes.span) == checksum)
  }

  @Test func `a checksum can be continued at any byte`() {
    let bytes = Array(KernelsTests.bytes[..<100])
    let expected = CRC32C.checksum(bytes)
    for cut in 0...100 {
      let first = CRC32C.checksum(Array(bytes[..<cut]))
      #expect(CRC32C.checksum(Array(bytes[cut...]), continuing: first) == expected)
    }
  }

  @Test func `every flip of one bit is seen`() {
    var bytes = Array(KernelsTests.bytes[..<64])
    let expected = CRC32C.checksum(bytes)
    for bit in 0..<512 {
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(CRC32C.checksum(bytes) != expected)
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
    }
  }
}
