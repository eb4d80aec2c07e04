import Agents
import MarketModel
import Scenarios
import Session

/// A scenario file, up to the opening of its session.
enum ScenarioTarget {
  static func run(_ input: [UInt8]) {
    guard let text = String(validating: input, as: UTF8.self) else { return }
    let file: ScenarioFile
    do {
      file = try ScenarioFile(
        text: text, file: "campaign.toml", seed: 1, roster: BuiltInAgents.entries)
    } catch {
      if error.file != "campaign.toml" { Campaign.fail("an error names its file") }
      return
    }
    var writer = ByteWriter()
    file.scenario.encode(into: &writer)
    var reader = ByteReader(writer.bytes)
    guard let copy = try? Scenario(from: &reader), reader.remaining == 0 else {
      Campaign.fail("a scenario that was accepted can be read back")
    }
    var again = ByteWriter()
    copy.encode(into: &again)
    Campaign.demand(again.bytes, equals: writer.bytes, of: input, "scenario")
    _ = try? SessionState<BuiltInAgents>(scenario: file.scenario)
  }
}
