import Determinism
import Testing

@Suite struct DigestHasherTests {
  private func digest(_ words: [UInt64], domain: UInt64 = 0) -> UInt64 {
    var hasher = DigestHasher(domain: domain)
    for word in words { hasher.combine(word) }
    return hasher.finalize()
  }

  /// Made by tools/reference/digests.py, which is written from the documentation.
  @Test func `the vectors of the stranger's version come out`() {
    let rows: [(domain: UInt64, empty: UInt64, words: UInt64, bytes: UInt64, text: UInt64)] = [
      (
        0x0000_0000_0000_0000, 0x2957_75a8_cd6d_4aaa, 0xe859_90ec_3ae8_e098,
        0xf9b1_9aaf_6f15_cf51, 0x239d_c801_cca6_e65e
      ),
      (
        0x0000_0000_0000_0001, 0xdcac_2062_8f2c_1e54, 0x96f2_5f10_5019_8ccd,
        0xe38f_9267_724b_3bd6, 0xf110_a3a6_5708_0ae3
      ),
      (
        0x243f_6a88_85a3_08d3, 0xae86_6421_94e6_b4e6, 0xa498_1a12_9637_1a0f,
        0x8585_4f40_8996_e8a9, 0xbb8d_3501_4462_1623
      ),
    ]
    for row in rows {
      #expect(digest([], domain: row.domain) == row.empty)
      #expect(digest([1, 2, 3], domain: row.domain) == row.words)
      var bytes = DigestHasher(domain: row.domain)
      bytes.combine([1, 2, 3, 4, 5, 6, 7, 8, 9] as [UInt8])
      #expect(bytes.finalize() == row.bytes)
      var text = DigestHasher(domain: row.domain)
      text.combine("tape")
      #expect(text.finalize() == row.text)
    }
  }

  @Test func `a signed word is its bits, and a text its bytes`() {
    var signed = DigestHasher(domain: 3)
    signed.combine(Int64(-2))
    #expect(signed.finalize() == digest([.max - 1], domain: 3))
    var text = DigestHasher(domain: 3)
    text.combine("\u{e9}")
    #expect(text.finalize() == digest([2, 0xa9c3], domain: 3))
  }

  @Test func `bytes are words of eight, the last filled up with zeros`() {
    let key = NoiseKey(seed: 1, entity: "digest", purpose: "bytes")
    for count in 0...200 {
      let bytes = (0..<count).map {
        UInt8(key.integer(below: 256, tick: Int64(count), slot: UInt32($0), draw: 0))
      }
      var words = [UInt64](repeating: 0, count: (count + 7) / 8)
      for (place, byte) in bytes.enumerated() {
        words[place / 8] |= UInt64(byte) << UInt64(8 * (place % 8))
      }
      var hasher = DigestHasher(domain: 3)
      hasher.combine(bytes)
      #expect(hasher.finalize() == digest([UInt64(count)] + words, domain: 3))
    }
  }

  @Test func `the count keeps zero bytes apart`() {
    let digests = (0...64).map { count in
      var hasher = DigestHasher(domain: 0)
      hasher.combine([UInt8](repeating: 0, count: count))
      return hasher.finalize()
    }
    #expect(Set(digests).count == 65)
  }

  @Test func `no factor of zero forgets the state or the word`() {
    // A word equal to the first secret makes one side of the product zero.
    let annihilator: UInt64 = 0x243f_6a88_85a3_08d3
    #expect(Set((0..<1000).map { digest([$0, annihilator]) }).count == 1000)
    #expect(Set((0..<1000).map { digest([annihilator, $0]) }).count == 1000)
    // The domain is combined like a word, with a state of zero.
    #expect(Set((0..<1000).map { digest([], domain: annihilator ^ $0) }).count == 1000)
  }

  @Test func `a million structured inputs have a million digests`() {
    var digests: [UInt64] = []
    digests.reserveCapacity(1 << 20)
    // Two small numbers, and both in high positions: what prices, counts and identifiers look like.
    for left in UInt64(0)..<512 {
      for right in UInt64(0)..<512 {
        digests.append(digest([left, right]))
        digests.append(digest([(left + 1) << 32, right << 48]))
        digests.append(digest([left, right, 0]))
        digests.append(digest([left &- 256, right << 20], domain: 1))
      }
    }
    digests.sort()
    #expect(digests.count == 1 << 20)
    #expect(zip(digests, digests.dropFirst()).allSatisfy { $0 != $1 })
    // The low 20 bits, as a sum or a table would see them: 1 - 1/e of the values are hit.
    var seen = [Bool](repeating: false, count: 1 << 20)
    for digest in digests { seen[Int(digest & 0xf_ffff)] = true }
    let share = Double(seen.count { $0 }) / Double(1 << 20)
    #expect((share - 0.632_12).magnitude < 0.002)
  }

  @Test func `all differences of one and two bits are told apart`() {
    var digests: [UInt64] = [digest([0, 0, 0, 0])]
    for first in 0..<256 {
      for second in first..<256 {
        var words: [UInt64] = [0, 0, 0, 0]
        words[first / 64] ^= 1 << UInt64(first % 64)
        if second != first { words[second / 64] ^= 1 << UInt64(second % 64) }
        digests.append(digest(words))
      }
    }
    #expect(Set(digests).count == digests.count)
  }

  @Test(arguments: [0, 1, 2])
  func `one bit of input turns each bit of the digest half the time`(_ position: Int) {
    let key = NoiseKey(seed: 2, entity: "digest", purpose: "test")
    let rounds = 1000
    var worst = 0.0
    var total = 0
    for bit in UInt64(0)..<64 {
      var turned = [Int](repeating: 0, count: 64)
      for round in 0..<rounds {
        var words = (0..<3).map { key.bits(tick: Int64(round), slot: UInt32(bit), draw: $0) }
        let before = digest(words)
        words[position] ^= 1 << bit
        var difference = before ^ digest(words)
        while difference != 0 {
          turned[difference.trailingZeroBitCount] += 1
          difference &= difference - 1
        }
      }
      for count in turned {
        worst = max(worst, (Double(count) / Double(rounds) - 0.5).magnitude)
        total += count
      }
    }
    // 4096 shares with a standard deviation of 0.0158: five of them are 0.079.
    #expect(worst < 0.079)
    #expect((Double(total) / Double(rounds * 4096) - 0.5).magnitude < 0.001_5)
  }
}
