import Agents
import ArgumentParser
import Counterfactual
import Determinism
import FoundationEssentials
import Journal
import JournalFiles
import MarketModel
import Replay
import Scenarios
import Session

/// `tapedeck sweep plan`: says what is to be run, and checks that it can be.
struct SweepPlanning<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "plan", abstract: "Plan a sweep into a folder; nothing is run yet.")
  }

  @OptionGroup var input: TapeOptions

  @Option(help: "The ticks to fork at: 500, or 100..900:200, or several of both with commas.")
  var ticks: String

  @Option(help: "What differs: NAME=FILE, the interventions in a TOML file under that name.")
  var interventions: [String] = []

  @Option(help: "What differs: NAME=agents.MM_01.latency.command=5ms, as fork --change has it.")
  var change: [String] = []

  @Option(help: "What differs: an agent falls silent. May be given several times.")
  var silence: [String] = []

  @Option(help: "How many seeds each is run with, and its control.")
  var seeds = 10

  @Option(help: "What the seeds are made of.")
  var seed: UInt64 = 1

  @Option(help: "Hold an agent: its recorded commands are issued again, its decider rests.")
  var hold: [String] = []

  @Option(name: [.short, .long], help: "The folder of the sweep.")
  var output: String

  @Flag(help: "Replace the plan that is there; its results are kept.")
  var force = false

  func run() throws {
    guard (1...SweepLimits.seeds).contains(seeds) else {
      throw CommandFailure(Exit.usage, "--seeds: 1 to \(SweepLimits.seeds)")
    }
    let tape = try input.open()
    for name in hold { _ = try tape.agent(name) }
    let ticks = try TickList(ticks).ticks
    let arms = try arms()
    let count = ticks.count * seeds * (arms.count + 1)
    guard count <= SweepLimits.forks else {
      throw CommandFailure(
        Exit.usage, "\(count) forks: a sweep has at most \(SweepLimits.forks)")
    }
    var points: [SweepPlan.Point] = []
    var keyframes = try TapeKeyframes(tape.paths)
    var progress = Progress("planning", total: Int64(ticks.count))
    for tick in ticks {
      points.append(
        try point(tick, isFirst: points.isEmpty, arms, tape, &keyframes))
      progress.show(Int64(points.count))
    }
    let plan = SweepPlan(
      parent: tape.sweepIdentity, arms: arms.map { $0.name }, points: points, seeds: seeds,
      seed: seed, held: hold)
    try SweepFolder.create(
      output, plan, parent: URL(fileURLWithPath: tape.path).path, force: force)
    Console.say(
      "planned \(plan.count) forks, \(ticks.count * seeds) of them controls: \(output)")
  }

  /// One kind of difference: a name, and where its interventions come from.
  private struct Arm {
    var name: String
    var silence: String?
    var changes: [String] = []
    var file: (path: String, text: String)?
  }

  private func arms() throws(CommandFailure) -> [Arm] {
    var arms = silence.map { Arm(name: "silence \($0)", silence: $0) }
    for text in change {
      let (name, value) = try Self.named(text, "--change")
      if let known = arms.firstIndex(where: { $0.name == name }) {
        arms[known].changes.append(value)
      } else {
        arms.append(Arm(name: name, changes: [value]))
      }
    }
    for text in interventions {
      let (name, path) = try Self.named(text, "--interventions")
      let file = (path, try TextFile.read(path))
      if let known = arms.firstIndex(where: { $0.name == name && $0.file == nil }) {
        arms[known].file = file
      } else {
        arms.append(Arm(name: name, file: file))
      }
    }
    for (index, arm) in arms.enumerated()
    where arms[..<index].contains(where: { $0.name == arm.name }) {
      throw CommandFailure(Exit.usage, "\(arm.name): two things that differ have this name")
    }
    if arms.isEmpty {
      throw CommandFailure(
        Exit.usage, "nothing differs",
        next: "name something with --silence, --change or --interventions")
    }
    return arms
  }

  private static func named(
    _ text: String, _ option: String
  ) throws(CommandFailure) -> (String, String) {
    let sides = text.split(separator: "=", maxSplits: 1).map(String.init)
    guard sides.count == 2, !sides[0].isEmpty else {
      throw CommandFailure(Exit.usage, "\(option) \(text): expected NAME=...")
    }
    return (sides[0], sides[1])
  }

  private func point(
    _ tick: Tick, isFirst: Bool, _ arms: [Arm], _ tape: OpenedTape,
    _ keyframes: inout TapeKeyframes
  ) throws(CommandFailure) -> SweepPlan.Point {
    let plan: ForkPlan<Roster>
    do {
      plan = try ForkPlan(tape.lineage, at: tick, held: hold, cache: &keyframes)
    } catch {
      throw CommandFailure(error, tape.paths)
    }
    let opening = plan.opening
    var point = SweepPlan.Point(tick: tick, interventions: [])
    for arm in arms {
      let list = try interventions(of: arm, at: tick, opening.scenario)
      var trial = plan
      do {
        try trial.add(list)
      } catch {
        throw CommandFailure(
          Exit.usage,
          "\(arm.name), at tick \(tick): \(error.reason)")
      }
      point.interventions.append(list)
      if isFirst, let name = arm.silence { opening.noteSilencing(name) }
    }
    return point
  }

  private func interventions(
    of arm: Arm, at tick: Tick, _ scenario: Scenario
  ) throws(CommandFailure) -> [Intervention] {
    let time = scenario.clock.firstInstant(of: tick)
    do {
      var list = arm.silence.map { [Intervention.silence(agent: $0)] } ?? []
      if !arm.changes.isEmpty {
        list += try InterventionFile.read(
          changes: arm.changes, scenario: scenario, at: time, roster: Roster.entries,
          policies: .beside())
      }
      if let (path, text) = arm.file {
        list += try InterventionFile.read(
          text: text, file: path, scenario: scenario, at: time, roster: Roster.entries,
          policies: .beside(path))
      }
      return list
    } catch {
      throw CommandFailure(Exit.usage, "\(error)")
    }
  }
}

