import Foundation
import Testing

@testable import Journal

/// Long campaigns; they run where the environment variable TAPEDECK_SOAK is set.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["TAPEDECK_SOAK"] != nil))
struct SoakTests {
  private static let tape = SampleTape(seed: 9, events: 4_800, perFrame: 120)

  @Test func `every single-bit flip of a tape of 64 KiB is found in its frame`() {
    var campaign = DamageCampaign(Self.tape)
    #expect(Self.tape.bytes.count >= 65_536)
    for bit in 0..<Self.tape.bytes.count * 8 { campaign.flip(bit) }
    #expect(campaign.failures == [])
    #expect(campaign.count == Self.tape.bytes.count * 8)
    print("flips: \(campaign.count) of \(Self.tape.bytes.count) bytes, all found")
  }

  @Test(arguments: [4, 64, 512, 4096])
  func `every zeroed window of a tape of 64 KiB is found in its frames`(window: Int) {
    var campaign = DamageCampaign(Self.tape)
    for start in stride(from: 0, to: Self.tape.bytes.count, by: 4) { campaign.zero(start, window) }
    #expect(campaign.failures == [])
    print("windows of \(window): \(campaign.count), all found")
  }

  @Test func `every truncation of a tape of 64 KiB leaves the whole frames`() {
    var campaign = DamageCampaign(Self.tape)
    for length in Self.tape.bytes.indices { campaign.truncate(length) }
    #expect(campaign.failures == [])
    print("truncations: \(campaign.count), all exact")
  }
}
