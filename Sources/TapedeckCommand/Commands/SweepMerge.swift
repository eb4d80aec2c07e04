import Agents
import ArgumentParser
import Counterfactual
import Determinism
import JournalFiles
import Market
import MarketData
import MarketModel
import Replay
import Session

/// `tapedeck sweep merge`: puts the results of a sweep together.
struct SweepMerge<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "merge", abstract: "Put the results of a sweep together.",
      discussion: """
        Prints the effects at each tick of each thing that differs, over all seeds, and one digest \
        of all results. Probabilities are adjusted for the number of all effects of the sweep.
        """)
  }

  @Argument(help: "The folder of the sweep.")
  var folder: String

  @Option(help: "The parent, where it is not where it was.")
  var parent: String?

  @Option(help: "Write all effects to this CSV file.")
  var csv: String?

  @Option(help: "Write all results and effects to this SQLite database.")
  var sqlite: String?

  @Flag(help: "Replace files that exist.")
  var force = false

  @Flag(help: "Print every effect, not only those on gains and volumes.")
  var all = false

  @OptionGroup var options: OutputOptions

  func run() throws {
    let folder = try SweepFolder(folder)
    let tape = try folder.openParent(parent)
    for output in [csv, sqlite] {
      if let output {
        try OutputFile.expectOther(output, than: tape.paths + [folder.planPath])
      }
    }
    let digest = try digest(folder)
    let effects = try SweepEffects(folder, tape.sweptScenario)
    if let csv {
      do {
        try SmallFile.write(Array(effects.csv.utf8), to: csv, replacing: force)
      } catch {
        throw CommandFailure(error)
      }
    }
    if let sqlite { try SweepDatabase.write(folder, effects, to: sqlite, replacing: force) }
    if options.json {
      var object = effects.object
      object["digest"] = digest.hexadecimal
      object["forks"] = folder.plan.count
      try Console.write(Json.text(object) + "\n")
    } else {
      try Console.write(effects.text(all: all))
      try Console.data("\(folder.plan.count) forks, digest \(digest.hexadecimal)")
    }
  }

  /// The digest of all results, in the order of their keys.
  private func digest(_ folder: SweepFolder) throws -> Hash256 {
    var hash = SHA256()
    var missing = 0
    for key in folder.plan.jobs.map({ $0.key }).sorted() {
      if let result = try folder.result(key) {
        hash.update(result.encoded)
      } else {
        missing += 1
      }
    }
    if missing > 0 {
      throw CommandFailure(
        Exit.loss, "\(missing) of \(folder.plan.count) forks have no result yet",
        next: "run them with: tapedeck sweep run \(folder.path)")
    }
    return hash.finalize()
  }
}

extension OpenedTape {
  /// The session as described at its opening, with the agents that joined it since.
  var sweptScenario: Scenario {
    var scenario = lineage.scenario
    for name in names.agents.dropFirst(scenario.agents.count) {
      scenario.agents.append(
        AgentDescription(account: AccountRules(name: name, group: 0), type: ""))
    }
    return scenario
  }
}
