import Determinism
import Foundation
import Testing

@testable import JournalFiles

/// A folder for packs, removed at the end.
private struct Place: ~Copyable {
  let folder = NSTemporaryDirectory() + "tapedeck-pack-\(UUID().uuidString)"

  init() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func path(_ name: String) -> String { "\(folder)/\(name)" }

  func write(_ name: String, _ bytes: [UInt8]) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
  }

  func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(name))))
  }
}

@Suite struct PackTests {
  private static let contents: [(PackRole, String, [UInt8])] = [
    (.ancestor, "run.tape", Array(repeating: 7, count: 700)),
    (.tape, "if.tape", Array("a tape".utf8)),
    (.scenario, "empty.toml", []),
    (.card, "card.json", Array(repeating: 9, count: 512)),
  ]

  private static func pack(_ place: borrowing Place, _ name: String = "x.pack") throws {
    var writer = PackWriter()
    for (role, name, bytes) in contents { try writer.add(role, name: name, .bytes(bytes)) }
    _ = try writer.write(to: place.path(name), replacing: false)
  }

  @Test func `what was packed comes out, byte for byte, and the pack is always the same`() throws {
    let place = try Place()
    try Self.pack(place)
    try Self.pack(place, "y.pack")
    #expect(try place.bytes("x.pack") == place.bytes("y.pack"))
    let pack = try PackFile(path: place.path("x.pack"))
    #expect(PackFile.isPack(place.path("x.pack")))
    #expect(pack.manifest.parts.map { $0.name } == Self.contents.map { $0.1 })
    let paths = try pack.unpack(into: place.folder, replacing: false)
    for (path, (_, name, bytes)) in zip(paths, Self.contents) {
      #expect(path == place.path(name))
      #expect(try place.bytes(name) == bytes)
    }
    // Nothing is replaced unless asked.
    try place.write("card.json", [1])
    #expect(throws: PackError.self) { try pack.unpack(into: place.folder, replacing: false) }
    #expect(try place.bytes("card.json") == [1])
    _ = try pack.unpack(into: place.folder, replacing: true)
    #expect(try place.bytes("card.json") == Self.contents[3].2)
    #expect(throws: PackError.self) { try Self.pack(place) }
  }

  @Test func `tar lists and unpacks it`() throws {
    let place = try Place()
    try Self.pack(place)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/tar")
    process.arguments = ["-xf", place.path("x.pack"), "-C", place.folder]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    for (_, name, bytes) in Self.contents { #expect(try place.bytes(name) == bytes) }
    let manifest = String(decoding: try place.bytes("MANIFEST"), as: UTF8.self)
    #expect(manifest.hasPrefix("tapedeck pack 1\nancestor 700 "))
  }

  @Test func `every flipped bit is refused`() throws {
    let place = try Place()
    try Self.pack(place)
    let bytes = try place.bytes("x.pack")
    // 5 has no divisor in common with the 8 bits of a byte, nor with the 512 bytes of a header.
    for index in stride(from: 0, to: bytes.count, by: 5) {
      var altered = bytes
      altered[index] ^= 1 << UInt8(index % 8)
      try place.write("bad.pack", altered)
      #expect(throws: PackError.self, "byte \(index)") {
        try PackFile(path: place.path("bad.pack"))
      }
    }
  }

  @Test func `every truncation, and every further byte, is refused`() throws {
    let place = try Place()
    try Self.pack(place)
    let bytes = try place.bytes("x.pack")
    for count in stride(from: 0, to: bytes.count, by: 7) {
      try place.write("bad.pack", Array(bytes.prefix(count)))
      #expect(throws: PackError.self, "\(count) bytes") {
        try PackFile(path: place.path("bad.pack"))
      }
    }
    try place.write("bad.pack", bytes + [0])
    #expect(throws: PackError.self) { try PackFile(path: place.path("bad.pack")) }
  }

  /// An archive with the checksums that its parts have, whatever they are called.
  private static func forged(_ parts: [(PackRole, String, [UInt8])]) -> [UInt8] {
    let manifest = PackManifest(
      parts.map {
        PackPart(role: $0.0, name: $0.1, size: UInt64($0.2.count), hash: SHA256.hash($0.2))
      })
    var bytes: [UInt8] = []
    for (name, content) in [("MANIFEST", manifest.bytes)] + parts.map({ ($0.1, $0.2) }) {
      bytes += TarHeader(name: name, size: UInt64(content.count)).bytes + content
      bytes += [UInt8](repeating: 0, count: TarHeader.padding(UInt64(content.count)))
    }
    return bytes + [UInt8](repeating: 0, count: 1024)
  }

  @Test(arguments: [
    "../evil.tape", "/etc/evil.tape", "a/b.tape", "..", ".", ".hidden", "-rf", "", "MANIFEST",
    "with space", "line\nend", "nul\u{0}", String(repeating: "x", count: 101),
  ])
  func `names that lead elsewhere are refused`(name: String) throws {
    let place = try Place()
    // A name as long as the field has no room for its end.
    let isLong = name.utf8.count > 100
    let written = isLong ? String(name.prefix(100)) + "/" : name
    try place.write("bad.pack", Self.forged([(.tape, written, [1])]))
    #expect(throws: PackError.self) { try PackFile(path: place.path("bad.pack")) }
    try place.write("good.pack", Self.forged([(.tape, "a.tape", [1])]))
    _ = try PackFile(path: place.path("good.pack"))
    // Packing such a file gives it another name.
    var writer = PackWriter()
    try writer.add(.tape, name: name, .bytes([1]))
    let manifest = try writer.write(to: place.path("renamed.pack"), replacing: false)
    #expect(TarHeader.isPlain(manifest.parts[0].name) && manifest.parts[0].name != "MANIFEST")
    #expect(try PackFile(path: place.path("renamed.pack")).manifest == manifest)
  }

  @Test func `manifests without a tape, with two, or in disorder are refused`() throws {
    let place = try Place()
    let lists: [[(PackRole, String, [UInt8])]] = [
      [], [(.card, "a", [])], [(.tape, "a", []), (.tape, "b", [])],
      [(.tape, "a", []), (.ancestor, "b", [])], [(.tape, "a", []), (.card, "a", [])],
    ]
    for list in lists {
      try place.write("bad.pack", Self.forged(list))
      #expect(throws: PackError.self) { try PackFile(path: place.path("bad.pack")) }
    }
  }

  @Test func `files of one name get different ones`() throws {
    let place = try Place()
    var writer = PackWriter()
    try writer.add(.ancestor, name: "run.tape", .bytes([1]))
    try writer.add(.tape, name: "run.tape", .bytes([2]))
    let manifest = try writer.write(to: place.path("x.pack"), replacing: false)
    #expect(manifest.parts.map { $0.name } == ["run.tape", "part-2.tape"])
    #expect(throws: PackError.self) {
      try writer.add(.card, name: "none", .file(place.path("none")))
    }
  }
}
