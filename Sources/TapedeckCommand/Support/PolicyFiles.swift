import Agents
import FoundationEssentials
import JournalFiles
import Market
import MarketModel
package import Scenarios
import Session
import Training

extension PolicyReader {
  /// Reads policy files whose paths begin in the folder of the file that names them; without one,
  /// where the command was given.
  package static func beside(_ path: String? = nil) -> PolicyReader {
    let folder = path.map { URL(fileURLWithPath: $0).deletingLastPathComponent().path }
    return PolicyReader { path in
      let isWhole = path.hasPrefix("/") || folder == nil
      return try? ReadFiles.read(isWhole ? path : "\(folder ?? ".")/\(path)")
    }
  }
}

extension Intervention {
  /// The difference that gives an agent the policy of a file; it trades as the policy says, unless `set` says
  /// otherwise.
  init(
    policy path: String, for agent: String, in scenario: Scenario, set: [String]
  ) throws(CommandFailure) {
    guard let old = scenario.agents.first(where: { $0.account.name == agent }) else {
      throw CommandFailure.unknown(
        "agent", agent, among: scenario.agents.map { $0.account.name }, in: scenario.name)
    }
    let policy = try TrainingOptions.policy(path)
    let parameters = try TrainingOptions.parameters(set)
    do {
      self = .changeAgent(try old.trading(parameters, by: policy).with(policy))
    } catch {
      throw CommandFailure(error, path)
    }
  }
}
