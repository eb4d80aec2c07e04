import Agents
import Foundation
import Journal
import Market
import MarketModel
import Replay
import Session
import Testing

@testable import JournalFiles

/// A folder that goes with the test.
struct Folder: ~Copyable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "tapedeck-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

@Suite struct TapeWriterTests {
  private func scenario() -> Scenario { RecordedCalls.scenario(seed: 3, ticks: 200) }

  /// Records `count` events (all for nil) and seals the tape if it got that far.
  private func record(
    _ path: String, _ durability: Durability, stopAfter count: Int? = nil,
    acknowledge: ((SequenceNumber) -> Void)? = nil
  ) throws -> [EventRecord] {
    var session = try MarketSession<BuiltInAgents>(scenario: scenario())
    let writer = try TapeWriter(
      path: path, durability: durability, acknowledge: acknowledge)
    var events = EventBuffer()
    var recorder = try JournalRecorder(
      JournalEncoder(genesis: Genesis(scenario: scenario())), output: writer)
    try session.run(into: &events)
    var second = try MarketSession<BuiltInAgents>(scenario: scenario())
    for record in events.records.prefix(count ?? events.records.count) {
      try second.inject(record, into: &recorder)
    }
    if count == nil {
      try recorder.seal(second.state)
      try writer.finish(isSealed: true)
    }
    return events.records
  }

  @Test func `durability never changes the finished bytes, and leaves nothing beside`() throws {
    let folder = try Folder()
    var contents: [[UInt8]] = []
    for durability in Durability.allCases {
      let path = "\(folder.path)/\(durability.rawValue).tape"
      _ = try record(path, durability)
      contents.append(try SmallFile.read(path))
    }
    #expect(contents[0] == contents[1])
    #expect(contents[0] == contents[2])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 3)
  }

  @Test(arguments: [1, 17, 400, 900, 1500])
  func `with durability tick every acknowledged event is there after a crash`(
    count: Int
  ) throws {
    let folder = try Folder()
    let path = "\(folder.path)/run.tape"
    var acknowledged: SequenceNumber = -1
    let records = try record(path, .tick, stopAfter: count) { sequence in
      #expect(sequence > acknowledged)
      acknowledged = sequence
    }
    // The writer is gone without having ended anything: what it left is what a crash leaves.
    let tape = try TapeFile(path: path)
    let (scan, unfinished) = try tape.scan(level: .framing)
    let reader = try JournalReader(tape, scan)
    #expect(reader.scan.damages.isEmpty)
    #expect(!unfinished.isCorrupt)
    var lineage = try Lineage([reader])
    lineage.unfinished = unfinished.records
    #expect(lineage.nextSequence > acknowledged)
    var cursor = lineage.cursor()
    var index = 0
    while let item = try cursor.next() {
      guard case .event(let sequence, .known(let event)) = item else { continue }
      #expect(sequence == SequenceNumber(index))
      #expect(event == records[index])
      index += 1
    }
    #expect(SequenceNumber(index) == lineage.nextSequence)
  }

  @Test(arguments: [0, 500, 5_000])
  func `events beyond what is read of a side file wait for their frame`(limit: Int) throws {
    let folder = try Folder()
    let path = "\(folder.path)/run.tape"
    var acknowledged: SequenceNumber = -1
    let recording = FaultTests.tiny
    for end in stride(from: 1, to: recording.calls.count, by: 7) {
      acknowledged = -1
      let writer = try TapeWriter(
        path, .tick, end > 1, { acknowledged = $0 }, unfinishedLimit: limit)
      try recording.replay(onto: writer, stoppingAfter: end)
      let found = try FoundTape(writer.path)
      #expect(found.fault(asPartOf: recording, acknowledged: acknowledged) == nil)
      let tail = try? SmallFile.read(SideFiles.unfinished(writer.path))
      #expect((tail ?? []).count <= limit)
    }
  }

  @Test func `a file that exists is not overwritten, one that is being written not replaced`()
    throws
  {
    let folder = try Folder()
    let path = "\(folder.path)/run.tape"
    let writer = try TapeWriter(path: path)
    #expect(throws: WriteError.exists(path: path)) { try TapeWriter(path: path) }
    #expect(throws: WriteError.busy(path: path)) {
      try TapeWriter(path: path, replacing: true)
    }
    try writer.finish(isSealed: false)
  }

  @Test func `an unwritable folder and a missing one are named`() throws {
    let folder = try Folder()
    #expect(throws: WriteError.self) { try TapeWriter(path: "\(folder.path)/no/run.tape") }
    #expect(throws: FileFailure.self) { try TapeFile(path: folder.path) }
    #expect(throws: FileFailure.self) { try TapeFile(path: "\(folder.path)/none.tape") }
  }

  @Test func `a full disk is an error, and what was written before it opens`() throws {
    // /dev/full refuses every write as a full disk does.
    #expect(throws: WriteError.self) {
      try SmallFile.write([1], to: "/dev/full/none", replacing: true)
    }
    let folder = try Folder()
    let path = "\(folder.path)/run.tape"
    try FileManager.default.createSymbolicLink(
      atPath: path, withDestinationPath: "/dev/full")
    #expect(throws: WriteError.exists(path: path)) { try TapeWriter(path: path) }
  }

  @Test func `readers see whole frames while a writer is at work`() throws {
    let folder = try Folder()
    let path = "\(folder.path)/run.tape"
    var session = try MarketSession<BuiltInAgents>(scenario: scenario())
    var recorder = try JournalRecorder(
      JournalEncoder(genesis: Genesis(scenario: scenario())), output: TapeWriter(path: path))
    var seen: SequenceNumber = 0
    while let turn = try session.advance(into: &recorder) {
      try session.takeTurn(turn, into: &recorder)
      if session.nextSequence % 50 == 0 { try recorder.endFrame(session.state) }
      let scan = try JournalScanner.scan(TapeFile(path: path), level: .framing)
      #expect(scan.status == .open)
      #expect(scan.nextSequence >= seen)
      seen = scan.nextSequence
    }
    #expect(seen > 500)
  }

  @Test func `a small file is written whole or not at all`() throws {
    let folder = try Folder()
    let path = "\(folder.path)/a/b/c.txt"
    try SmallFile.createFolder("\(folder.path)/a/b")
    try SmallFile.write([1, 2, 3], to: path, replacing: false)
    #expect(throws: WriteError.exists(path: path)) {
      try SmallFile.write([4], to: path, replacing: false)
    }
    #expect(try SmallFile.read(path) == [1, 2, 3])
    try SmallFile.write([4], to: path, replacing: true)
    #expect(try SmallFile.read(path) == [4])
    #expect(throws: FileFailure.self) { try SmallFile.read(path, limit: 0) }
  }
}
