import Agents
import ArgumentParser
import Counterfactual
import Journal
import JournalFiles
import Market
import MarketModel
import Session
import Training

/// `tapedeck evaluate`: what a policy is worth in place of an agent's strategy.
struct Evaluate<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "evaluate",
      abstract: "Say what a policy is worth in place of an agent's strategy.",
      discussion: """
        Pairs of runs that share all noise from a tick on, once with the policy and once with the
        strategy that the tape has. The noise is none that `train` plays: its seeds are made of
        --seed.
        """)
  }

  @OptionGroup var input: TapeOptions

  @Option(help: "The agent that does what the policy says; repeat both for several.")
  var agent: [String]

  @Option(help: "The policy file of the agent that is named at the same place.")
  var policy: [String]

  @Option(help: "The tick from which it does.")
  var at: Tick = 0

  @Option(help: "How many pairs of runs.")
  var replicates = 100

  @Option(help: "What the seeds of the pairs are made of.")
  var seed: UInt64 = 1

  @Option(
    help: "Set how it trades, as `train --set` did, NAME:quantity=3 for one: a policy does not say."
  )
  var set: [String] = []

  @Option(help: "Hold an agent: its recorded commands are issued again.")
  var hold: [String] = []

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var options: OutputOptions

  func run() throws {
    guard (1...1_000_000).contains(replicates) else {
      throw CommandFailure(Exit.usage, "--replicates: 1 to 1000000")
    }
    guard agent.count == policy.count else {
      throw CommandFailure(
        Exit.usage, "\(agent.count) --agent and \(policy.count) --policy: which does what?",
        next: "give each agent a policy: --agent A --policy a.policy --agent B --policy b.policy")
    }
    let parent = try input.open()
    let plan = try Train<Roster>.fork(parent, at: at, agents: agent, held: hold)
    let scenario = plan.opening.scenario
    if at >= scenario.horizon {
      throw CommandFailure(
        Exit.usage, "\(parent.path): nothing comes after tick \(at)",
        next: "choose a tick below \(scenario.horizon)")
    }
    if let agent = agent.first(where: { hold.contains($0) }) {
      throw CommandFailure(
        Exit.usage, "--hold: \(agent) cannot do what was recorded and what the policy says")
    }
    var interventions: [Intervention] = []
    for (name, path) in zip(agent, policy) {
      interventions.append(
        try Intervention(
          policy: path, for: name, in: scenario,
          set: try AgentWords.own(set, of: name, among: agent)))
    }
    let series: Replicates<Roster>
    do throws(ImpossibleIntervention) {
      series = try Replicates(plan, interventions: interventions, seed: seed)
    } catch {
      throw CommandFailure(
        Exit.usage, "\(policy.joined(separator: ", ")): \(error.reason)")
    }
    let runs = try series.run(replicates, threads: threads.count)
    let card = EffectCard(
      study: EffectStudy(
        runs,
        metrics: OutcomeMetric.all(
          agents: scenario.agents.count, instruments: scenario.instruments.count), seed: seed),
      interventions: interventions.map { $0.words }, tick: at, seed: seed,
      ticks: scenario.horizon - at,
      spans: [], placeboSize: 0, held: hold, command: command(parent, runs.count),
      scenario: scenario)
    try Console.write(options.json ? Json.text(card.object) + "\n" : card.text)
    if runs.count < replicates { throw ExitCode(Exit.interrupted) }
  }

  private func command(_ parent: OpenedTape, _ count: Int) -> String {
    var line =
      "tapedeck evaluate \(parent.path.shellWord)" + Self.words(agent, policy)
      + " --at \(at) --replicates \(count) --seed \(seed)"
    for path in input.parent { line += " --parent \(path.shellWord)" }
    for text in set { line += " --set \(text.shellWord)" }
    for name in hold { line += " --hold \(name.shellWord)" }
    return line
  }
  /// Which agent does what which policy says, as options.
  static func words(_ agents: [String], _ policies: [String]) -> String {
    zip(agents, policies).map { " --agent \($0.shellWord) --policy \($1.shellWord)" }.joined()
  }
}
