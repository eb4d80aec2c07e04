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
        Pairs of runs that share all noise from a tick on, once with the policy and once with the \
        strategy that the tape has. The noise is none that `train` plays: its seeds are made of \
        --seed.
        """)
  }

  @OptionGroup var input: TapeOptions

  @Option(help: "The agent that does what the policy says; repeat both for several.")
  var agent: [String]

  @Option(help: "The policy file of the agent that is named at the same place.")
  var policy: [String]

  @Option(help: "How many pairs of runs.")
  var replicates = 100

  @OptionGroup var policies: PolicyOptions
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
    if let twice = agent.indices.first(where: { agent[..<$0].contains(agent[$0]) }) {
      throw CommandFailure(Exit.usage, "--agent: \(agent[twice]) comes twice")
    }
    let parent = try input.open()
    let plan = try policies.fork(parent, of: agent, Roster.self)
    let (scenario, seed) = (plan.opening.scenario, policies.seed)
    let interventions = try zip(agent, policy).map { name, path throws(CommandFailure) in
      try policies.intervention(path, for: name, among: agent, in: scenario)
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
      interventions: interventions.map { $0.words }, tick: policies.at, seed: seed,
      ticks: scenario.horizon - policies.at, spans: [], placeboSize: 0, held: policies.hold,
      command: "tapedeck evaluate \(parent.path.shellWord)" + Self.words(agent, policy)
        + policies.words(replicates: runs.count, input), scenario: scenario)
    try Console.write(options.json ? Json.text(card.object) + "\n" : card.text)
    if runs.count < replicates { throw ExitCode(Exit.interrupted) }
  }

  /// Which agent does what which policy says, as options.
  static func words(_ agents: [String], _ policies: [String]) -> String {
    zip(agents, policies).map { " --agent \($0.shellWord) --policy \($1.shellWord)" }.joined()
  }
}
