import Determinism
import Testing

@Suite struct PhiloxTests {
  /// Known answers of the Random123 distribution, kat_vectors, philox4x32 with 10 rounds.
  @Test func `the known answers of the paper's library come out`() {
    let ones = UInt32.max
    #expect(
      Philox.block(key0: 0, key1: 0, counter: .init(x0: 0, x1: 0, x2: 0, x3: 0))
        == .init(x0: 0x6627_e8d5, x1: 0xe169_c58d, x2: 0xbc57_ac4c, x3: 0x9b00_dbd8))
    #expect(
      Philox.block(key0: ones, key1: ones, counter: .init(x0: ones, x1: ones, x2: ones, x3: ones))
        == .init(x0: 0x408f_276d, x1: 0x41c8_3b0e, x2: 0xa20b_c7c6, x3: 0x6d54_51fd))
    #expect(
      Philox.block(
        key0: 0xa409_3822, key1: 0x299f_31d0,
        counter: .init(x0: 0x243f_6a88, x1: 0x85a3_08d3, x2: 0x1319_8a2e, x3: 0x0370_7344))
        == .init(x0: 0xd16c_fe09, x1: 0x94fd_cceb, x2: 0x5001_e420, x3: 0x2412_6ea1))
  }
}
