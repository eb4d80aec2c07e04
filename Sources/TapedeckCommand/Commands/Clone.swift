import Agents
import ArgumentParser
import Counterfactual
import Determinism
import JournalFiles
import Learners
import Market
import MarketModel
import Replay
import Session
import Training

/// `tapedeck clone`: learns to do what an agent of a tape did.
struct Clone<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "clone", abstract: "Learn to do what an agent of a tape did.",
      discussion: """
        Behaviour cloning: a policy learns which of its actions the agent took, given what it saw, and \
        is tested on later decisions. It knows what a policy can see and do: what an agent did with \
        other prices or quantities is called by the nearest action. Train it further by giving it to \
        the agent in a fork (`fork --policy`) and training that.
        """)
  }

  @OptionGroup var input: TapeOptions

  @Option(help: "The agent to learn from.")
  var agent: String

  @Option(name: .shortAndLong, help: "The policy file to write.")
  var output: String

  @Flag(help: "Replace OUTPUT where it exists.")
  var force = false

  @Option(help: "The tick from which it is watched.")
  var at: Tick = 0

  @Option(help: "The tick before which that ends; the session's end by default.")
  var until: Tick?

  @Option(help: "The part of the decisions, the last ones, that it is tested on.")
  var testPart = 0.3

  @Option(help: "How often all decisions are gone through.")
  var epochs = 30

  @Option(help: "What the learner's own draws are made of.")
  var seed: UInt64 = 1

  @Option(help: "Set how it learns: rate=0.001, hidden=64x64, batch=64, weight_decay=0.01.")
  var learn: [String] = []

  @Option(help: "Set how it trades, as for train.")
  var set: [String] = []

  @OptionGroup var options: OutputOptions

  func run() throws {
    guard (1...1 << 16).contains(epochs) else {
      throw CommandFailure(Exit.usage, "--epochs: 1 to 65536")
    }
    guard testPart > 0, testPart < 1 else {
      throw CommandFailure(Exit.usage, "--test-part: more than 0 and less than 1")
    }
    if let until, until <= at {
      throw CommandFailure(
        Exit.usage, "--until: tick \(until) does not come after --at \(at)")
    }
    var settings = BehaviourCloning.Settings()
    settings.epochs = epochs
    for text in learn { try settings.set(text) }
    let parameters = try TrainingOptions.parameters(set)
    let parent = try input.open()
    try OutputFile.check(output, isNot: parent.paths, replacing: force)
    let everybody = parent.lineage.scenario.agents.map { $0.account.name }
    let fork = try Train<Roster>.fork(parent, at: at, agents: [agent], held: everybody)
    try Train<Roster>.expectEnd(until, in: fork.opening.scenario)
    var until = until
    // What an agent did in ticks that were not recorded, nobody knows.
    if let last = try parent.unfinishedTick(), last < until ?? .max {
      Console.say(
        "\(parent.path): is unfinished: \(agent) is watched before its last tick, \(last)")
      until = last
    }
    let shown: Demonstration
    let cloning: PolicyCloning
    do throws(MarketTrainingError) {
      shown = try Demonstration(fork, of: agent, parameters: parameters, until: until)
    } catch {
      throw CommandFailure(error, parent.path)
    }
    // One to learn from, and one to be tested on.
    guard shown.actions.count > 1 else {
      throw CommandFailure(
        Exit.usage, "\(agent) decided once in those ticks: too little to learn from",
        next: "begin earlier with --at, or end later with --until")
    }
    do throws(MarketTrainingError) {
      cloning = try PolicyCloning(shown, settings: settings, seed: seed, testPart: testPart)
    } catch {
      throw CommandFailure(error, parent.path)
    }
    do {
      try SmallFile.write(cloning.policy.bytes, to: output, replacing: force)
    } catch {
      throw CommandFailure(error)
    }
    try report(shown, cloning)
  }

  private func report(_ shown: Demonstration, _ cloning: PolicyCloning) throws {
    let counts = DiscreteAction.allCases.map { action in
      (action, shown.actions.count { $0 == Int32(action.rawValue) })
    }
    let hash = cloning.policy.hash.hexadecimal
    if options.json {
      try Console.data(
        Json.text([
          "policy": output, "policy_hash": hash, "agent": agent,
          "learned": cloning.counts.learned, "tested": cloning.counts.tested,
          "agreement": cloning.tested.agreement, "loss": cloning.tested.loss,
          "agreement_learned": cloning.learned.agreement, "loss_learned": cloning.learned.loss,
          "most_common": cloning.common,
          "actions": Dictionary(uniqueKeysWithValues: counts.map { ("\($0)", $1) }),
        ]))
      return
    }
    let words = counts.filter { $0.1 > 0 }.map { "\($0) \($1)" }.joined(separator: ", ")
    let percent = { (part: Double) in "\((100 * part).fixed(1)) %" }
    try Console.data("\(agent) did: \(words)")
    try Console.data(
      "learned from \(cloning.counts.learned) decisions, tested on the \(cloning.counts.tested) "
        + "after them: does what it did in \(percent(cloning.tested.agreement)) "
        + "(always the most common action: \(percent(cloning.common)))")
    try Console.data("policy \(hash.prefix(16)): \(output)")
  }
}
