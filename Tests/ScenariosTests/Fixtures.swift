import Agents
import Foundation
import Scenarios
import Session

/// What the tests share.
enum Fixture {
  static let names = ["three-agents", "latency", "background"]

  /// The text of a fixture.
  static func text(_ name: String) throws -> String {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let file = root.appending(path: "fixtures/scenarios/\(name).toml")
    return try String(contentsOf: file, encoding: .utf8)
  }

  /// The least that is a scenario; `settings` go before it, `rest` behind it.
  static func minimal(_ settings: String = "", _ rest: String = "") -> String {
    """
    seed = 7
    ticks = 10
    \(settings)
    [[instruments]]
    name = "STOCK"
    start_price = "100.00"
    \(rest)
    """
  }

  static func parse(
    _ text: String, seed: UInt64? = nil, file: String = "test.toml"
  ) throws(ScenarioFileError) -> ScenarioFile {
    try ScenarioFile(text: text, file: file, seed: seed, roster: BuiltInAgents.entries)
  }

  /// The error of a text, or nil where it is a scenario.
  static func error(_ text: String, seed: UInt64? = nil) -> ScenarioFileError? {
    do {
      _ = try parse(text, seed: seed)
      return nil
    } catch {
      return error
    }
  }
}
