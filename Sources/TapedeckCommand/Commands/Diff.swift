import Agents
import ArgumentParser
import Journal
import JournalFiles
import MarketModel
import Replay

/// `tapedeck diff`: compares two tapes, event by event.
struct Diff<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "diff", abstract: "Compare two tapes by the identity of their events.",
      discussion: "Exit 0 where they say the same, 1 where they differ.")
  }

  @Argument(help: "The first tape.")
  var first: String

  @Argument(help: "The second tape.")
  var second: String

  @Option(help: "A tape that one of them was cut from, where it is elsewhere.")
  var parent: [String] = []

  @Option(help: "Leave out what concerns this agent alone.")
  var ignoring: String?

  @OptionGroup var options: OutputOptions

  func run() throws {
    Console.outliveReader()
    let left = try OpenedTape(first, parents: parent).readingAhead
    let right = try OpenedTape(second, parents: parent).readingAhead
    try left.expectUndamaged()
    try right.expectUndamaged()
    let comparison = try Self.compare(left, right, ignoring: ignoring)
    try Console.write(
      options.json
        ? try json(comparison, left, right) + "\n" : try text(comparison, left, right))
    if !comparison.isEqual { throw ExitCode(Exit.differs) }
  }

  static func compare(
    _ left: OpenedTape, _ right: OpenedTape, ignoring: String? = nil
  ) throws(CommandFailure) -> TapeComparison {
    do {
      return try TapeComparison.compare(left.lineage, right.lineage, ignoring: ignoring)
    } catch {
      switch error {
      case .first(let error): throw CommandFailure(error, left.paths)
      case .second(let error): throw CommandFailure(error, right.paths)
      }
    }
  }

  /// The first difference in words: where, what each tape says, and which fields differ.
  static func describe(
    _ difference: EventDifference, _ left: OpenedTape, _ right: OpenedTape
  ) throws(CommandFailure) -> [String] {
    let leftText = EventText(names: left.names, scenario: left.lineage.scenario)
    let rightText = EventText(names: right.names, scenario: right.lineage.scenario)
    var lines: [String] = []
    var records: [EventRecord] = []
    if let position = difference.first, let event = try left.event(at: position) {
      lines.append("first:  \(leftText.line(position, event))")
      if case .known(let record) = event { records.append(record) }
    }
    if let position = difference.second, let event = try right.event(at: position) {
      lines.append("second: \(rightText.line(position, event))")
      if case .known(let record) = event { records.append(record) }
    }
    if difference.kind == .changed, records.count == 2 {
      let fields = leftText.differences(records[0], records[1])
      lines += fields.isEmpty ? ["  another cause"] : fields.map { "  \($0)" }
    }
    return lines
  }

  private func text(
    _ comparison: TapeComparison, _ left: OpenedTape, _ right: OpenedTape
  ) throws -> String {
    if comparison.isEqual {
      return "equal: \(comparison.equalCount) events\n"
    }
    var text = "equal \(comparison.equalCount), changed \(comparison.changedCount), "
    text += "only first \(comparison.onlyFirstCount), only second \(comparison.onlySecondCount)\n"
    if let difference = comparison.firstDifference {
      text += "first difference:\n"
      for line in try describe(difference, comparison, left, right) { text += "  \(line)\n" }
    }
    return text
  }

  private func json(
    _ comparison: TapeComparison, _ left: OpenedTape, _ right: OpenedTape
  ) throws -> String {
    var object: [String: Any] = [
      "equal": comparison.isEqual, "equal_events": comparison.equalCount,
      "changed": comparison.changedCount, "only_first": comparison.onlyFirstCount,
      "only_second": comparison.onlySecondCount,
    ]
    if let difference = comparison.firstDifference {
      object["first_difference"] = try describe(difference, comparison, left, right)
    }
    if let position = comparison.firstUnequalPosition { object["first_position"] = position }
    return Json.text(object)
  }

  /// The first difference, and what it makes of the state.
  ///
  /// Tapes that are the same up to one position are compared there, whatever their events are
  /// aligned to further on.
  private func describe(
    _ difference: EventDifference, _ comparison: TapeComparison, _ left: OpenedTape,
    _ right: OpenedTape
  ) throws(CommandFailure) -> [String] {
    guard let position = comparison.firstUnequalPosition,
      case .known(let one)? = try left.event(at: position),
      case .known(let other)? = try right.event(at: position)
    else { return try Self.describe(difference, left, right) }
    let here = EventDifference(kind: .changed, first: position, second: position)
    return try Self.describe(here, left, right)
      + StateDifference<Roster>(left, position).lines(one, other)
  }
}

extension OpenedTape {
  /// The event with that sequence number.
  func event(at sequence: SequenceNumber) throws(CommandFailure) -> TapeEvent? {
    do {
      return try lineage.event(at: sequence)
    } catch {
      throw CommandFailure(error, paths)
    }
  }
}

/// `tapedeck why`: follows the causes of an event to their root.
struct Why<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "why", abstract: "Follow the causes of an event back to their root.")
  }

  @OptionGroup var input: TapeOptions

  @Argument(help: "The sequence number of the event.")
  var sequence: SequenceNumber

  @OptionGroup var options: OutputOptions

  func run() throws {
    let tape = try input.open().readingAhead
    let text = EventText(names: tape.names, scenario: tape.lineage.scenario)
    let causes: [(SequenceNumber, TapeEvent)]
    do {
      causes = try tape.lineage.causes(of: sequence)
    } catch {
      throw CommandFailure(error, tape.paths)
    }
    if causes.isEmpty {
      throw CommandFailure(
        Exit.usage, "\(tape.path): there is no event \(sequence)",
        next: "events are numbered from 0 to \(tape.lineage.nextSequence - 1)")
    }
    if options.json {
      let list = causes.map { position, event -> [String: Any] in
        ["sequence": position, "event": text.line(position, event)]
      }
      try Console.data(Json.text(["causes": list]))
      return
    }
    for line in text.chain(causes) { try Console.data(line) }
  }
}
