import DiskSupport
import JournalFiles
import TestSupport
import Testing

@Suite struct FaultTests {
  static let tiny = RecordedCalls(seed: 3, ticks: 5, largest: 3_000)

  @Test(arguments: Durability.allCases, DurabilityCampaign.Before.allCases)
  func `whichever call fails, the writer says so and nothing that was acknowledged is lost`(
    durability: Durability, before: DurabilityCampaign.Before
  ) {
    var campaign = DurabilityCampaign(Self.tiny, durability, before)
    for fault in Fault.allCases {
      campaign.failEachCall(fault, isLasting: false)
      if !fault.isInvisible { campaign.failEachCall(fault, isLasting: true) }
    }
    #expect(campaign.failures.prefix(5) == [])
    #expect(campaign.count > Effort.of(30))
  }

  @Test(arguments: Fault.allCases)
  func `whichever call fails while a tape is read, the reader says so or reads all`(
    fault: Fault
  ) throws {
    let path = DurabilityCampaign.path
    let content = DurabilityCampaign(Self.tiny, .tick, .unfinished).start()
    let whole = try FileSystem.$calls.withValue(SimulatedDisk(content)) { try FoundTape(path) }
    #expect(whole.records.count > 20)
    for number in 1... {
      let calls = FaultyCalls(SimulatedDisk(content), fault, first: number)
      let found = try? FileSystem.$calls.withValue(calls) { try FoundTape(path) }
      if !calls.wasHit { break }
      if fault.isInvisible { #expect(found != nil) }
      guard let found else { continue }
      #expect(found.records == whole.records, "\(fault), call \(number)")
      #expect(found.status == whole.status, "\(fault), call \(number)")
    }
  }

  @Test func `the campaign finds a failed sync that is not told`() {
    var campaign = DurabilityCampaign(Self.tiny, .tick, .nothing)
    campaign.hidesFaults = true
    campaign.failEachCall(.unsynced, isLasting: true)
    #expect(!campaign.failures.isEmpty)
  }
}
