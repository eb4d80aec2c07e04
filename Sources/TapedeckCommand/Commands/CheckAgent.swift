import Agents
import ArgumentParser
import JournalFiles
import MarketModel
import ProcessAgents
import Replay
import Session

/// `tapedeck check-agent`: whether a program gives the commands that a recorded agent gave.
struct CheckAgent<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "check-agent",
      abstract: "Feed a program what a recorded agent saw, and compare every command.",
      discussion: """
        The agent may have been a program (AGENTS.md), or any built-in strategy that somebody wants \
        to write once more: what it saw is the same. The first command that differs is reported \
        with its tick, what the program was told, what was expected and what came. It ends with 1 \
        on a difference, with 0 where every command is the same.

        As a check for shrink: tapedeck shrink TAPE --check "tapedeck check-agent {} --agent NAME \
        -- ./strategy" -o SMALL.tape
        """)
  }

  @OptionGroup var input: TapeOptions

  @Option(help: "The agent that the program stands for.")
  var agent: String

  @Option(help: "How many milliseconds to wait for an answer, by the clock.")
  var timeout: Int64 = 10_000

  @OptionGroup var options: OutputOptions

  @Argument(parsing: .postTerminator, help: "The program and its arguments.")
  var command: [String] = []

  func validate() throws {
    let limits = ProcessSettings.timeouts
    let range = limits.lowerBound / 1_000_000...limits.upperBound / 1_000_000
    if !range.contains(timeout) {
      throw ValidationError("--timeout: \(range.lowerBound) to \(range.upperBound) ms")
    }
    if !ProcessSettings.isSound(command) {
      throw ValidationError(
        "name the program behind --: tapedeck check-agent TAPE --agent NAME -- ./strategy")
    }
  }

  func run() throws {
    Console.outliveReader()
    let tape = try input.open()
    let index = try tape.agent(agent)
    let report = try check(tape, index)
    if report.commandsOutsideTurns > 0, report.turnCount == 0 {
      throw CommandFailure(
        Exit.trouble,
        "\(tape.path): \(agent) gave its \(report.commandsOutsideTurns) commands outside of turns, "
          + "where it was told nothing",
        next: "check a tape on which it decides itself")
    }
    if options.json {
      try Console.data(Json.text(object(report)))
    } else {
      try Console.write(text(report))
    }
    if report.difference != nil { throw ExitCode(Exit.differs) }
  }

  private func check(_ tape: OpenedTape, _ index: AgentIndex) throws -> AnswerReport {
    let scenario = tape.scenario(knownTo: index)
    let settings = ProcessSettings(command: command, timeout: timeout * 1_000_000)
    let program: ProcessAgent
    do {
      program = try Programs.start(index, of: scenario, settings, folder: nil)
    } catch let failure as StartFailure {
      throw CommandFailure(failure, of: agent, folder: nil)
    } catch {
      throw CommandFailure.interrupted
    }
    defer { program.end() }
    if let failure = program.failure {
      throw CommandFailure(
        Exit.trouble, "\(command[0]): \(failure.words)",
        next: "AGENTS.md says how a program and tapedeck speak with each other")
    }
    do {
      return try AnswerCheck<Roster, TapeFile>.run(program, tape.lineage).report
    } catch AnswerCheck<Roster, TapeFile>.Failure.replay(let error) {
      throw CommandFailure(error, tape.paths)
    } catch {
      throw CommandFailure.interrupted
    }
  }

  // MARK: What it found

  private func text(_ report: AnswerReport) -> String {
    var text = ""
    if let difference = report.difference {
      let turn = difference.turn.observation
      text +=
        "differs at tick \(turn.tick), wake-up \(turn.ordinal), command \(difference.command)\n"
      text += "  expected  \(difference.expected ?? "nothing")\n"
      text += "  got       \(difference.got ?? "nothing")\n"
      text += "  told      \(difference.told)\n"
      text += "before it \(counts(report, turns: report.turnCount - 1)) equal\n"
    } else {
      text += "equal: \(counts(report, turns: report.turnCount))\n"
    }
    if report.missedCount > 0 {
      text += "not compared: \(report.missedCount) turns that were missed when recorded\n"
    }
    if report.changedCount > 0 {
      text += "not compared: \(report.changedCount) commands that an intervention changed\n"
    }
    if let tick = report.changedAt {
      text += "not compared: what comes from tick \(tick) on, where an intervention changed it\n"
    }
    return text
  }

  private func counts(_ report: AnswerReport, turns: Int) -> String {
    "\(report.commandCount) commands in \(turns) turns"
  }

  private func object(_ report: AnswerReport) -> [String: Any] {
    var object: [String: Any] = [
      "agent": agent, "equal": report.difference == nil, "turns": report.turnCount,
      "commands": report.commandCount, "missed_turns": report.missedCount,
      "changed_commands": report.changedCount,
    ]
    if let tick = report.changedAt { object["changed_at"] = tick }
    if let difference = report.difference {
      object["difference"] = [
        "tick": difference.turn.observation.tick, "wake": difference.turn.observation.ordinal,
        "command": difference.command, "expected": difference.expected as Any? ?? "nothing",
        "got": difference.got as Any? ?? "nothing", "told": difference.told,
      ]
    }
    return object
  }
}