extension OpenedTape {
  /// What the results of a sweep hang on: the session, and its journal.
  var sweepIdentity: [UInt8] { scan.fileHeader.sessionId.bytes + scan.chain.bytes }
}

/// Ticks as a command line has them: `5`, `1..9:2`, several with commas.
struct TickList {
  let ticks: [Tick]

  init(_ text: String) throws(CommandFailure) {
    var ticks: [Tick] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      ticks += try Self.range(String(part))
      guard ticks.count <= SweepLimits.points else {
        throw CommandFailure(Exit.usage, "--ticks: more than \(SweepLimits.points)")
      }
    }
    self.ticks = ticks.sorted()
    for (one, other) in zip(self.ticks, self.ticks.dropFirst()) where one == other {
      throw CommandFailure(Exit.usage, "--ticks: \(one) is there twice")
    }
  }

  private static func range(_ text: String) throws(CommandFailure) -> [Tick] {
    let failure = CommandFailure(
      Exit.usage, "--ticks \(text): expected a tick, or FIRST..LAST, or FIRST..LAST:STEP")
    let sides = text.split(separator: ":", omittingEmptySubsequences: false)
    guard sides.count <= 2, let step = sides.count == 2 ? Tick(sides[1]) : 1, step > 0 else {
      throw failure
    }
    if sides.count == 1, let tick = Tick(text), tick >= 0 { return [tick] }
    let ends = sides[0].split(separator: "..", omittingEmptySubsequences: false).map { Tick($0) }
    guard ends.count == 2, let first = ends[0], let last = ends[1], first >= 0, last >= first
    else { throw failure }
    guard (last - first) / step < Tick(SweepLimits.points) else {
      throw CommandFailure(Exit.usage, "--ticks: more than \(SweepLimits.points)")
    }
    return Array(stride(from: first, through: last, by: Int(step)))
  }
}
