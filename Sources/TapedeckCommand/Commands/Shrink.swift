import Agents
import ArgumentParser
import Counterfactual
import FoundationEssentials
import Glibc
import Journal
import JournalFiles
import Market
import MarketModel
import Replay
import Session

/// `tapedeck shrink`: the smallest session on which a check still fails.
struct Shrink<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "shrink", abstract: "Shrink a session to the smallest that still fails a check.",
      discussion: """
        The check is a command that ends with another status than 0 on the tape ({} stands for its \
        path), a broken invariant, or a difference to another build. First the session is made \
        again from its commands alone; where that does not fail, with one agent that decides; \
        then with all. From there ticks, commands, agents and rules are dropped and numbers made \
        small, until nothing more can go. A candidate counts only if it ends with the same status \
        as the original.

        Beside OUT.tape stand OUT.toml and OUT.jsonl, which it is made from, and OUT.command, the \
        line that makes it: together a golden for journals/.
        """)
  }

  @OptionGroup var input: TapeOptions

  @Option(help: "Fails where this command ends with another status than 0; {} is the tape.")
  var check: String?

  @Flag(help: "Fails where verify finds something up to V5: invariants, digests, the naive twin.")
  var invariant = false

  @Option(help: "Fails where this other build of tapedeck replays the session otherwise.")
  var against: String?

  @Option(help: "Stop after so many seconds and keep the best so far.")
  var seconds: Double?

  @Option(name: [.short, .long], help: "The tape to write, OUT.tape.")
  var output: String

  @Flag(help: "Replace files that exist.")
  var force = false

  @OptionGroup var options: OutputOptions

  func validate() throws {
    if [check != nil, invariant, against != nil].count(where: { $0 }) != 1 {
      throw ValidationError("one of --check COMMAND, --invariant and --against BINARY is needed")
    }
    if let check, !check.contains("{}") {
      throw ValidationError("--check: {} must stand where the tape's path belongs")
    }
    if let seconds, !(seconds > 0) { throw ValidationError("--seconds: a number above 0") }
  }

  func run() throws {
    let start = Console.seconds
    let result = try ShrinkResult(output, replacing: force)
    let tape = try input.open()
    try tape.expectSession()
    try OutputFile.expectOther(output, than: tape.paths)
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("tapedeck-shrink-\(getpid())").path
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let recording: RecordedSession
    do {
      recording = try RecordedSession(tape.lineage, Roster.self)
    } catch {
      throw CommandFailure(error, tape.paths)
    }
    Console.listenForInterrupts()
    let check = try ShrinkCheck<Roster>(
      try kind(), original: tape, folder: folder, deadline: seconds.map { start + $0 })
    var shrinker = SessionShrinker<Roster>(recording)
    let stop = try shrink(&shrinker, check)
    guard let best = shrinker.best else {
      let words = "stopped before the session was made again"
      if case .timeOver? = stop {
        throw CommandFailure(Exit.loss, words, next: "give it more --seconds")
      }
      throw CommandFailure(Exit.interrupted, words)
    }
    try result.write(best, Roster.self) { (tape) throws(ShrinkStop) in try check.fails(tape) }
    try report(shrinker, recording, result, stop, Console.seconds - start)
  }

  private func kind() throws(CommandFailure) -> ShrinkCheck<Roster>.Kind {
    if let check { return .command(check) }
    guard let against else { return .invariant }
    guard FileManager.default.isExecutableFile(atPath: against) else {
      throw CommandFailure(
        Exit.usage, "--against: \(against) is no program that can be run",
        next: "name another build, for example .build/debug/tapedeck")
    }
    return .command("\(against.shellWord) verify {} --level V5")
  }

  /// Shrinks; returns why it stopped early, if it did.
  private func shrink(
    _ shrinker: inout SessionShrinker<Roster>, _ check: ShrinkCheck<Roster>
  ) throws -> ShrinkStop? {
    var progress = ShrinkProgress()
    func fails(_ sketch: SessionSketch) throws(ShrinkStop) -> Bool {
      guard let made = sketch.tape(Roster.self, output: MemoryOutput()) else { return false }
      let hasFailed = try check.fails(made.bytes)
      progress.note(hasFailed ? made.eventCount : nil)
      return hasFailed
    }
    do throws(ShrinkStop) {
      if try !shrinker.start(fails) {
        throw .failed(
          CommandFailure(
            Exit.differs,
            "\(input.tape): fails, but the session that this build makes again of it does not",
            next: "shrink it with the build at fault, or name another build with --against"))
      }
      try shrinker.run(fails)
      return nil
    } catch {
      if case .failed(let failure) = error { throw failure }
      return error
    }
  }

  private func report(
    _ shrinker: SessionShrinker<Roster>, _ recording: RecordedSession, _ result: ShrinkResult,
    _ stop: ShrinkStop?, _ seconds: Double
  ) throws {
    let words = "shrank \(recording.eventCount) events to \(shrinker.eventCount)"
    Console.say(
      "\(words) in \(shrinker.checkCount) checks, \(Int(seconds.rounded())) s"
        + (stop == nil ? "" : ", not to the end"))
    if shrinker.eventCount == 0 {
      Console.say("it fails where nothing happens at all: is that what the check is about?")
    }
    let decides = shrinker.best?.deciding.compactMap { index in
      shrinker.best?.scenario.agents[Int(index)].account.name
    }
    if options.json {
      try Console.data(
        Json.text([
          "events_before": recording.eventCount, "events": shrinker.eventCount,
          "checks": shrinker.checkCount, "is_fixed_point": stop == nil, "files": result.files,
          "command": result.command, "deciding": decides ?? [],
        ]))
    } else {
      for file in result.files { try Console.data(file) }
      try Console.data("again with: \(result.command) -o \(result.files[0])")
    }
    if case .interrupted? = stop { throw ExitCode(Exit.interrupted) }
    if case .timeOver? = stop { throw ExitCode(Exit.loss) }
  }
}

/// Says how far it is, every 10 seconds; on a terminal at once.
struct ShrinkProgress {
  private var checks = 0
  private var events = 0
  private var next = Console.seconds + (Console.isTerminal ? 0.5 : 10)

  /// Notes a check, and the events of the session where it failed.
  mutating func note(_ events: Int?) {
    checks += 1
    if let events { self.events = events }
    guard Console.seconds >= next else { return }
    next = Console.seconds + (Console.isTerminal ? 0.5 : 10)
    let back = Console.isTerminal ? "\u{1B}[1A\r\u{1B}[K" : ""
    Console.say("\(back)shrinking: \(self.events) events, \(checks) checks")
  }
}

extension MemoryOutput {
  /// How many events the tape has.
  var eventCount: Int {
    guard let reader = try? JournalReader(MemorySource(bytes)) else { return 0 }
    return Int(reader.scan.nextSequence)
  }
}
