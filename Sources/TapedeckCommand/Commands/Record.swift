import Agents
import ArgumentParser
import Journal
import JournalFiles
import MarketModel
import Replay
import Scenarios
import Session

/// `tapedeck record`: runs a scenario onto a tape.
struct Record<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "record", abstract: "Run a scenario and record it onto a tape.")
  }

  @Argument(help: "The scenario, a TOML file.")
  var scenario: String

  @Option(help: "The seed of all noise; there is no default. TAPEDECK_SEED sets it too.")
  var seed: UInt64?

  @OptionGroup var output: WriteOptions

  @Flag(help: "Print the number of each event as soon as it is certainly on disk.")
  var acknowledge = false

  func run() throws {
    let file = try Self.load(scenario, seed: try resolvedSeed())
    var session: MarketSession<Roster>
    do {
      session = try MarketSession(scenario: file.scenario)
    } catch {
      throw CommandFailure(file.located(error))
    }
    session.flows = try RecordedFlow.open(file, at: scenario)
    if acknowledge, try output.resolvedDurability() == .none {
      throw CommandFailure(
        Exit.usage, "--acknowledge tells what is on disk, and nothing is synced there",
        next: "add --durability tick or --durability frame")
    }
    let programs = try Programs.start(
      file.scenario.agents.indices.map { AgentIndex($0) }, of: file.scenario,
      folder: Programs.folder(of: scenario))
    let writer = try Self.writer(output, acknowledge: acknowledge, inputs: [scenario])
    let encoder = JournalEncoder(
      genesis: Genesis(scenario: file.scenario),
      lastTick: file.scenario.clock.tick(at: file.scenario.clock.start))
    var run = try SessionRun(session, encoder, writer)
    run.add(programs)
    try run.run("recording")
    Console.say(
      "recorded \(run.session.nextSequence) events, \(file.scenario.horizon) ticks: "
        + output.output)
    try run.players.reportFaults()
  }

  private func resolvedSeed() throws(CommandFailure) -> UInt64? {
    if let seed { return seed }
    guard let text = Console.environment("TAPEDECK_SEED") else { return nil }
    guard let value = UInt64(text) else {
      throw CommandFailure(Exit.usage, "TAPEDECK_SEED is a whole number, not \(text)")
    }
    return value
  }

  /// Reads a scenario file.
  static func load(_ path: String, seed: UInt64?) throws(CommandFailure) -> ScenarioFile {
    let text = try TextFile.read(path)
    do {
      return try ScenarioFile(
        text: text, file: path, seed: seed, roster: Roster.entries, policies: .beside(path))
    } catch {
      throw CommandFailure(error)
    }
  }

  /// Creates the tape file.
  static func writer(
    _ options: WriteOptions, acknowledge: Bool = false, inputs: [String]
  ) throws(CommandFailure) -> TapeWriter {
    let durability = try options.resolvedDurability()
    if options.output.isEmpty {
      throw CommandFailure(
        Exit.usage, "--output: a tape needs a name", next: "write --output run.tape")
    }
    try OutputFile.expectOther(options.output, than: inputs)
    // Until it is sealed a tape that replaces another has this name.
    if options.force {
      try OutputFile.expectOther(SideFiles.replacement(options.output), than: inputs)
    }
    var isHeard = acknowledge
    do {
      return try TapeWriter(
        path: options.output, durability: durability, replacing: options.force,
        acknowledge: { sequence in
          // Whoever listened may be gone: the recording goes on.
          if isHeard { isHeard = Console.offer("\(sequence)") }
        })
    } catch {
      throw CommandFailure(error)
    }
  }
}
