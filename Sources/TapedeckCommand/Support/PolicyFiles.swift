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
      let agent = try old.trading(parameters, by: policy).with(policy)
      try Self.expectNames(of: agent, in: scenario, path)
      self = .changeAgent(agent)
    } catch let error as MarketTrainingError {
      throw CommandFailure(error, path)
    } catch let error as CommandFailure {
      throw error
    } catch {
      throw CommandFailure(Exit.trouble, "\(path): \(error)")
    }
  }

  /// Looks whether a scenario has what a trader is to trade, know and tell: a policy may come from another one.
  static func expectNames(
    of trader: AgentDescription, in scenario: Scenario, _ path: String
  ) throws(CommandFailure) {
    let known: [(parameter: String, names: [String])] = [
      ("instrument", scenario.instruments.map { $0.name }),
      ("pair", scenario.instruments.map { $0.name }),
      ("value", scenario.processes.map { $0.name }),
      (
        "signal_to",
        scenario.agents.map { $0.account.name } + scenario.topics.map { "topic:\($0)" }
      ),
    ]
    for (parameter, names) in known {
      guard case .text(let name)? = trader.parameters[parameter], !name.isEmpty,
        !names.contains(name)
      else { continue }
      let others = names.isEmpty ? "none" : names.joined(separator: ", ")
      throw CommandFailure(
        Exit.usage,
        "\(path): \(trader.account.name) would trade with \(parameter) = \(name), and "
          + "\(scenario.name) has: \(others)",
        next: "say otherwise with --set \(parameter)=NAME, or nothing after = for none "
          + "(fork: --set \(trader.account.name).\(parameter)=NAME)")
    }
  }
}
