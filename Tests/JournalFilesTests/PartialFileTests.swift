import Foundation
import JournalFiles
import Testing

@Suite struct PartialFileTests {
  private func names(_ folder: borrowing Folder) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  @Test func `a file appears when it is whole, with all its pieces`() throws {
    let folder = try Folder()
    let path = "\(folder.path)/table"
    try SmallFile.write([9], to: path, replacing: false)
    let file = try PartialFile(path, replacing: true)
    for byte in 0..<UInt8(100) { try file.append([byte, byte]) }
    #expect(try SmallFile.read(path) == [9])
    try file.finish()
    #expect(try SmallFile.read(path) == (0..<UInt8(100)).flatMap { [$0, $0] })
    #expect(try names(folder) == ["table"])
  }

  @Test func `a file that is given up leaves nothing, and what was there`() throws {
    let folder = try Folder()
    let path = "\(folder.path)/table"
    do {
      let file = try PartialFile(path, replacing: false)
      try file.append([1, 2, 3])
      #expect(try names(folder).count == 1)
    }
    #expect(try names(folder) == [])
    try SmallFile.write([9], to: path, replacing: false)
    do {
      let file = try PartialFile(path, replacing: true)
      try file.append([1, 2, 3])
    }
    #expect(try SmallFile.read(path) == [9])
    #expect(try names(folder) == ["table"])
  }

  @Test func `a file that exists is replaced only where that was said`() throws {
    let folder = try Folder()
    let path = "\(folder.path)/table"
    try SmallFile.write([9], to: path, replacing: false)
    #expect(throws: WriteError.exists(path: path)) { try PartialFile(path, replacing: false) }
    #expect(throws: WriteError.self) { try PartialFile(folder.path, replacing: true) }
    #expect(throws: WriteError.self) {
      try PartialFile("\(folder.path)/absent/table", replacing: false)
    }
    #expect(try names(folder) == ["table"])
  }
}
