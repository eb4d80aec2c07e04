import Agents
import ArgumentParser
import FoundationEssentials
import Journal
import JournalFiles
import Learners
import Market
import MarketData
import MarketModel
import Replay
import Reports
import Session
import Training

/// `tapedeck report`: one self-contained page with figures and a table.
struct DrawReport<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "report", abstract: "Draw a tape, or a tape and its fork, as one HTML page.",
      discussion: """
        The figures are also written as SVG files beside the page. Of a training they show what its \
        updates came to.
        """)
  }

  @Argument(help: "The tape.")
  var tape: String

  @Argument(help: "A fork of it, drawn over it.")
  var fork: String?

  @Option(help: "A tape that one of them was cut from, where it is elsewhere.")
  var parent: [String] = []

  @Option(help: "The instrument of prices and inventories; the first by default.")
  var instrument: String?

  @Option(name: [.short, .long], help: "The page to write.")
  var output = "report.html"

  @Flag(help: "Replace files that exist.")
  var force = false

  func run() throws {
    let first = try OpenedTape(tape, parents: parent).readingAhead
    try first.expectUndamaged()
    let second = try fork.map { path in try expectFork(path, of: first) }
    let page = try first.isTraining ? learning(first) : session(first, second)
    let inputs = first.paths + (second?.paths ?? [])
    let stem = output.hasSuffix(".html") ? String(output.dropLast(5)) : output
    let files = [(output, page.html)] + page.figures.map { ("\(stem)-\($0.name)", $0.svg) }
    // All names first: a page beside the figures of another would mislead.
    for (path, _) in files { try prepare(path, inputs) }
    for (path, text) in files { try write(text, to: path) }
    if first.isTraining, first.scan.seal == nil {
      Console.say("\(first.path): the training is not finished")
      throw ExitCode(Exit.loss)
    }
    let status = first.warn()
    if status != 0 { throw ExitCode(status) }
  }

  private func prepare(_ path: String, _ inputs: [String]) throws {
    do {
      try SmallFile.createFolder(URL(fileURLWithPath: path).deletingLastPathComponent().path)
    } catch {
      throw CommandFailure(error)
    }
    try OutputFile.check(path, isNot: inputs, replacing: force)
  }

  private func write(_ text: String, to path: String) throws {
    do {
      try SmallFile.write(Array(text.utf8), to: path, replacing: force)
    } catch {
      throw CommandFailure(error)
    }
    try Console.data(path)
  }

  /// The fork that is drawn over a session.
  private func expectFork(_ path: String, of first: OpenedTape) throws -> OpenedTape {
    if first.isTraining {
      throw CommandFailure(
        Exit.usage, "\(first.path): is a training; \(path) cannot be drawn over it",
        next: "draw it alone")
    }
    let second = try OpenedTape(path, parents: parent + [tape]).readingAhead
    try second.expectUndamaged()
    try second.expectSession()
    return second
  }

  private typealias Page = (html: String, figures: [(name: String, svg: String)])

  /// A session, or one and its fork.
  private func session(_ first: OpenedTape, _ second: OpenedTape?) throws -> Page {
    let index = try first.instrument(instrument)
    let series = try series(first, index)
    var page = ReportPage(parent: series)
    if second == nil { try first.noteEnd(before: first.lineage.scenario.horizon) }
    if let second {
      page = ReportPage(
        parent: series, fork: (try self.series(second, index), try note(first, second)))
    }
    return (page.html, page.figures)
  }

  /// What the updates of a training came to.
  private func learning(_ tape: OpenedTape) throws -> Page {
    let page: LearningPage
    do {
      page = try LearningPage(tape, Roster.self)
    } catch let error as ByteError {
      throw CommandFailure(
        Exit.trouble, "\(tape.path): an update is none: expected \(error.expected)",
        next: "tapedeck doctor \(tape.path)")
    } catch let error as ReplayError<FileFailure> {
      throw CommandFailure(error, tape.paths)
    }
    return (page.html, page.figures)
  }

  private func note(_ first: OpenedTape, _ second: OpenedTape) throws -> ForkNote {
    guard case .fork(let origin) = second.lineage.tape.genesis.origin else {
      throw CommandFailure(
        Exit.usage, "\(second.path): is no fork, so there is nothing to draw over",
        next: "compare two sessions with: tapedeck diff")
    }
    let comparison = try Diff<Roster>.compare(first, second)
    let difference = try comparison.firstDifference.map {
      try Diff<Roster>.describe($0, first, second).joined(separator: "\n")
    }
    let unfinished = try OpenedTape.unfinished([first, second]).map {
      "\($0.path) is unfinished: it ends at tick \($0.tick)"
    }
    if let unfinished { Console.say("tapedeck: \(unfinished)") }
    return ForkNote(
      forkStep: origin.tick, interventions: second.interventionWords, firstDifference: difference,
      unfinished: unfinished)
  }

  private func series(_ tape: OpenedTape, _ instrument: InstrumentIndex) throws -> RunSeries {
    let samples = try tape.samples(Roster.self, instrument: instrument)
    var label = "\(samples.scenario.provenance), seed \(tape.lineage.scenario.seed)"
    if let origin = tape.lineage.forks.last {
      label = "fork at tick \(origin.tick)"
    }
    return RunSeries(samples, label: label)
  }
}

