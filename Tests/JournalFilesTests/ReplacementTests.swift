import Foundation
import JournalFiles
import Testing

/// One test for each rule of `TapePlace`, and for each mistake that campaigns found.
@Suite struct ReplacementTests {
  private static let recording = FaultTests.tiny

  @Test func `a tape that is replaced stays until the new one is sealed`() throws {
    let folder = try Folder()
    let path = "\(folder.path)/run.tape"
    try SmallFile.write([1, 2, 3], to: path, replacing: false)
    let writer = try TapeWriter(path: path, durability: .tick, replacing: true)
    #expect(writer.isReplacement && writer.path == path + ".new" && writer.name == path)
    try Self.recording.replay(onto: writer, stoppingAfter: Self.recording.calls.count)
    #expect(try SmallFile.read(path) == [1, 2, 3])
    #expect(try TapeFile(path: path).isBeingWritten)
    #expect(try FoundTape(writer.path).records == Self.recording.records)
    #expect(throws: WriteError.busy(path: path)) { try TapeWriter(path: path, replacing: true) }
    #expect(throws: WriteError.exists(path: path)) { try TapeWriter(path: path) }
    try writer.finish(isSealed: true)
    #expect(!writer.isReplacement && writer.path == path)
    #expect(try SmallFile.read(path) == Self.recording.bytes)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["run.tape"])
  }

  @Test(arguments: Durability.allCases)
  func `what stood beside a tape that is replaced goes with it`(durability: Durability) throws {
    let folder = try Folder()
    let path = "\(folder.path)/run.tape"
    try PowerCutTests.small.replay(
      onto: try TapeWriter(path: path, durability: .tick), stoppingAfter: 300)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 3)
    try Self.recording.replay(
      onto: try TapeWriter(path: path, durability: durability, replacing: true))
    #expect(try SmallFile.read(path) == Self.recording.bytes)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["run.tape"])
  }

  @Test func `a replacement that never ended is replaced itself, and locks nothing`() throws {
    let folder = try Folder()
    let path = "\(folder.path)/run.tape"
    try SmallFile.write([1, 2, 3], to: path, replacing: false)
    for end in [40, 20] {
      let writer = try TapeWriter(path: path, durability: .tick, replacing: true)
      try Self.recording.replay(onto: writer, stoppingAfter: end)
    }
    let writer = try TapeWriter(path: path, replacing: true)
    try Self.recording.replay(onto: writer)
    #expect(try SmallFile.read(path) == Self.recording.bytes)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["run.tape"])
  }

  @Test(arguments: Durability.allCases)
  func `a tape that is given up leaves nothing, and what was there`(
    durability: Durability
  ) throws {
    let folder = try Folder()
    let path = "\(folder.path)/run.tape"
    for isThere in [false, true] {
      if isThere { try SmallFile.write([1, 2, 3], to: path, replacing: false) }
      for end in [0, 3, 300] {
        let writer = try TapeWriter(path: path, durability: durability, replacing: isThere)
        try PowerCutTests.small.replay(onto: writer, stoppingAfter: end)
        writer.discard()
        #expect(throws: WriteError.poisoned(path: writer.path)) {
          try writer.finish(isSealed: true)
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(left == (isThere ? ["run.tape"] : []))
      }
    }
    #expect(try SmallFile.read(path) == [1, 2, 3])
  }

  @Test(arguments: Durability.allCases)
  func `what a removed tape left beside it is not taken for a new one's`(
    durability: Durability
  ) throws {
    let folder = try Folder()
    let path = "\(folder.path)/run.tape"
    try PowerCutTests.small.replay(
      onto: try TapeWriter(path: path, durability: .tick), stoppingAfter: 300)
    try FileManager.default.removeItem(atPath: path)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 2)
    let writer = try TapeWriter(path: path, durability: durability)
    try Self.recording.replay(onto: writer, stoppingAfter: 3)
    let found = try FoundTape(path)
    #expect(found.fault(asPartOf: Self.recording, acknowledged: -1) == nil)
    #expect(found.records.count <= 3)
  }

  @Test func `a side file that cannot be read is told, not passed over`() throws {
    let folder = try Folder()
    let path = "\(folder.path)/run.tape"
    let writer = try TapeWriter(path: path, durability: .tick)
    try Self.recording.replay(onto: writer, stoppingAfter: 30)
    try FileManager.default.removeItem(atPath: path + ".tail")
    try FileManager.default.createDirectory(
      atPath: path + ".tail", withIntermediateDirectories: false)
    #expect(throws: (any Error).self) { try FoundTape(path) }
  }
}
