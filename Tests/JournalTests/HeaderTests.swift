import Determinism
import MarketModel
import Testing

@testable import Journal

struct HeaderTests {
  private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
  }

  @Test func `the file header has fixed bytes`() throws {
    let header = FileHeader(sessionId: SHA256.hash(Array("abc".utf8)))
    let expected =
      "89544150450d0a1a" + "0100" + "0000" + "00000000" + "00000000"
      + "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
      + "0000000000000000"
    #expect(hexadecimal(Array(header.bytes[..<60])) == expected)
    #expect(header.bytes.count == 64)
    #expect(try FileHeader(header.bytes) == header)
    let checksum = CRC32CReference.checksum(Array(header.bytes[..<60]).span)
    #expect(Array(header.bytes[60...]) == little(checksum))
  }

  private func little(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
  }

  @Test func `the frame header has fixed bytes`() throws {
    var header = FrameHeader(
      kind: .events, firstSequence: 0x0102_0304_0506_0708, firstTick: -2, count: 3, index: 9)
    header.codec = .lz4
    header.storedLength = 100
    header.rawLength = 300
    header.payloadChecksum = 0xDEAD_BEEF
    header.chain = ChainLink(bytes: (0..<16).map { $0 })
    let expected =
      "5446524d" + "03" + "01" + "0000" + "64000000" + "2c010000" + "0807060504030201"
      + "feffffffffffffff" + "03000000" + "efbeadde" + "000102030405060708090a0b0c0d0e0f"
      + "09000000"
    #expect(hexadecimal(Array(header.bytes[..<60])) == expected)
    let checksum = CRC32CReference.checksum(Array(header.bytes[..<60]).span)
    #expect(Array(header.bytes[60...]) == little(checksum))
    #expect(header.frameLength == 64 + 100 + 4)
  }

  @Test func `headers that text modes or the wrong byte order mangled are named`() {
    let good = FileHeader(sessionId: .zero).bytes
    var text = good
    text.remove(at: 5)
    #expect(throws: JournalError.notATape(found: Array(text.prefix(8)))) { try FileHeader(text) }
    var swapped = good
    swapped.swapAt(8, 9)
    #expect(throws: JournalError.headerDamaged) { try FileHeader(swapped) }
  }

  @Test func `another major version or a needed feature is refused, a minor one is not`() throws {
    func changed(_ place: Int, _ value: UInt8) -> [UInt8] {
      var bytes = FileHeader(sessionId: .zero).bytes
      bytes[place] = value
      bytes.replaceSubrange(60..<64, with: little(CRC32C.checksum(Array(bytes[..<60]))))
      return bytes
    }
    for (place, error) in [
      (8, JournalError.unsupportedVersion(major: 2, minor: 0, features: 0)),
      (12, .unsupportedVersion(major: 1, minor: 0, features: 2)), (52, .headerDamaged),
    ] {
      #expect(throws: error) { try FileHeader(changed(place, 2)) }
    }
    for place in [10, 16] { _ = try FileHeader(changed(place, 2)) }
  }

  @Test func `a checksum that is zero is a checksum like any other`() throws {
    // CRC32C of no bytes is 0; so is the length of the payload.
    var header = FrameHeader(kind: .chunk, firstSequence: 0, firstTick: 0, count: 0, index: 1)
    #expect(try FramePayload.check(header, [], decompressing: true) == [])
    header.payloadChecksum = 1
    #expect(throws: FrameFault.payloadChecksum(expected: 1, found: 0)) {
      try FramePayload.check(header, [], decompressing: true)
    }
    // These four bytes have the checksum 0.
    let zero: [UInt8] = [0xAB, 0x9B, 0xE0, 0x9B]
    header = FrameHeader(kind: .chunk, firstSequence: 0, firstTick: 0, count: 0, index: 1)
    header.storedLength = 4
    header.rawLength = 4
    header.payloadChecksum = 0
    #expect(CRC32C.checksum(zero) == 0)
    let content = zero + [0, 0, 0, 0]
    #expect(try FramePayload.check(header, content, decompressing: true) == zero)
  }
}
