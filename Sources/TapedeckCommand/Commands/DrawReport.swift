import Agents
import ArgumentParser
import FoundationEssentials
import Journal
import JournalFiles
import MarketModel
import Replay
import Reports
import Session

/// `tapedeck report`: one self-contained page with figures and a table.
struct DrawReport<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "report", abstract: "Draw a tape, or a tape and its fork, as one HTML page.",
      discussion: "The figures are also written as SVG files beside the page.")
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
    let first = try OpenedTape(tape, parents: parent)
    try first.expectUndamaged()
    let index = try first.instrument(instrument)
    let series = try series(first, index)
    var page = ReportPage(parent: series)
    if let fork {
      let second = try OpenedTape(fork, parents: parent + [tape])
      try second.expectUndamaged()
      page = ReportPage(
        parent: series, fork: (try self.series(second, index), try note(first, second)))
    }
    var files = [(output, page.html)]
    let stem = output.hasSuffix(".html") ? String(output.dropLast(5)) : output
    for (name, svg) in page.figures { files.append(("\(stem)-\(name)", svg)) }
    for (path, text) in files {
      try OutputFile.expectOther(path, than: [tape] + (fork.map { [$0] } ?? []))
      do {
        try SmallFile.createFolder(URL(fileURLWithPath: path).deletingLastPathComponent().path)
      } catch {
        throw CommandFailure(error)
      }
      do {
        try SmallFile.write(Array(text.utf8), to: path, replacing: force)
      } catch {
        throw CommandFailure(error)
      }
      try Console.data(path)
    }
    let status = first.warn()
    if status != 0 { throw ExitCode(status) }
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
    return ForkNote(
      forkStep: origin.tick, interventions: second.interventionWords, firstDifference: difference)
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
