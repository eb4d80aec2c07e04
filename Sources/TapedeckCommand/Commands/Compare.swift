import Agents
import ArgumentParser
import Counterfactual
import Foundation
import Journal
import JournalFiles
import Market
import MarketModel
import Replay
import Reports
import Session
import Synchronization

/// `tapedeck compare`: what a fork's difference caused, and, over replicates, its effect.
struct Compare<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "compare", abstract: "Say what a fork's difference caused.",
      discussion: """
        One fork and its parent are one draw. With --replicates N the fork is run again over N
        pairs that share all noise: each pair with another seed from the fork's tick on, once with
        the difference and once without. That gives an effect with an interval.
        """)
  }

  @Argument(help: "The parent.")
  var parent: String

  @Argument(help: "The fork that was cut from it.")
  var fork: String

  @Option(help: "How many pairs of runs; 0 for none.")
  var replicates = 0

  @Option(help: "What the seeds of the pairs are made of.")
  var seed: UInt64 = 1

  @OptionGroup var options: OutputOptions

  func run() throws {
    guard (0...1_000_000).contains(replicates) else {
      throw CommandFailure(Exit.usage, "--replicates: 0 to 1000000")
    }
    let parent = try OpenedTape(parent)
    let fork = try OpenedTape(fork, parents: [parent.path])
    guard case .fork(let origin) = fork.lineage.tape.genesis.origin,
      origin.parentId == parent.scan.fileHeader.sessionId
    else {
      throw CommandFailure(
        Exit.usage, "\(fork.path): is no fork of \(parent.path)",
        next: "compare any two tapes with: tapedeck diff \(parent.path) \(fork.path)")
    }
    let comparison = try Diff<Roster>.compare(parent, fork)
    let chain = try chain(comparison, fork)
    let card = replicates > 0 ? try card(parent, fork, origin) : nil
    if options.json {
      try Console.write(try json(comparison, chain, card, origin, parent, fork) + "\n")
    } else {
      try Console.write(try text(comparison, chain, card, origin, parent, fork))
    }
    if Console.isInterrupted.load(ordering: .relaxed) { throw ExitCode(Exit.interrupted) }
  }

  // MARK: One draw

  /// The first event that only the fork has, or has otherwise, and its causes, the event first.
  private func chain(
    _ comparison: TapeComparison, _ fork: OpenedTape
  ) throws(CommandFailure) -> [String] {
    guard let sequence = comparison.firstDifference?.second else { return [] }
    let text = EventText(names: fork.names, scenario: fork.lineage.scenario)
    do {
      return try fork.lineage.causes(of: sequence).map { text.line($0.0, $0.1) }
    } catch {
      throw CommandFailure(error, fork.paths)
    }
  }

  private func text(
    _ comparison: TapeComparison, _ chain: [String], _ card: EffectCard?, _ origin: ForkOrigin,
    _ parent: OpenedTape, _ fork: OpenedTape
  ) throws(CommandFailure) -> String {
    var text = ""
    for words in origin.words { text += "intervention at tick \(origin.tick): \(words)\n" }
    if comparison.isEqual {
      text += "the fork equals its parent, event for event\n"
    } else {
      text +=
        "events: \(comparison.equalCount) equal, \(comparison.changedCount) changed, "
        + "\(comparison.onlyFirstCount) only in the parent, "
        + "\(comparison.onlySecondCount) only in the fork\n"
      if let difference = comparison.firstDifference {
        text += "first difference:\n"
        for line in try Diff<Roster>.describe(difference, parent, fork) { text += "  \(line)\n" }
      }
      for (depth, line) in chain.dropFirst().enumerated() {
        text += String(repeating: "  ", count: depth + 1) + "because \(line)\n"
      }
    }
    if let card { return text + card.text }
    text += "each agent's change (\(ForkNote.caption)):\n"
    return text + ForkChange.table(try ForkChange.of(parent, fork, Roster.self))
  }

  private func json(
    _ comparison: TapeComparison, _ chain: [String], _ card: EffectCard?, _ origin: ForkOrigin,
    _ parent: OpenedTape, _ fork: OpenedTape
  ) throws(CommandFailure) -> String {
    var object: [String: Any] = [
      "interventions": origin.words, "tick": origin.tick, "equal": comparison.isEqual,
      "events": [
        "equal": comparison.equalCount, "changed": comparison.changedCount,
        "only_parent": comparison.onlyFirstCount, "only_fork": comparison.onlySecondCount,
      ], "causes": chain,
    ]
    if let difference = comparison.firstDifference {
      object["first_difference"] = try Diff<Roster>.describe(difference, parent, fork)
    }
    if let card {
      object["effect"] = card.object
    } else {
      object["caption"] = ForkNote.caption
      object["agents"] = try ForkChange.of(parent, fork, Roster.self).map { $0.object }
    }
    return Json.text(object)
  }

  // MARK: Many pairs

  private func card(
    _ parent: OpenedTape, _ fork: OpenedTape, _ origin: ForkOrigin
  ) throws(CommandFailure) -> EffectCard {
    let series: Replicates<Roster>
    var keyframes = try TapeKeyframes(parent.paths)
    do {
      let plan = try ForkPlan<Roster>(
        parent.lineage, at: origin.tick, held: origin.held, cache: &keyframes)
      series = try Replicates(
        plan,
        interventions: try origin.interventions.map {
          try Intervention(code: $0.code, payload: $0.payload)
        }, seed: seed)
    } catch let error as ForkError<FileFailure> {
      throw CommandFailure(error, parent.paths)
    } catch {
      throw CommandFailure(Exit.trouble, "\(fork.path): \(error)")
    }
    var pairs: [(treated: RunOutcome, control: RunOutcome)] = []
    var progress = Progress("replicating", total: Int64(replicates))
    Console.listenForInterrupts()
    for number in 0..<replicates {
      // What is finished is shown all the same: pairs do not depend on how many there are.
      if Console.isInterrupted.load(ordering: .relaxed) { break }
      do {
        pairs.append(try series.pair(number))
      } catch {
        throw CommandFailure(Exit.trouble, "pair \(number): \(error)")
      }
      progress.show(Int64(number + 1))
    }
    if pairs.count < replicates { Console.say("interrupted after \(pairs.count) pairs") }
    let scenario = series.plan.opening.scenario
    return EffectCard(
      pairs, agents: scenario.agents.map { $0.account.name },
      currencyDecimals: Int(scenario.currencyDecimals),
      priceDecimals: Int(scenario.instruments[0].priceDecimals), seed: seed,
      ticks: scenario.horizon - origin.tick, held: origin.held,
      command: "tapedeck compare \(parent.path) \(fork.path) --replicates \(pairs.count) "
        + "--seed \(seed)")
  }
}
