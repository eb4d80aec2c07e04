import Agents
import ArgumentParser
import Counterfactual
import Determinism
import Foundation
import Journal
import JournalFiles
import Market
import MarketModel
import Replay
import Reports
import Session
import Training

/// `tapedeck retrain`: asks what would have come of an agent that had learned from a tick on.
struct Retrain<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "retrain",
      abstract: "Ask what would have come of an agent that had learned, from a tick on.",
      discussion: """
        Trains the agents in forks of the tape at a tick, as `train` does, over noise of other seeds. \
        Then the counterfactual: the fork in which they do what they learned, under the noise that the \
        tape had, is OUTPUT. Beside it stand the tape of the training, OUTPUT with the ending \
        .training.tape, and the policies. One pair of runs is one draw: with --replicates the effect is \
        measured over noise that the training did not see, and split into what a policy that has \
        learned nothing does in the agent's place, and what learning adds.
        """)
  }

  @OptionGroup var input: TapeOptions
  @OptionGroup var training: TrainingOptions

  @Option(help: "How many pairs of runs the effect is measured over; 0 for none.")
  var replicates = 100

  @Option(help: "What the seeds of the pairs are made of.")
  var replicateSeed: UInt64 = 1

  @Flag(help: "Go on with a training that was interrupted.")
  var resume = false

  @OptionGroup var output: WriteOptions
  @OptionGroup var options: OutputOptions

  /// `X` for `X.tape`.
  private var stem: String {
    output.output.hasSuffix(".tape") ? String(output.output.dropLast(5)) : output.output
  }

  func run() throws {
    guard (0...1_000_000).contains(replicates) else {
      throw CommandFailure(Exit.usage, "--replicates: 0 to 1000000")
    }
    if !training.against.isEmpty {
      throw CommandFailure(
        Exit.usage, "--against: retrain measures among the others as they are",
        next: "use tapedeck train --against, and then evaluate or league")
    }
    let plan = try training.plan()
    let parent = try input.open()
    let fork = try Train<Roster>.fork(
      parent, at: training.at, agents: training.agent, held: training.hold)
    if !output.force, !resume {
      try Train<Roster>.expectNothing(at: [output.output, trainingPath], parent)
    }
    let paths = Train<Roster>.policyPaths(output.output, training.agent)
    try Train<Roster>.check(
      policies: paths, isNot: parent.paths, nor: trainingPath, replacing: output.force || resume)
    try Train<Roster>.expectEnd(training.until, in: fork.opening.scenario)
    if resume, !output.force { try expectOwnFork(fork, parent) }
    var trainingOutput = output
    trainingOutput.output = trainingPath
    var run = try Train<Roster>.start(
      parent, fork, plan, trainingOutput, resume: resume, policies: paths,
      threads: training.threads.count)
    let untrained = run.recorded.fork.interventions
    try run.run(trainingPath)
    let learned = run.recorded.training.trainees.map { $0.policy }
    try Train<Roster>.write(learned, to: paths, replacing: output.force)
    let trained = run.recorded.training.interventions
    let comparison = try draw(parent, fork, trained)
    let card = replicates > 0 ? try effect(parent, fork, untrained, trained, paths) : nil
    try report(
      parent, comparison, card, Array(zip(paths, learned.map { $0.hash.hexadecimal })))
    if let card, card.study.count < replicates { throw ExitCode(Exit.interrupted) }
  }

  private var trainingPath: String { "\(stem).training.tape" }

  /// Refuses to replace what stands at OUTPUT where it is no fork that such a retraining made.
  private func expectOwnFork(
    _ fork: ForkPlan<Roster>, _ parent: OpenedTape
  ) throws(CommandFailure) {
    guard FileManager.default.fileExists(atPath: output.output) else { return }
    let tape = try? OpenedTape(output.output, parents: [parent.path])
    if let origin = tape?.lineage.forks.last, !origin.isTraining,
      case .fork(let own) = fork.genesis.origin, origin.parentId == own.parentId,
      origin.tick == own.tick, origin.held == own.held,
      origin.interventions.count == training.agent.count,
      zip(origin.interventions, training.agent).allSatisfy({ record, name in
        let difference = try? Intervention(code: record.code, payload: record.payload)
        guard case .changeAgent(let agent)? = difference else { return false }
        return agent.account.name == name && agent.type == PolicyTrader.typeName
      })
    {
      return
    }
    throw CommandFailure(
      Exit.usage, "\(output.output): exists, and is no fork that this retraining made",
      next: "write elsewhere, or replace it with --force")
  }

  /// The counterfactual under the noise of the tape.
  private func draw(
    _ parent: OpenedTape, _ fork: ForkPlan<Roster>, _ trained: [Intervention]
  ) throws -> OpenedTape {
    var plan = fork
    do {
      try plan.add(trained)
    } catch {
      throw CommandFailure(Exit.usage, "impossible: \(error.reason)")
    }
    var output = output
    // Its names were given to it when it began.
    output.force = output.force || resume
    var run = try SessionRun(plan, parent, output)
    try run.begin(plan)
    try run.run("forking")
    return try OpenedTape(output.output, parents: [parent.path])
  }

  /// What it comes to, over noise that the training did not see.
  private func effect(
    _ parent: OpenedTape, _ fork: ForkPlan<Roster>, _ untrained: [Intervention],
    _ trained: [Intervention], _ policies: [String]
  ) throws(CommandFailure) -> EffectCard {
    var series: Replicates<Roster>
    do {
      series = try Replicates(fork, interventions: trained, seed: replicateSeed)
    } catch {
      throw CommandFailure(Exit.usage, "impossible: \(error.reason)")
    }
    series.firstStep = untrained
    let runs = try series.run(replicates, threads: training.threads.count)
    let scenario = fork.opening.scenario
    let metrics = OutcomeMetric.all(
      agents: scenario.agents.count, instruments: scenario.instruments.count)
    return EffectCard(
      study: EffectStudy(runs, metrics: metrics, seed: replicateSeed),
      interventions: trained.map { $0.words }, tick: training.at, seed: replicateSeed,
      ticks: scenario.horizon - training.at, spans: [], placeboSize: 0, held: training.hold,
      command: "tapedeck evaluate \(parent.path.shellWord)"
        + Evaluate<Roster>.words(training.agent, policies)
        + PolicyOptions.words(
          at: training.at, replicates: runs.count, seed: replicateSeed, input, set: training.set,
          hold: training.hold),
      isLearned: true, scenario: scenario)
  }

  private func report(
    _ parent: OpenedTape, _ fork: OpenedTape, _ card: EffectCard?,
    _ policies: [(path: String, hash: String)]
  ) throws {
    let changes = try ForkChange.of(parent, fork, Roster.self)
    if options.json {
      var object: [String: Any] = [
        "tape": output.output, "training": trainingPath,
        "policies": zip(training.agent, policies).map {
          ["agent": $0, "policy": $1.path, "policy_hash": $1.hash]
        }, "caption": ForkNote.caption,
        "agents": changes.map { $0.object },
      ]
      if let card { object["effect"] = card.object }
      if let tick = try parent.unfinishedTick() {
        object["unfinished"] = OpenedTape.object((parent.path, tick))
      }
      if policies.count == 1 {
        (object["policy"], object["policy_hash"]) = (policies[0].path, policies[0].hash)
      }
      try Console.write(Json.text(object) + "\n")
      return
    }
    Console.say(
      "retrained \(training.agent.joined(separator: ", ")) from tick \(training.at): \(output.output)"
    )
    var text = policies.map { "policy \($0.hash.prefix(16)): \($0.path)\n" }.joined()
    text += try ForkChange.text(changes, parent)
    try Console.write(text + (card?.text ?? ""))
  }
}
