import JournalFiles
import MarketModel
import TestSupport
import Testing

@Suite struct PowerCutTests {
  static let small = RecordedCalls(seed: 1, ticks: 30, largest: 3_000)
  /// Some of its notes are frames of their own, of more than one part.
  static let large = RecordedCalls(seed: 2, ticks: 20, largest: 1_400_000)

  @Test(arguments: [Durability.tick, .frame], DurabilityCampaign.Before.allCases)
  func `no acknowledged event is lost to a power cut, and no torn write is taken for rot`(
    durability: Durability, before: DurabilityCampaign.Before
  ) {
    var campaign = DurabilityCampaign(Self.small, durability, before)
    campaign.cutPower(50, seed: 1)
    #expect(campaign.failures.prefix(5) == [])
    #expect(campaign.count == 50)
  }

  @Test(arguments: [Durability.tick, .frame])
  func `large values survive a power cut too`(durability: Durability) {
    var campaign = DurabilityCampaign(Self.large, durability, .nothing)
    campaign.cutPower(20, seed: 2)
    #expect(campaign.failures.prefix(5) == [])
  }

  @Test func `the recordings have what campaigns are to meet`() {
    // Frames, notes of more than one sector, and values that are frames of their own.
    #expect(Self.small.frameCount > 10 && Self.small.notes { $0 > 1_024 } > 5)
    #expect(Self.large.notes { $0 > 1 << 20 } > 0 && Self.large.notes { $0 > 32 << 10 } > 2)
    #expect(ReaderTests.recording.notes { $0 > 32 << 10 } > 3)
  }

  // MARK: Canaries

  @Test(
    .enabled(if: Effort.isFull, "a campaign of a tenth the size need not find it"),
    arguments: [".tape", ".tail", ".mark", "/"])
  func `the campaign finds a disk that ignores a sync`(name: String) {
    var campaign = DurabilityCampaign(Self.small, .tick, .nothing)
    campaign.ignoringSyncs = [name]
    for seed in 0..<40 as Range<UInt64> where campaign.failures.isEmpty {
      campaign.cutPower(100, seed: seed)
    }
    #expect(!campaign.failures.isEmpty)
  }

  @Test(arguments: [Durability.tick, .frame])
  func `the campaign finds a writer that acknowledges before it syncs`(durability: Durability) {
    var campaign = DurabilityCampaign(Self.small, durability, .nothing)
    campaign.acknowledgesAtOnce = true
    campaign.cutPower(50, seed: 4)
    #expect(!campaign.failures.isEmpty)
  }

  @Test func `the campaign finds a reader that cuts silently, and one that repeats`() {
    var campaign = DurabilityCampaign(Self.small, .tick, .nothing)
    campaign.misreading = { _ = $0.records.popLast() }
    campaign.cutPower(50, seed: 5)
    #expect(!campaign.failures.isEmpty)
    campaign = DurabilityCampaign(Self.small, .frame, .nothing)
    campaign.misreading = { if let last = $0.records.last { $0.records.append(last) } }
    campaign.cutPower(50, seed: 6)
    #expect(!campaign.failures.isEmpty)
  }
}
