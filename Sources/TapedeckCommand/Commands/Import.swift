import Agents
import ArgumentParser
import Journal
import JournalFiles
import Market
import MarketData
import MarketModel
import Replay
import Scenarios
import Session
import Synchronization

/// `tapedeck import`: makes a tape of somebody else's data.
struct Import<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "import", abstract: "Make a tape of real or foreign data.",
      subcommands: [ImportLobster<Roster>.self, ImportEvents<Roster>.self])
  }
}

/// `tapedeck import lobster`: LOBSTER message and order book files.
struct ImportLobster<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "lobster", abstract: "Import a LOBSTER message file, plain or .gz.",
      discussion: """
        With --orderbook the book is seeded from its first row, every later row is checked against \
        the message before it, and levels that enter the window become levelRevealed facts.
        """)
  }

  @Argument(help: "The message file.")
  var messages: String

  @Option(help: "The order book file.")
  var orderbook: String?

  @Option(help: "LOBSTER price units (1/10000 dollar) for each price increment.")
  var unitsPerIncrement: Int64 = 100

  @Option(help: "The length of a tick in nanoseconds.")
  var tick: Nanoseconds = 1_000_000

  @OptionGroup var output: WriteOptions
  @OptionGroup var options: OutputOptions

  func run() throws {
    guard (1...Limits.maximumDelay).contains(tick) else {
      throw CommandFailure(Exit.usage, "--tick is 1 to 2^50 nanoseconds")
    }
    guard (1...1_000_000).contains(unitsPerIncrement) else {
      throw CommandFailure(Exit.usage, "--units-per-increment is 1 to 1,000,000")
    }
    let scenario = try scenario()
    let session: MarketSession<Roster>
    do {
      session = try MarketSession(scenario: scenario)
    } catch {
      throw CommandFailure(error)
    }
    let summary = try write(session, scenario)
    Console.say("imported \(summary.rows) rows of \(scenario.name): \(output.output)")
    try Console.write(options.json ? json(summary) + "\n" : text(summary))
    if summary.disagreementCount > 0 { throw ExitCode(Exit.loss) }
  }

  private func open() throws(CommandFailure) -> LobsterImporter {
    do {
      return try LobsterImporter(
        messages: messages, orderbook: orderbook,
        options: LobsterOptions(
          feed: 0, instrument: 0, priceUnitsPerIncrement: unitsPerIncrement))
    } catch {
      throw CommandFailure(error)
    }
  }

  /// Reads the file once for the end of the session, which stands at the beginning of the tape.
  private func scenario() throws(CommandFailure) -> Scenario {
    var importer = try open()
    var last: Nanoseconds = 0
    var price: PriceIncrements = 1
    do {
      while let fact = try importer.next() {
        last = fact.time
        if case .levelSeeded(let body) = fact.event, body.side == .buy { price = body.price }
      }
    } catch {
      throw CommandFailure(error)
    }
    var scenario = Scenario(name: importer.ticker, seed: 0)
    scenario.provenance = .imported
    // Tick 0 begins with a whole second, so that ticks are easy to place in the day.
    let start = importer.startNanoseconds / 1_000_000_000 * 1_000_000_000
    scenario.clock = TickClock(start: start, tickLength: tick)
    let end = max(importer.endNanoseconds ?? 0, last + 1)
    scenario.horizon = scenario.clock.tick(at: end - 1) + 1
    scenario.instruments = [InstrumentRules(name: importer.ticker, referencePrice: price)]
    scenario.processes = [
      ProcessDescription(
        name: importer.ticker + ".feed",
        motion: .feed(resting: -1, taking: -1), firstStep: -1, interval: 0)
    ]
    return scenario
  }

  private func write(
    _ start: MarketSession<Roster>, _ scenario: Scenario
  ) throws -> LobsterSummary {
    var session = start
    var importer = try open()
    let inputs = [messages] + (orderbook.map { [$0] } ?? [])
    let writer = try Record<Roster>.writer(output, inputs: inputs)
    Console.listenForInterrupts()
    do {
      var recorder = try JournalRecorder(
        JournalEncoder(genesis: Genesis(scenario: scenario)), output: writer)
      while let fact = try importer.next() {
        try session.inject(fact, into: &recorder)
        if Console.isInterrupted.load(ordering: .relaxed) {
          try recorder.endFrame(session.state)
          throw CommandFailure(Exit.interrupted, "interrupted; \(writer.path) is open")
        }
      }
      try recorder.seal(session.state)
      try writer.finish(isSealed: true)
    } catch let error as ImportError {
      throw CommandFailure(error)
    } catch let error as SessionError<WriteError> {
      throw SessionRun<Roster>.failure(error, writer)
    } catch let error as WriteError {
      throw CommandFailure(error)
    }
    return importer.summary
  }

  private func counts(_ summary: LobsterSummary) -> [(String, Int)] {
    [
      ("rows", summary.rows), ("transitions", summary.transitions),
      ("explained", summary.explained),
      ("explained_on_top_levels", summary.explainedOnTopLevels),
      ("disagreements", summary.disagreementCount),
      ("unseen_references", summary.unseenReferences),
      ("mismatched_references", summary.mismatchedReferences),
      ("oversized_reductions", summary.oversizedReductions),
      ("undersized_deletions", summary.undersizedDeletions),
      ("levels_revealed", summary.revealed), ("levels_concealed", summary.concealed),
      ("hidden_executions", summary.hiddenExecutions), ("crosses", summary.crosses),
      ("halts", summary.halts), ("adjusted", summary.adjusted),
      ("truncated_times", summary.truncatedTimes),
    ]
  }

  private func disagreements(_ summary: LobsterSummary) -> [String] {
    summary.disagreements.map { found in
      "row \(found.row): \(found.side == .buy ? "bid" : "ask") \(found.price): "
        + "expected \(found.expected), found \(found.found)"
    }
  }

  private func text(_ summary: LobsterSummary) -> String {
    var text = ""
    for (name, value) in counts(summary) { text += "\(name) \(value)\n" }
    for line in disagreements(summary) { text += "  \(line)\n" }
    return text
  }

  private func json(_ summary: LobsterSummary) -> String {
    var object: [String: Any] = [:]
    for (name, value) in counts(summary) { object[name] = value }
    object["disagreement_list"] = disagreements(summary)
    return Json.text(object)
  }
}

