import DiskSupport
import Foundation
import JournalFiles
import Testing

/// Long campaigns; they run where the environment variable TAPEDECK_SOAK is set.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["TAPEDECK_SOAK"] != nil))
struct SoakTests {
  @Test(arguments: [Durability.tick, .frame], DurabilityCampaign.Before.allCases)
  func `1,200 power cuts lose nothing that was acknowledged`(
    durability: Durability, before: DurabilityCampaign.Before
  ) {
    var campaign = DurabilityCampaign(PowerCutTests.small, durability, before)
    campaign.cutPower(1_200, seed: 7)
    #expect(campaign.failures.prefix(5) == [])
    print("power cuts: \(campaign.count), \(durability), \(before): \(campaign.outcomes)")
  }

  @Test(arguments: Durability.allCases, DurabilityCampaign.Before.allCases)
  func `no call that fails loses anything that was acknowledged`(
    durability: Durability, before: DurabilityCampaign.Before
  ) {
    var campaign = DurabilityCampaign(PowerCutTests.small, durability, before)
    for fault in Fault.allCases {
      campaign.failEachCall(fault, isLasting: false)
      if !fault.isInvisible { campaign.failEachCall(fault, isLasting: true) }
    }
    #expect(campaign.failures.prefix(5) == [])
    print("faults: \(campaign.count), \(durability), \(before): \(campaign.outcomes)")
  }

  @Test func `readers see a prefix for a minute of writing`() throws {
    let folder = try Folder()
    let campaign = ReaderCampaign(ReaderTests.recording, "\(folder.path)/run.tape")
    try campaign.run(seconds: 60, readers: 4)
    #expect(campaign.failures.prefix(3) == [])
    print("readers: \(campaign.counts.reads) reads of \(campaign.counts.tapes) tapes")
  }

  @Test(arguments: [Durability.tick, .frame])
  func `200 power cuts among large values lose nothing that was acknowledged`(
    durability: Durability
  ) {
    var campaign = DurabilityCampaign(PowerCutTests.large, durability, .nothing)
    campaign.cutPower(200, seed: 8)
    #expect(campaign.failures.prefix(5) == [])
    print("power cuts among large values: \(campaign.count): \(campaign.outcomes)")
  }
}
