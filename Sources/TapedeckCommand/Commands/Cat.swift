import Agents
import ArgumentParser
import Glibc
import Journal
import JournalFiles
import MarketData
import MarketModel
import Replay
import Session
import Synchronization

/// `tapedeck cat`: prints events.
struct Cat<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "cat", abstract: "Print events, all or a range of positions.",
      discussion: """
        A range is A..B (from A, below B), A.. or ..B; a single number is one event.
        \(FilterHelp.events)
        """)
  }

  @OptionGroup var input: TapeOptions

  @Argument(help: "The range of sequence numbers.")
  var range: String?

  @Option(help: "Only events that name this agent, or any of those of several such options.")
  var agent: [String] = []

  @Option(help: "Only events of this kind, such as orderFilled, or of any of several.")
  var kind: [String] = []

  @Option(name: .customLong("where"), help: "Only events for which this expression holds.")
  var filter: String?

  @Flag(help: "Wait for more, until the tape is sealed or an interrupt.")
  var follow = false

  @OptionGroup var options: OutputOptions

  func run() throws {
    var tape = try input.open()
    let bounds = try EventRange(range)
    var selection = try EventSelection(tape, agents: agent, kinds: kind, filter: filter)
    var next = bounds.lower
    if follow { Console.listenForInterrupts() }
    while true {
      // Asked before reading: what a writer wrote before it went is read below.
      let hasWriter = follow && tape.lineage.tape.source.isBeingWritten
      next = try printEvents(tape, from: next, below: bounds.upper, &selection)
      if !follow || tape.scan.seal != nil || next >= bounds.upper { break }
      if Console.isInterrupted.load(ordering: .relaxed) { throw ExitCode(Exit.interrupted) }
      if !hasWriter {
        Console.say("tapedeck: \(tape.path): its writer is gone, and it is not sealed")
        throw ExitCode(Exit.loss)
      }
      usleep(100_000)
      // While a writer is at work, an incomplete frame at the end is not damage: it is waited for.
      if let again = try? input.open() { tape = again }
    }
    let status = follow ? 0 : tape.warn()
    if status != 0 { throw ExitCode(status) }
    if !follow, bounds.lower > 0, next == bounds.lower, bounds.upper > bounds.lower {
      throw CommandFailure(
        Exit.usage, "\(tape.path): has no event from \(bounds.lower) on",
        next: "tapedeck info \(tape.path.shellWord) tells how many there are")
    }
  }

  private func printEvents(
    _ tape: OpenedTape, from lower: SequenceNumber, below upper: SequenceNumber,
    _ selection: inout EventSelection
  ) throws -> SequenceNumber {
    var printer = EventPrinter(tape, json: options.json, versioned: false)
    var next = lower
    do {
      var (scan, event) = (EventScan(tape.lineage, at: lower), FlatEvent())
      while let sequence = try scan.next(into: &event) {
        if sequence < lower { continue }
        if sequence >= upper { break }
        next = sequence + 1
        let found = try scan.event()
        if selection.matches(found, sequence: sequence) { try printer.print(sequence, found) }
      }
    } catch let error as ReplayError<FileFailure> {
      try printer.flush()
      throw CommandFailure(error, tape.paths)
    }
    try printer.flush()
    return next
  }
}

/// A range of sequence numbers, as typed.
struct EventRange {
  var lower: SequenceNumber = 0
  var upper = SequenceNumber.max

  init(_ text: String?) throws(CommandFailure) {
    guard let text else { return }
    let failure = CommandFailure(
      Exit.usage, "\(text): not a range of events",
      next: "write A..B, A.., ..B or one number, such as 100..120")
    guard let dots = text.firstRange(of: "..") else {
      guard let only = SequenceNumber(text), only >= 0, only < SequenceNumber.max else {
        throw failure
      }
      lower = only
      upper = only + 1
      return
    }
    let first = text[..<dots.lowerBound]
    let last = text[dots.upperBound...]
    if !first.isEmpty {
      guard let value = SequenceNumber(first), value >= 0 else { throw failure }
      lower = value
    }
    if !last.isEmpty {
      guard let value = SequenceNumber(last), value >= lower else { throw failure }
      upper = value
    }
  }
}