extension LearningPage {
  /// What the updates of a training came to.
  fileprivate init<Roster: AgentRoster>(_ tape: OpenedTape, _ roster: Roster.Type) throws {
    let records = try TrainingCheck<Roster, TapeFile>.ownRecords(tape.lineage)
    var byAgent: [(agent: AgentIndex, updates: [MarketUpdate])] = []
    for record in records {
      guard case .learnerUpdated(let body) = record.event else { continue }
      let update = try MarketUpdate(body)
      if let place = byAgent.firstIndex(where: { $0.agent == body.agent }) {
        byAgent[place].updates.append(update)
      } else {
        byAgent.append((body.agent, [update]))
      }
    }
    // A tape that was cut may have the last update of some agents alone.
    let whole = byAgent.map { $0.updates.count }.min() ?? 0
    let scenario = tape.lineage.scenario
    let origin = tape.lineage.forks.last
    let plan = origin.flatMap { try? TrainingPlan(bytes: $0.training) }
    self.init(
      title: plan.map { "Training of \($0.settings.names)" } ?? "Training",
      facts: [
        ("trained", plan?.words ?? ""),
        (
          "finished",
          "\(whole) of \(plan?.settings.updates ?? whole) updates"
        ),
        (
          "in forks of",
          "\(scenario.provenance), seed \(scenario.seed), from tick \(origin?.tick ?? 0)"
        ),
      ], updates: Array(byAgent.first?.updates.prefix(whole).map { Int64($0.number) } ?? []),
      measures: byAgent.flatMap { agent, updates in
        let name = byAgent.count > 1 ? "\(tape.names.agents[Int(agent)]) " : ""
        return Self.measures(Array(updates.prefix(whole)), of: name, scenario.moneyUnit)
      })
  }

  /// What the updates of an agent came to: the gain, and each measure of its algorithm.
  private static func measures(
    _ updates: [MarketUpdate], of name: String, _ moneyUnit: Double
  ) -> [Measure] {
    let gain = Measure(
      name: name + "gain",
      description: "The mean gain of an update's episodes, in currency units, at the middle of "
        + "what others quote.", values: updates.map { $0.gain / moneyUnit })
    let measures = updates.first?.algorithm.measures ?? []
    return [gain]
      + measures.compactMap { measure in
        measure.description.map { description in
          Measure(
            name: name + measure.name, description: description,
            values: updates.map { Double($0[measure] ?? 0) })
        }
      }
  }
}
