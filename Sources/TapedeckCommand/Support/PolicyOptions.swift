import Agents
import ArgumentParser
import Counterfactual
import MarketModel
import Session

/// Options of commands that play sessions in which agents do what policies say.
struct PolicyOptions: ParsableArguments {
  @Option(help: "The tick from which they do.")
  var at: Tick = 0

  @Option(help: "What the seeds of the runs are made of.")
  var seed: UInt64 = 1

  @Option(
    help:
      "Set how they trade, NAME:quantity=3 for one; by default as those did who learned the policies."
  )
  var set: [String] = []

  @Option(help: "Hold an agent: its recorded commands are issued again.")
  var hold: [String] = []

  /// A fork of a tape at the tick, in which agents are to do what policies say.
  func fork<Roster: AgentRoster>(
    _ parent: OpenedTape, of agents: [String], _ roster: Roster.Type
  ) throws(CommandFailure) -> ForkPlan<Roster> {
    if let agent = agents.first(where: { hold.contains($0) }) {
      throw CommandFailure(
        Exit.usage, "--hold: \(agent) cannot do what was recorded and what a policy says")
    }
    let plan = try Train<Roster>.fork(parent, at: at, agents: agents, held: hold)
    let horizon = plan.opening.scenario.horizon
    if at >= horizon {
      throw CommandFailure(
        Exit.usage, "\(parent.path): nothing comes after tick \(at)",
        next: "choose a tick below \(horizon)")
    }
    return plan
  }

  /// The difference that lets one of the agents do what a policy file says.
  func intervention(
    _ file: String, for agent: String, among agents: [String], in scenario: Scenario
  ) throws(CommandFailure) -> Intervention {
    try Intervention(
      policy: file, for: agent, in: scenario, set: try AgentWords.own(set, of: agent, among: agents)
    )
  }

  /// The options as a line has them.
  func words(replicates: Int, _ input: TapeOptions) -> String {
    Self.words(at: at, replicates: replicates, seed: seed, input, set: set, hold: hold)
  }

  /// Such options of a command that has them under other names.
  static func words(
    at: Tick, replicates: Int, seed: UInt64, _ input: TapeOptions, set: [String], hold: [String]
  ) -> String {
    " --at \(at) --replicates \(replicates) --seed \(seed)"
      + input.parent.map { " --parent \($0.shellWord)" }.joined()
      + set.map { " --set \($0.shellWord)" }.joined()
      + hold.map { " --hold \($0.shellWord)" }.joined()
  }
}

/// Who is to do what a policy file says: NAME=FILE.
struct PolicyAssignment {
  let agent: String
  let file: String

  /// Reads one; an error says how it is written.
  init(_ text: String, _ form: String = "--policy NAME=FILE") throws(CommandFailure) {
    guard let cut = text.firstIndex(of: "="), cut != text.startIndex,
      text.index(after: cut) != text.endIndex
    else {
      throw CommandFailure(
        Exit.usage, "\(text): gives nobody a policy", next: "write \(form)")
    }
    (agent, file) = (String(text[..<cut]), String(text[text.index(after: cut)...]))
  }
}
