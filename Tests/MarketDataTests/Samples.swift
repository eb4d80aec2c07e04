import CZlib
import Foundation
import MarketData
import MarketModel
import Testing

/// The LOBSTER samples, which are not part of the repository.
enum Samples {
  static let comment: Comment =
    "the LOBSTER samples are absent: set TAPEDECK_DATA or provide ../shared/data"

  /// The folder, from the environment or beside the package; nil where there is none.
  static let folder: String? = {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let beside = root.appendingPathComponent("../shared/data").path
    let candidates = [ProcessInfo.processInfo.environment["TAPEDECK_DATA"], beside]
    return candidates.compactMap { $0.map { $0 + "/lobster/" } }
      .first { FileManager.default.fileExists(atPath: $0) }
  }()

  static var arePresent: Bool { folder != nil }

  static func path(_ name: String) -> String { (folder ?? "") + name }

  static let amazon = (
    path("AMZN_2012-06-21_34200000_57600000_message_1.csv.gz"),
    path("AMZN_2012-06-21_34200000_57600000_orderbook_1.csv.gz")
  )
  static let amazonHead = (
    path("AMZN_message_1.first2000.csv"), path("AMZN_orderbook_1.first2000.csv")
  )
  static let appleHead = (
    path("AAPL_message_10.first999.csv"), path("AAPL_orderbook_10.first999.csv")
  )
}

/// A folder that goes when the test is over.
final class Scratch {
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("marketdata-\(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  /// Writes a file and returns its path.
  func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    try Data(bytes).write(to: folder.appendingPathComponent(name))
    return path(name)
  }

  /// Writes lines, each with an end, and returns the path.
  func file(_ name: String, lines: [String]) throws -> String {
    try file(name, Array(lines.map { $0 + "\n" }.joined().utf8))
  }

  /// Packs text with gzip and returns the bytes.
  func packed(_ text: String) throws -> [UInt8] {
    let path = path("packed-\(UUID().uuidString)")
    let handle = try #require(gzopen(path, "wb"))
    let bytes = Array(text.utf8)
    #expect(gzwrite(handle, bytes, UInt32(bytes.count)) == Int32(bytes.count))
    #expect(gzclose(handle) == Z_OK)
    return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
  }
}

/// Reads all facts of two files.
func importAll(
  _ messages: String, _ orderbook: String?, options: LobsterOptions = LobsterOptions()
) throws(ImportError) -> ([EventRecord], LobsterSummary) {
  var importer = try LobsterImporter(messages: messages, orderbook: orderbook, options: options)
  var facts: [EventRecord] = []
  while let fact = try importer.next() { facts.append(fact) }
  return (facts, importer.summary)
}

/// Reads all lines of a file.
func lines(of path: String) throws(ImportError) -> [String] {
  var source = try TextSource(path)
  var line: [UInt8] = []
  var found: [String] = []
  while try source.readLine(into: &line) { found.append(String(decoding: line, as: UTF8.self)) }
  return found
}
