import Agents
import ArgumentParser
import Counterfactual
import JournalFiles
import Market
import MarketModel
import Replay
import Reports
import Session

/// `tapedeck attribute`: shares an outcome out among the agents.
struct Attribute<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "attribute", abstract: "Share an outcome out among the agents.",
      discussion: """
        From a tick on the session is run again with every set of agents silenced. An agent's share \
        (its Shapley value) is what it adds to the sets it joins, over all orders of joining; its \
        difference reward is what is lost where it alone is silenced. Shares add up to the outcome \
        with all of them less that with none.

        Up to 10 agents are shared out exactly; beyond, orders are drawn and shares get intervals.
        """)
  }

  @OptionGroup var input: TapeOptions

  @Option(help: "The tick from which agents may be silent.")
  var at: Tick

  @Option(
    help: """
      What is shared out, "gain of MM_01" or "volume of STOCK"; may be given several times. \
      Without it: the volume of the first instrument.
      """)
  var of: [String] = []

  @Option(help: "An agent among whom it is shared; may be given several times. Without it: all.")
  var agent: [String] = []

  @Option(help: "Average over so many sessions, each with noise of its own; 0 for the parent's.")
  var replicates = 0

  @Option(help: "What the seeds of the replicates and the drawn orders are made of.")
  var seed: UInt64 = 1

  @Option(help: "How many orders of joining are drawn where there are more than 10 agents.")
  var orders = 100

  @OptionGroup var threads: ThreadOptions

  @OptionGroup var options: OutputOptions

  func validate() throws {
    guard (0...100_000).contains(replicates) else {
      throw ValidationError("--replicates: 0 to 100000")
    }
    guard (4...1_000_000).contains(orders) else { throw ValidationError("--orders: 4 to 1000000") }
  }

  func run() throws {
    let tape = try input.open()
    var keyframes = try TapeKeyframes(tape.paths)
    let plan: ForkPlan<Roster>
    do {
      plan = try ForkPlan(tape.lineage, at: at, cache: &keyframes)
    } catch {
      throw CommandFailure(error, tape.paths)
    }
    let scenario = plan.opening.scenario
    let players = try players(plan, tape)
    let metrics = try metrics(scenario)
    Console.listenForInterrupts()
    let series = try Replicates(plan, interventions: [], seed: seed)
    var results: [AttributedRun] = []
    var attribution = Attribution(plan, players: players, metrics: metrics)
    let pairs = (orders + 1) / 2
    let coalitions = attribution.coalitions(pairs: pairs, seed: seed)
    let progress = SharedProgress(
      "attributing", total: Int64(coalitions.count * max(replicates, 1)))
    for number in 0..<max(replicates, 1) {
      if replicates > 0 { attribution.reseed = series.reseed(number) }
      do {
        let run = try attribution.run(
          coalitions, pairs: pairs, seed: seed, threads: threads.count, progress: progress)
        guard let run else { break }
        results.append(run)
      } catch {
        throw CommandFailure(Exit.trouble, "\(tape.path): \(error)")
      }
    }
    guard !results.isEmpty else {
      throw CommandFailure(Exit.interrupted, "interrupted; nothing came of it")
    }
    // Of replicates that were played, not of those that were asked for.
    let played = replicates > 0 ? results.count : 0
    if played < replicates { Console.say("interrupted after \(played) of \(replicates) sessions") }
    let table = AttributionTable(
      results, metrics: metrics, players: players, scenario: scenario, seed: seed)
    if options.json {
      var object = table.object
      object["tick"] = at
      object["replicates"] = played
      try Console.write(Json.text(object) + "\n")
    } else {
      try Console.write(table.text(note: note(played)))
    }
    if results.count < replicates { throw ExitCode(Exit.interrupted) }
  }

  private func note(_ played: Int) -> String {
    played > 0 ? "mean of \(played) sessions from tick \(at) on" : ForkNote.caption
  }

  private func players(
    _ plan: ForkPlan<Roster>, _ tape: OpenedTape
  ) throws(CommandFailure) -> [AgentIndex] {
    let names = plan.session.state.scenario.agents.map { $0.account.name }
    let seats = plan.session.state.seats
    var players: [AgentIndex] = []
    for name in agent {
      guard let index = names.firstIndex(of: name) else {
        throw CommandFailure.unknown("agent", name, among: names, in: tape.path)
      }
      guard seats[index] != nil else {
        throw CommandFailure(
          Exit.usage, "\(name) is foreign: it cannot be run with others silent")
      }
      if !players.contains(AgentIndex(index)) { players.append(AgentIndex(index)) }
    }
    if agent.isEmpty {
      players = seats.indices.filter { seats[$0] != nil }.map { AgentIndex($0) }
    }
    guard (1...64).contains(players.count) else {
      throw CommandFailure(
        Exit.usage, "\(players.count) agents: shares are for 1 to 64",
        next: "name some with --agent")
    }
    return players
  }

  private func metrics(_ scenario: Scenario) throws(CommandFailure) -> [OutcomeMetric] {
    let all = OutcomeMetric.all(
      agents: scenario.agents.count, instruments: scenario.instruments.count)
    if of.isEmpty { return [.market(0, .volume)] }
    let names = all.map { $0.name(in: scenario) }
    var metrics: [OutcomeMetric] = []
    for name in of {
      guard let index = names.firstIndex(of: name) else {
        throw CommandFailure.unknown("outcome", name, among: names, in: "--of")
      }
      metrics.append(all[index])
    }
    return metrics
  }
}
