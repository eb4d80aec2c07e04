import MarketModel
import Testing

/// Bits that are read a word at a time, against bits that are read one by one.
struct BitSourceTests {
  /// The bits of bytes from a place on, read one by one; 0 beyond the end.
  private func naive(_ bytes: [UInt8], from start: Int, at position: Int, _ width: Int) -> UInt64 {
    var value: UInt64 = 0
    for bit in 0..<width {
      let place = 8 * start + position + bit
      guard place / 8 < bytes.count else { break }
      value |= UInt64(bytes[place / 8] >> UInt8(place % 8) & 1) << UInt64(bit)
    }
    return value
  }

  @Test func `numbers of every width are those of their bits, up to the end and beyond`() throws {
    let bytes = (0..<31).map { UInt8(truncatingIfNeeded: $0 &* 151 &+ 97) }
    var reader = ByteReader(bytes)
    _ = try reader.readRaw(3)
    reader.openBits().lend { bits in
      for position in 0..<8 * 31 {
        for width in 0...64 {
          let expected = naive(bytes, from: 3, at: position, width)
          #expect(bits.number(at: position, width) == expected)
        }
        let mask: UInt64 = 1 << UInt64(LentBits.least) - 1
        let expected = naive(bytes, from: 3, at: position, LentBits.least)
        #expect(bits.word(at: position) & mask == expected)
      }
    }
  }

  @Test func `what fills the last byte up is looked at, and nothing after it`() throws {
    for count in 1...130 {
      for bit in 0..<8 * ((count + 7) / 8) {
        var bytes = [UInt8](repeating: 0, count: (count + 7) / 8 + 1)
        bytes[bytes.count - 1] = 0xFF
        bytes[bit / 8] |= 1 << UInt8(bit % 8)
        var reader = ByteReader(bytes)
        let bits = try reader.readBits(count)
        #expect(bits.isZero(from: count) == (bit < count))
        #expect(bits.isZero(from: bit + 1))
        #expect(!bits.isZero(from: bit))
      }
    }
  }
}
