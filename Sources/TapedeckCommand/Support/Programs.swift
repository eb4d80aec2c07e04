import FoundationEssentials
import Market
import MarketModel
import ProcessAgents
import Session
import Synchronization

/// Starts the programs that decide for agents.
enum Programs {
  /// The folder in which a scenario's programs run: its own.
  static func folder(of scenario: String) -> String {
    URL(fileURLWithPath: scenario).deletingLastPathComponent().path
  }

  /// How programs meet the rest of the world: their words go to the person's.
  static func surroundings(_ folder: String?) -> ProcessAgent.Surroundings {
    ProcessAgent.Surroundings(
      folder: folder, say: { Console.say($0) },
      isInterrupted: { Console.isInterrupted.load(ordering: .relaxed) })
  }

  /// Starts the programs of those agents that have one.
  ///
  /// - Throws: `CommandFailure` where there is no such program, or on an interrupt.
  static func start(
    _ agents: [AgentIndex], of scenario: Scenario, folder: String?
  ) throws(CommandFailure) -> [ProcessAgent] {
    var programs: [ProcessAgent] = []
    for agent in agents {
      guard let settings = scenario.agents[Int(agent)].process else { continue }
      do {
        programs.append(try start(agent, of: scenario, settings, folder: folder))
      } catch let failure as StartFailure {
        throw CommandFailure(
          failure, of: scenario.agents[Int(agent)].account.name, folder: folder)
      } catch {
        throw .interrupted
      }
    }
    return programs
  }

  /// Starts a program.
  ///
  /// - Throws: `StartFailure`, `Interruption`.
  static func start(
    _ agent: AgentIndex, of scenario: Scenario, _ settings: ProcessSettings, folder: String?
  ) throws -> ProcessAgent {
    Console.listenForInterrupts()
    return try ProcessAgent(agent, in: scenario, settings, surroundings(folder))
  }
}

extension CommandFailure {
  /// Nothing was made yet when somebody wanted to end.
  static var interrupted: CommandFailure { CommandFailure(Exit.interrupted, "interrupted") }

  init(_ failure: StartFailure, of agent: String, folder: String?) {
    self.init(
      Exit.trouble,
      "\(agent): \(failure.program) cannot be started in \(folder ?? "."): \(failure.reason)",
      next: "name a program on PATH, or one with a / in its path, relative to that folder")
  }
}

extension SessionRun {
  /// Lets programs decide from the session's opening on.
  mutating func add(_ programs: [ProcessAgent]) {
    recorder.mailbox.formUnion(Mailbox(of: programs.map { $0.lines.agent }))
    for program in programs { players.add(program) }
  }
}

extension ProcessPlayers {
  /// Says what programs did not do as they should.
  ///
  /// - Throws: `CommandFailure` where there was anything: the session lost turns.
  func reportFaults() throws(CommandFailure) {
    guard !faults.isEmpty else { return }
    let lines = faults.map { fault in
      "\(fault.name): \(fault.count) \(fault.count == 1 ? "fault" : "faults"), the first at tick "
        + "\(fault.firstTick): \(fault.firstWords)"
    }
    throw CommandFailure(
      Exit.loss, lines.joined(separator: "\ntapedeck: "),
      next: "see them all with: tapedeck cat TAPE --where \"kind == faulted\"")
  }
}
