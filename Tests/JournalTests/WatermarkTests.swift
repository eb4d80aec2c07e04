import Testing

@testable import Journal

struct WatermarkTests {
  private func mark(_ number: UInt64) -> Watermark {
    Watermark(
      number: number, offset: 1000 * number, nextSequence: 7, tick: 3, chain: .origin,
      frameCount: 2)
  }

  private func file(_ marks: [Watermark]) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 2 * Watermark.slotSize)
    for mark in marks {
      let start = mark.slot * Watermark.slotSize
      bytes.replaceSubrange(start..<start + Watermark.slotSize, with: mark.bytes)
    }
    return bytes
  }

  @Test func `the newest of two slots counts`() {
    #expect(Watermark.newest(in: file([mark(1)])) == mark(1))
    #expect(Watermark.newest(in: file([mark(1), mark(2)])) == mark(2))
    #expect(Watermark.newest(in: file([mark(3), mark(2)])) == mark(3))
    #expect(Watermark.newest(in: file([])) == nil)
    #expect(Watermark.newest(in: []) == nil)
  }

  @Test func `slots alternate and are 4 KiB`() {
    #expect(mark(1).slot != mark(2).slot)
    #expect(mark(1).slot == mark(3).slot)
    #expect(mark(1).bytes.count == 4096)
  }

  @Test func `any damage to the newest slot leaves the older one`() {
    let whole = file([mark(1), mark(2)])
    let start = mark(2).slot * Watermark.slotSize
    for bit in 0..<64 * 8 {
      var bytes = whole
      bytes[start + bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(Watermark.newest(in: bytes) == mark(1))
    }
    let first = file([mark(2), mark(3)])
    for length in 0..<64 {
      // A write of slot 1 that stopped within it, over what was there before.
      var torn = first
      let place = mark(3).slot * Watermark.slotSize
      torn.replaceSubrange(place..<place + 64, with: file([mark(1)])[place..<place + 64])
      torn.replaceSubrange(
        place..<place + length, with: mark(3).bytes[..<length])
      let found = Watermark.newest(in: torn)
      #expect(found == mark(2) || found == mark(3))
    }
  }

  @Test func `every truncation is read without a trap`() {
    let whole = file([mark(1), mark(2)])
    for length in [0, 1, 63, 64, 4095, 4096, 4097, 4159, 4160, 8191] {
      _ = Watermark.newest(in: Array(whole[..<length]))
    }
    #expect(Watermark.newest(in: Array(whole[..<4159])) == mark(2))
  }
}