/// `tapedeck import events`: an event table, as `export --format events` writes it or anybody else.
struct ImportEvents<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "events", abstract: "Import an event table, CSV or JSON lines.",
      discussion: """
        The scenario gives names, accounts and rules. By default every event is taken as it is. \
        With --decide only inputs are taken: facts, interventions, and what foreign agents decided; \
        the exchange and all other agents decide anew.
        """)
  }

  @Argument(help: "The table: .csv, or JSON lines.")
  var table: String

  @Option(help: "The scenario, a TOML file, or a tape whose scenario to use.")
  var scenario: String

  @Option(help: "The seed, where the scenario has none.")
  var seed: UInt64?

  @Flag(help: "Take only inputs; let deciders decide the rest.")
  var decide = false

  @OptionGroup var output: WriteOptions

  func run() throws {
    let scenario = try loadScenario()
    let events = try EventTableFile(table, scenario)
    let session: MarketSession<Roster>
    do {
      session = try MarketSession(scenario: scenario)
    } catch {
      throw CommandFailure(error)
    }
    let writer = try Record<Roster>.writer(output, inputs: [table, self.scenario])
    let encoder = JournalEncoder(
      genesis: Genesis(scenario: scenario),
      lastTick: scenario.clock.tick(at: scenario.clock.start))
    do {
      let count =
        try decide
        ? decideAgain(events, session, encoder, writer) : take(events, session, encoder, writer)
      Console.say("imported \(count) events: \(output.output)")
    } catch let error as ImportError {
      writer.discard()
      throw CommandFailure(error)
    }
  }

  /// Writes all events as they are, and returns how many there are.
  private func take(
    _ events: consuming EventTableFile, _ start: MarketSession<Roster>,
    _ encoder: JournalEncoder, _ writer: TapeWriter
  ) throws -> Int {
    var session = start
    var count = 0
    Console.listenForInterrupts()
    do {
      var recorder = try JournalRecorder(encoder, output: writer)
      while let record = try events.next() {
        try session.inject(record, into: &recorder)
        count += 1
        if Console.isInterrupted.load(ordering: .relaxed) {
          try recorder.endFrame(session.state)
          throw CommandFailure(Exit.interrupted, "interrupted; \(writer.path) is open")
        }
      }
      try recorder.seal(session.state)
      try writer.finish(isSealed: true)
    } catch let error as SessionError<WriteError> {
      if case .reduction = error { writer.discard() }
      throw SessionRun<Roster>.failure(error, writer, input: table)
    } catch let error as WriteError {
      throw CommandFailure(error)
    }
    return count
  }

  /// Runs a session on the inputs among the events, and returns how many events there are.
  private func decideAgain(
    _ events: consuming EventTableFile, _ start: MarketSession<Roster>,
    _ encoder: JournalEncoder, _ writer: TapeWriter
  ) throws -> Int {
    var count = 0
    Console.listenForInterrupts()
    // Through the session's property each would copy all before it.
    var inputs = RecordedInputs()
    while let record = try events.next() {
      if Console.isInterrupted.load(ordering: .relaxed) {
        throw CommandFailure(Exit.interrupted, "interrupted; nothing was imported")
      }
      count += 1
      if isInput(record, start.state) { inputs.append(record) }
    }
    var session = start
    session.inputs = inputs
    var run = try SessionRun(session, encoder, writer)
    try run.run("importing")
    return count
  }

  private func loadScenario() throws(CommandFailure) -> Scenario {
    if scenario.hasSuffix(".tape") { return try OpenedTape(scenario).lineage.scenario }
    return try Record<Roster>.load(scenario, seed: seed).scenario
  }

  private func isInput(_ record: EventRecord, _ state: SessionState<Roster>) -> Bool {
    let kind = record.event.kind
    if kind.isFact || kind == .noteAdded || kind == .interventionApplied { return true }
    // An inserted command comes with its intervention.
    if kind.isCommand, record.event.row.words[2] >= InsertedCommand.firstOrdinal { return false }
    guard let agent = record.event.decidingAgent, Int(agent) < state.agents.count else {
      return false
    }
    return !state.agents[Int(agent)].isSeated
  }
}

/// The events of a table, line by line; the file's name tells its format.
private struct EventTableFile: ~Copyable {
  private var source: TextSource
  private var reader: EventTableReader
  // Reused from line to line.
  private var line: [UInt8] = []

  init(_ path: String, _ scenario: Scenario) throws(CommandFailure) {
    let names = NameTables(
      agents: scenario.agents.map { $0.account.name },
      instruments: scenario.instruments.map { $0.name },
      processes: scenario.processes.map { $0.name }, topics: scenario.topics)
    let isCSV = path.hasSuffix(".csv") || path.hasSuffix(".csv.gz")
    do {
      source = try TextSource(path, lineLimit: 2 * Limits.maximumPayload)
    } catch {
      throw CommandFailure(error)
    }
    reader = EventTableReader(format: isCSV ? .csv : .jsonLines, names: names, file: path)
  }

  /// The next event; nil at the end.
  mutating func next() throws(ImportError) -> EventRecord? {
    while try source.readLine(into: &line) {
      if let (_, record) = try reader.read(utf8: line) { return record }
    }
    return nil
  }
}
