import Determinism
import Testing

@Suite struct NoiseKeyTests {
  /// Made by tools/reference/digests.py, which is written from the documentation.
  @Test func `the vectors of the stranger's version come out`() {
    let rows:
      [(
        seed: UInt64, entity: String, purpose: String, tick: Int64, slot: UInt32, draw: UInt32,
        key: [UInt32], block: Philox.Block
      )] = [
        (
          0, "", "", 0, 0, 0, [0xff08_4737, 0xd59d_71f7],
          .init(x0: 0xc948_58e6, x1: 0xae56_70ed, x2: 0x2aac_cd33, x3: 0xef47_644a)
        ),
        (
          0, "", "", -1, 2, 3, [0xff08_4737, 0xd59d_71f7],
          .init(x0: 0xdf2f_90a3, x1: 0xecd9_2a0a, x2: 0x2eec_0ee8, x3: 0x6196_7fdc)
        ),
        (
          0, "", "", 78_187_493_530, 7, .max, [0xff08_4737, 0xd59d_71f7],
          .init(x0: 0x44f0_ed63, x1: 0x539e_f9a2, x2: 0x06ce_23ed, x3: 0x5395_dd70)
        ),
        (
          1, "maker", "decision", 0, 0, 0, [0x70ae_e628, 0x0fa4_1a66],
          .init(x0: 0x9902_fbf0, x1: 0xae83_f1d2, x2: 0xde57_f73d, x3: 0x1a32_8fd1)
        ),
        (
          1, "maker", "decision", -1, 2, 3, [0x70ae_e628, 0x0fa4_1a66],
          .init(x0: 0x5086_0e48, x1: 0x8c0e_57b4, x2: 0xa89e_7a07, x3: 0x53b7_33a1)
        ),
        (
          1, "maker", "decision", 78_187_493_530, 7, .max, [0x70ae_e628, 0x0fa4_1a66],
          .init(x0: 0xe59c_2d09, x1: 0x8feb_5b52, x2: 0x2df6_36a9, x3: 0x1701_e314)
        ),
        (
          .max, "maker-\u{e9}", "latency", 0, 0, 0, [0x99ea_b4de, 0x152b_6497],
          .init(x0: 0xf6cf_915e, x1: 0x09cd_b1f9, x2: 0x8011_5cb8, x3: 0x137f_132f)
        ),
        (
          .max, "maker-\u{e9}", "latency", -1, 2, 3, [0x99ea_b4de, 0x152b_6497],
          .init(x0: 0x497f_0959, x1: 0xd4c0_038a, x2: 0xa0bc_bccf, x3: 0x9cc4_b6b4)
        ),
        (
          .max, "maker-\u{e9}", "latency", 78_187_493_530, 7, .max, [0x99ea_b4de, 0x152b_6497],
          .init(x0: 0x1a70_8c92, x1: 0x04c9_3040, x2: 0x93c8_d848, x3: 0x6ed9_8905)
        ),
      ]
    for row in rows {
      let key = NoiseKey(seed: row.seed, entity: row.entity, purpose: row.purpose)
      #expect([key.key0, key.key1] == row.key)
      #expect(key.block(tick: row.tick, slot: row.slot, draw: row.draw) == row.block)
      #expect(
        key.bits(tick: row.tick, slot: row.slot, draw: row.draw)
          == UInt64(row.block.x1) << 32 | UInt64(row.block.x0))
    }
  }

  @Test func `the border between entity and purpose counts`() {
    let keys = [("ab", "c"), ("a", "bc"), ("abc", ""), ("", "abc"), ("c", "ab")]
      .map { NoiseKey(seed: 1, entity: $0.0, purpose: $0.1) }
    for left in keys.indices {
      for right in keys.indices { #expect((keys[left] == keys[right]) == (left == right)) }
    }
  }

  @Test func `an integer is below its bound, for every size of bound`() {
    let key = NoiseKey(seed: 1, entity: "integer", purpose: "test")
    for shift in UInt64(0)..<64 {
      for draw in UInt32(0)..<50 {
        let bound = UInt64.max >> shift
        #expect(key.integer(below: bound, tick: 0, slot: 0, draw: draw) < bound)
        #expect(key.integer(below: 1, tick: 0, slot: 0, draw: draw) == 0)
      }
    }
  }

  @Test func `an empty range traps`() async {
    await #expect(processExitsWith: .failure) {
      let key = NoiseKey(seed: 1, entity: "", purpose: "")
      _ = key.integer(below: 0, tick: 0, slot: 0, draw: 0)
    }
  }
}
