public import Agents
public import Journal
import Market
public import MarketModel
public import Replay
public import Session

/// The first command that a program gives otherwise than was recorded.
public struct AnswerDifference: Sendable {
  /// The turn.
  public let turn: RecordedTurn
  /// The number of the command in its turn, from 1.
  public let command: Int
  /// What was recorded, as a JSON line; nil where no command was.
  public let expected: String?
  /// What the program gave, as a JSON line, or in words where that is no command; nil for nothing.
  public let got: String?
  /// What the program was told at the turn, as a JSON line.
  public let told: String
}

/// What came of feeding a recorded agent's history to a program.
public struct AnswerReport: Sendable {
  /// Turns that the program was given.
  public internal(set) var turnCount = 0
  /// Commands that it gave as recorded.
  public internal(set) var commandCount = 0
  /// Turns that were missed when they were recorded: nothing is known of them.
  public internal(set) var missedCount = 0
  /// Commands that an intervention withheld or may have changed: only their number was compared.
  public internal(set) var changedCount = 0
  /// From which tick on somebody else decides; nil where that is nowhere.
  public internal(set) var changedAt: Tick?
  /// How many commands were given outside of turns, which cannot be compared.
  public internal(set) var commandsOutsideTurns = 0
  /// The first difference.
  public internal(set) var difference: AnswerDifference?
}

/// Feeds what an agent saw when a session was recorded to a program, and compares what it gives.
public enum AnswerCheck<Roster: AgentRoster, Source: ByteSource> {
  /// Why a check could not be finished.
  public enum Failure: Error {
    /// The tape cannot be read or folded.
    case replay(ReplayError<Source.Failure>)
    /// Somebody wants to end.
    case interrupted
  }

  /// Feeds the turns before the tick `end`; returns what came of it, and the agent's mailbox there.
  ///
  /// It stops at the first difference.
  /// - Throws: `Failure`.
  public static func run(
    _ program: ProcessAgent, _ lineage: Lineage<Source>, before end: Tick = .max
  ) throws(Failure) -> (report: AnswerReport, mailbox: Mailbox) {
    var report = AnswerReport()
    var turns = try read { () throws(ReplayError<Source.Failure>) in
      try RecordedTurns<Roster, Source>(of: program.lines.agent, lineage, before: end)
    }
    while report.difference == nil,
      let turn = try read({ () throws(ReplayError<Source.Failure>) in try turns.next() })
    {
      let answer: Answer
      do {
        answer = try program.answer(turn.observation, turn.occurred)
      } catch {
        throw .interrupted
      }
      report.turnCount += 1
      compare(turn, answer, program, &report)
    }
    report.changedAt = turns.changedAt
    report.commandsOutsideTurns = turns.commandsOutsideTurns
    return (report, turns.mailbox)
  }

  private static func read<Result>(
    _ body: () throws(ReplayError<Source.Failure>) -> Result
  ) throws(Failure) -> Result {
    do {
      return try body()
    } catch {
      throw .replay(error)
    }
  }

  /// Compares an answer with what was recorded at its turn.
  private static func compare(
    _ turn: RecordedTurn, _ answer: Answer, _ program: ProcessAgent, _ report: inout AnswerReport
  ) {
    let names = program.lines.names
    if turn.isMissed {
      report.missedCount += 1
      return
    }
    var items: [Answer.Item] = []
    var missed: String?
    switch answer {
    case .commands(let given): items = given
    case .missed(_, let words): missed = words
    }
    for index in 0..<max(items.count, turn.items.count, missed == nil ? 0 : 1) {
      let expected = index < turn.items.count ? turn.items[index] : nil
      let got = index < items.count ? items[index] : nil
      switch (expected, got) {
      case (.command(let recorded)?, .command(let given)?) where recorded == given:
        report.commandCount += 1
      case (.wrong?, .wrong?): report.commandCount += 1
      case (.changed?, .some): report.changedCount += 1
      default:
        report.difference = AnswerDifference(
          turn: turn, command: index + 1, expected: expected.map { words($0, names) },
          got: got.map { words($0, names) } ?? missed,
          told: program.lines.turn(program.turnCount - 1, turn.observation, turn.occurred).line)
        return
      }
    }
  }

  private static func words(_ item: RecordedTurn.Item, _ names: ProcessLines.Names) -> String {
    switch item {
    case .command(let command): names.object(of: command).line
    case .wrong: "a command that is none, left out"
    case .changed: "a command that an intervention withheld or changed"
    }
  }

  private static func words(_ item: Answer.Item, _ names: ProcessLines.Names) -> String {
    switch item {
    case .command(let command): names.object(of: command).line
    case .wrong(let words): "no command: \(words)"
    }
  }
}
