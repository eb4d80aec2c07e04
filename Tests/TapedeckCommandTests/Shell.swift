import Agents
import Foundation
import Testing

@testable import TapedeckCommand

/// The root of the checkout.
let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent().path

/// A folder in which commands are run, one at a time, within this process.
struct Shell: ~Copyable {
  let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "tapedeck-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// Runs a command line; `@` before a word stands for the folder, `%` for the checkout.
  func run(_ line: String) -> (status: Int32, data: String, words: String) {
    let words = line.split(separator: " ").map { word -> String in
      if word == "@" { return folder }
      if word.hasPrefix("@"), Int(word.dropFirst()) == nil {
        return folder + "/" + word.dropFirst()
      }
      if word.hasPrefix("%") { return checkout + "/" + word.dropFirst() }
      return String(word)
    }
    return Self.running(words)
  }

  /// Runs a command line as it stands.
  static func running(_ line: String) -> (status: Int32, data: String, words: String) {
    running(line.split(separator: " ").map(String.init))
  }

  private static func running(
    _ words: [String]
  ) -> (status: Int32, data: String, words: String) {
    let (status, captured) = Console.capturing { Tapedeck<BuiltInAgents>.run(words) }
    return (status, captured.data, captured.words)
  }

  /// A shell in whose folder stand `run.tape` and `if.tape`, a fork of it without the trend follower.
  static func forked(at tick: Int) throws -> Shell {
    let shell = try Shell()
    try shell.record("run")
    let result = shell.run("fork @run.tape --at \(tick) --silence Trend_01 -o @if.tape")
    #expect(result.status == 0, "\(result.words)")
    return shell
  }

  /// Records the small scenario as `NAME.tape`.
  func record(_ name: String, seed: Int = 7) throws {
    try write(name + ".toml", Self.scenario)
    let result = run("record @\(name).toml --seed \(seed) -o @\(name).tape")
    #expect(result.status == 0, "\(result.words)")
  }

  func write(_ name: String, _ text: String) throws {
    try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
  }

  func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))
  }

  func write(_ name: String, _ bytes: [UInt8]) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
  }

  static let scenario = """
    name = "small"
    ticks = 60
    tick = "1s"
    [[instruments]]
    name = "STOCK"
    start_price = "100.00"
    [[processes]]
    name = "fair"
    kind = "random-walk"
    deviation = 0.5
    [[agents]]
    name = "MM_01"
    type = "market-maker"
    [[agents]]
    name = "Trend_01"
    type = "trend-follower"
    [[agents]]
    name = "Arb_01"
    type = "arbitrageur"
    """
}

/// Everything that prints shares one process, so that these tests run one after the other.
@Suite(.serialized) struct CommandTests {}
