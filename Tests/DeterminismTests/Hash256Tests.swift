import Determinism
import Testing

@Suite struct Hash256Tests {
  static let bytes = (0..<32).map { UInt8($0 * 7 + 1) }

  @Test func `bytes, words and digits agree`() throws {
    let hash = try #require(Hash256(bytes: Self.bytes))
    #expect(hash.word0 == 0x0108_0f16_1d24_2b32)
    #expect(hash.bytes == Self.bytes)
    #expect(hash.prefix16 == Array(Self.bytes[..<16]))
    #expect(hash.hexadecimal.hasPrefix("01080f161d242b32"))
    #expect(hash.hexadecimal.count == 64)
    #expect(Hash256(hexadecimal: hash.hexadecimal) == hash)
    #expect(Hash256(hexadecimal: hash.hexadecimal.uppercased()) == hash)
  }

  @Test func `other counts and other characters are refused`() {
    for count in [0, 1, 31, 33, 64] {
      #expect(Hash256(bytes: [UInt8](repeating: 0, count: count)) == nil)
      #expect(Hash256(hexadecimal: String(repeating: "00", count: count)) == nil)
    }
    let digits = String(repeating: "a", count: 63)
    for text in [
      digits, digits + "g", digits + " ", digits + "aa", digits + "\u{e9}", digits + ":",
    ] {
      #expect(Hash256(hexadecimal: text) == nil)
    }
  }

  @Test func `the order is that of the bytes, first byte first`() throws {
    for position in 0..<32 {
      var greater = Self.bytes
      greater[position] += 1
      for later in (position + 1)..<33 where later < 32 { greater[later] = 0 }
      let (left, right) = (Hash256(bytes: Self.bytes), Hash256(bytes: greater))
      #expect(try #require(left) < #require(right))
      #expect(try !(#require(right) < #require(left)))
    }
    #expect(!(Hash256.zero < Hash256.zero))
    #expect(Hash256.zero.bytes == [UInt8](repeating: 0, count: 32))
  }
}
