import Agents
import CTapedeck
import MarketModel
import Scenarios
import Session
import TapedeckCommand
import Training

/// Scenarios and interventions, read as the command line reads them.
enum ScenarioText {
  /// Reads a scenario: the text where there is one, which `path` then only names; else the file.
  static func load(_ path: String, text: String?, seed: UInt64) throws -> ScenarioFile {
    let text = try text ?? TextFile.read(path)
    do {
      return try ScenarioFile(
        text: text, file: path, seed: seed, roster: BuiltInAgents.entries,
        policies: .beside(path))
    } catch {
      throw CallFailure.refused("\(error)")
    }
  }

  static func interventions(
    _ text: String, _ scenario: Scenario, at tick: Tick
  ) throws -> [Intervention] {
    do {
      return try InterventionFile.read(
        text: text, file: "interventions", scenario: scenario,
        at: scenario.clock.firstInstant(of: tick), roster: BuiltInAgents.entries,
        policies: .beside())
    } catch {
      throw CallFailure.refused("\(error)")
    }
  }
}

extension CallFailure {
  init(_ error: EnvironmentError, path: String = "scenario") {
    switch error {
    case .scenario(let error): self = .refused("\(path): \(error.path): \(error.expected)")
    case .unknownAgent(let name):
      self = .refused("\(path): no agent is called \(name), or it is named twice")
    case .program(let name): self = .refused(Self.program(name, path))
    case .setting(let name, let expected): self = .refused("\(name): expected \(expected)")
    case .action(let agent, let position, let value, let expected):
      self = .refused("action of \(agent), number \(position): \(value); expected \(expected)")
    case .finished: self = CallFailure(status: TD_FINISHED, message: "the session ended: reset it")
    case .snapshot(let error): self = .refused("snapshot: expected \(error.expected)")
    case .impossible(let index, let reason):
      self = .refused("intervention \(index + 1) is impossible: \(reason)")
    case .unreadable:
      self = CallFailure(
        status: TD_TROUBLE, message: "the session's own tape does not read back; please report this"
      )
    }
  }

  static func program(_ name: String, _ path: String) -> String {
    "\(path): a program decides for \(name), and none is started here: decide for it too"
  }

  init(_ error: EnvironmentError, session: Int) {
    let plain = CallFailure(error)
    self.init(status: plain.status, message: "session \(session): \(plain.message)")
  }
}
