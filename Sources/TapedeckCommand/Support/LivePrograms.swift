import Agents
import Journal
import JournalFiles
import Market
import MarketModel
import ProcessAgents
import Replay
import Session

/// Programs that decide for agents in a fork: each was given its recorded history again and
/// repeated its commands.
struct LivePrograms<Roster: AgentRoster> {
  /// The programs.
  private(set) var players = ProcessPlayers()
  /// What occurred to their agents since their last turns before the fork.
  private(set) var mailbox = Mailbox(of: [])
  /// The names of the recorded agents that they decide for.
  private(set) var names: [String] = []

  private let parent: OpenedTape
  private let tick: Tick
  private let folder: String?

  /// None, for a fork of `parent` at a tick; they run in `folder`.
  init(_ parent: OpenedTape, at tick: Tick, folder: String?) {
    self.parent = parent
    self.tick = tick
    self.folder = folder
  }

  /// Starts the programs of recorded agents, except of those that are held or silent, and gives
  /// them their history before the fork.
  ///
  /// An agent whose program cannot be started is held, and that is said.
  /// - Throws: `CommandFailure` where one does not repeat its recorded commands.
  mutating func resume(
    _ state: SessionState<Roster>, except held: [String]
  ) throws(CommandFailure) {
    for (index, agent) in state.scenario.agents.enumerated() {
      let name = agent.account.name
      guard let settings = agent.process, !held.contains(name), !state.agents[index].isSilenced
      else { continue }
      guard let folder else {
        Console.say(
          "\(name) is held: its recorded commands are issued again; add --folder DIR to start its "
            + "program there: \(settings.command.joined(separator: " "))")
        continue
      }
      do {
        Console.say("starting \(name): \(settings.command.joined(separator: " "))")
        let program = try Programs.start(
          AgentIndex(index), of: parent.scenario(knownTo: AgentIndex(index)), settings,
          folder: folder)
        try repeatHistory(program)
        names.append(name)
      } catch let failure as CommandFailure {
        throw failure
      } catch let failure as StartFailure {
        Console.say(
          "tapedeck: \(CommandFailure(failure, of: name, folder: folder).what); it is held: its "
            + "recorded commands are issued again")
      } catch {
        throw .interrupted
      }
    }
  }

  private mutating func repeatHistory(_ program: ProcessAgent) throws(CommandFailure) {
    let name = program.lines.name
    do {
      let (report, mailbox) = try AnswerCheck<Roster, TapeFile>.run(
        program, parent.lineage, before: tick)
      if let difference = report.difference {
        throw CommandFailure(
          Exit.differs,
          "\(name): its program does not repeat what it did on \(parent.path), so it cannot go on "
            + "from there: \(difference.words)",
          next: "run the program that was recorded, where it was, with --folder DIR; or hold the "
            + "agent with --hold \(name)")
      }
      self.mailbox.formUnion(mailbox)
      players.add(program)
    } catch let failure as CommandFailure {
      throw failure
    } catch AnswerCheck<Roster, TapeFile>.Failure.replay(let error) {
      throw CommandFailure(error, parent.paths)
    } catch {
      throw .interrupted
    }
  }

  /// Starts the programs of agents that join by interventions.
  ///
  /// - Throws: `CommandFailure`.
  mutating func join(_ interventions: [Intervention]) throws(CommandFailure) {
    var scenario = parent.scenario(knownTo: .max)
    let first = scenario.agents.count
    for case .addAgent(let agent) in interventions { scenario.agents.append(agent) }
    let programs = try Programs.start(
      (first..<scenario.agents.count).map { AgentIndex($0) }, of: scenario, folder: folder)
    mailbox.formUnion(Mailbox(of: programs.map { $0.lines.agent }))
    for program in programs { players.add(program) }
  }

  /// Ends all programs.
  func end() { players.end() }
}

extension AnswerDifference {
  /// The difference in words.
  var words: String {
    "tick \(turn.observation.tick), wake-up \(turn.observation.ordinal), command \(command): "
      + "expected \(expected ?? "nothing"), got \(got ?? "nothing")"
  }
}

extension OpenedTape {
  /// The scenario as the program of an agent was told it: that of the opening, or, for an agent that
  /// joined in a fork, with all that joined up to and in it.
  func scenario(knownTo agent: AgentIndex) -> Scenario {
    var scenario = lineage.scenario
    for fork in lineage.forks where Int(agent) >= scenario.agents.count {
      for record in fork.interventions {
        if case .addAgent(let joined)? = try? Intervention(
          code: record.code, payload: record.payload)
        {
          scenario.agents.append(joined)
        }
      }
    }
    return scenario
  }
}
