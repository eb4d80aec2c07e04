import JournalFiles
import Testing

@Suite struct ReaderTests {
  /// Its frames are large enough to be seen half written.
  static let recording = RecordedCalls(seed: 4, ticks: 30, largest: 200_000)

  @Test func `readers see a prefix while a writer is at work`() throws {
    let folder = try Folder()
    let campaign = ReaderCampaign(Self.recording, "\(folder.path)/run.tape")
    try campaign.run(seconds: 1.5, readers: 4, reads: 101, tapes: 3)
    #expect(campaign.failures.prefix(3) == [])
  }

  @Test func `the campaign finds readers that lose events`() throws {
    let folder = try Folder()
    let campaign = ReaderCampaign(Self.recording, "\(folder.path)/run.tape") {
      _ = $0.records.popLast()
    }
    try campaign.run(seconds: 0.3, readers: 2)
    #expect(!campaign.failures.isEmpty)
  }
}
