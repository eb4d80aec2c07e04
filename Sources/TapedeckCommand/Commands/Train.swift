import Agents
import ArgumentParser
import Counterfactual
import Determinism
import FoundationEssentials
import Journal
import JournalFiles
import Learners
import MarketModel
import Replay
import Session
import Training

/// `tapedeck train`: lets an agent of a tape learn in forks of it.
struct Train<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "train", abstract: "Train agents of a tape, in forks of it.",
      discussion: """
        The session is forked at a tick and played over and over, each time with other noise; who \
        learns does what its policy says, all others decide for themselves. The output is the tape of \
        the training: what was played, what was learned, and the policies. `verify --level V4` trains \
        again and compares every bit. Each policy is written beside it: give it to an agent of the \
        type `policy`, or to `fork --policy`.
        """)
  }

  @OptionGroup var input: TapeOptions
  @OptionGroup var training: TrainingOptions

  @Option(
    help: """
      Where the policy is written; OUTPUT with the ending .policy by default, and .NAME.policy for \
      each of several agents.
      """)
  var policy: String?

  @Flag(help: "Go on with a training that was interrupted, from the last state that OUTPUT has.")
  var resume = false

  @OptionGroup var output: WriteOptions
  @OptionGroup var options: OutputOptions

  func run() throws {
    let plan = try training.plan()
    let parent = try input.open()
    if policy != nil, training.agent.count > 1 {
      throw CommandFailure(
        Exit.usage, "--policy: is one name for \(training.agent.count) policies",
        next: "without it each has a name of its own")
    }
    let paths = policy.map { [$0] } ?? Self.policyPaths(output.output, training.agent)
    if !resume, !output.force { try Self.expectNothing(at: [output.output], parent) }
    try Self.check(
      policies: paths, isNot: parent.paths, nor: output.output, replacing: resume || output.force)
    let opposed = plan.settings.opponents.map { $0.agent }
    let fork = try Self.fork(
      parent, at: training.at, agents: training.agent + opposed, held: training.hold)
    try Self.expectEnd(training.until, in: fork.opening.scenario)
    var run = try Self.start(
      parent, fork, plan, output, resume: resume, policies: paths, threads: training.threads.count)
    try run.run(output.output)
    let learned = run.recorded.training.trainees.map { $0.policy }
    try Self.write(learned, to: paths, replacing: output.force)
    try report(run, learned.map { $0.hash.hexadecimal }, paths, parent)
  }

  /// Refuses to write over anything, and tells how to go on with a training that was interrupted.
  static func expectNothing(
    at paths: [String], _ parent: OpenedTape
  ) throws(CommandFailure) {
    for path in paths {
      do {
        try OutputFile.expectNothing(at: [path])
      } catch {
        var failure = error
        if let tape = try? OpenedTape(path, parents: parent.paths), tape.isTraining,
          tape.scan.seal == nil
        {
          failure.next = "go on with it by --resume, or replace it with --force"
        }
        throw failure
      }
    }
  }

  /// Refuses to train for policies that could not be written then, or only over something else.
  static func check(
    policies: [String], isNot inputs: [String], nor output: String, replacing: Bool
  ) throws(CommandFailure) {
    let place = { (path: String) in URL(fileURLWithPath: path).standardizedFileURL.path }
    for policy in policies {
      if place(policy) == place(output) {
        throw CommandFailure(
          Exit.usage, "\(policy): is the name of the tape and of the policy",
          next: "give the policy another name with --policy")
      }
      try OutputFile.check(policy, isNot: inputs, replacing: replacing)
    }
  }

  /// `X.policy` for `X.tape` and one agent, `X.NAME.policy` for each of several.
  static func policyPaths(_ tape: String, _ agents: [String]) -> [String] {
    let stem = tape.hasSuffix(".tape") ? String(tape.dropLast(5)) : tape
    return agents.map { agent in
      // A name may have what a file's may not.
      let name = agent.replacing("/", with: "%2F")
      return agents.count > 1 ? "\(stem).\(name).policy" : "\(stem).policy"
    }
  }

  /// Writes policies, each to its place; one that is there already stays.
  static func write(
    _ policies: [TradingPolicy], to paths: [String], replacing: Bool
  ) throws(CommandFailure) {
    for (policy, path) in zip(policies, paths) {
      if let there = try? ReadFiles.read(path), there == policy.bytes { continue }
      do {
        try SmallFile.write(policy.bytes, to: path, replacing: replacing)
      } catch {
        throw CommandFailure(error)
      }
    }
  }

  /// Refuses an end that lies after that of a session.
  static func expectEnd(_ until: Tick?, in scenario: Scenario) throws(CommandFailure) {
    guard let until, until > scenario.horizon else { return }
    throw CommandFailure(
      Exit.usage, "--until: the session ends at tick \(scenario.horizon), before \(until)",
      next: "leave it out to go to the end")
  }

  /// The fork that is played.
  static func fork(
    _ parent: OpenedTape, at tick: Tick, agents: [String], held: [String]
  ) throws(CommandFailure) -> ForkPlan<Roster> {
    for name in agents + held { _ = try parent.agent(name) }
    var keyframes = try TapeKeyframes(parent.paths)
    do {
      return try ForkPlan(parent.lineage, at: tick, held: held, cache: &keyframes)
    } catch {
      throw CommandFailure(error, parent.paths)
    }
  }

  /// A training onto a tape; where it goes on, what `output` says already stands on it again.
  static func start(
    _ parent: OpenedTape, _ fork: ForkPlan<Roster>, _ plan: TrainingPlan, _ output: WriteOptions,
    resume: Bool, policies: [String], threads: Int
  ) throws -> TrainingRun<Roster> {
    var output = output
    // What is learned takes long: each update is kept, unless somebody wants otherwise.
    if output.durability == nil, Console.environment("TAPEDECK_DURABILITY") == nil {
      output.durability = .tick
    }
    var earlier: [EventRecord] = []
    if resume {
      earlier = try Self.earlier(parent, fork, plan, output.output)
      if !output.force { try expectOwn(policies, earlier) }
      output.force = true
    }
    let options = output
    let run = try TrainingRun(
      fork, plan, threads: threads, path: parent.path, earlier: earlier
    ) { () throws(CommandFailure) in
      try Fork<Roster>.writer(parent, options)
    }
    if resume, run.recorded.updateCount == 0 {
      Console.say("\(options.output): keeps no state to go on from; trained from the beginning")
    }
    return run
  }

  /// Refuses to go on where a policy file is there that this training did not write.
  private static func expectOwn(
    _ paths: [String], _ earlier: [EventRecord]
  ) throws(CommandFailure) {
    for path in paths {
      guard let there = try? ReadFiles.read(path) else { continue }
      let isOwn = earlier.contains { record in
        if case .policyUpdated(let body) = record.event { body.payload == there } else { false }
      }
      if !isOwn {
        throw CommandFailure(
          Exit.usage, "\(path): exists, and is no policy of this training",
          next: "give its policies another place, or replace it with --force")
      }
    }
  }

  /// What was said before, on the tape, or beside it where a training that went on was interrupted.
  private static func earlier(
    _ parent: OpenedTape, _ fork: ForkPlan<Roster>, _ plan: TrainingPlan, _ path: String
  ) throws(CommandFailure) -> [EventRecord] {
    // What cannot be read there was not kept: the tape itself is as it was.
    let later = try? said(parent, fork, plan, SideFiles.replacement(path))
    let own: [EventRecord]
    do {
      own = try said(parent, fork, plan, path)
    } catch {
      // A tape that was to be replaced may be of another training, or of none.
      guard let later else { throw error }
      return later
    }
    return later.map { lastSaved($0) > lastSaved(own) ? $0 : own } ?? own
  }

  /// The update after which the last state was kept; 0 for none.
  private static func lastSaved(_ records: [EventRecord]) -> UInt32 {
    for record in records.reversed() {
      if case .learnerSaved(let saved) = record.event { return saved.update }
    }
    return 0
  }

  private static func said(
    _ parent: OpenedTape, _ fork: ForkPlan<Roster>, _ plan: TrainingPlan, _ path: String
  ) throws(CommandFailure) -> [EventRecord] {
    let tape = try OpenedTape(path, parents: [parent.path])
    guard let origin = tape.lineage.forks.last, origin.isTraining else {
      throw CommandFailure(Exit.usage, "\(path): is no training to go on with")
    }
    guard case .fork(let own) = fork.genesis.origin, origin.training == plan.bytes,
      origin.tick == own.tick, origin.held == own.held, origin.parentId == own.parentId
    else {
      throw CommandFailure(
        Exit.usage, "\(path): is a training with other settings",
        next: "go on with the line that began it and --resume")
    }
    do {
      return try TrainingCheck<Roster, TapeFile>.ownRecords(tape.lineage)
    } catch {
      throw CommandFailure(error, tape.paths)
    }
  }

  private func report(
    _ run: TrainingRun<Roster>, _ hashes: [String], _ paths: [String], _ parent: OpenedTape
  ) throws {
    let training = run.recorded.training
    let settings = training.settings
    let unit = parent.lineage.scenario.moneyUnit
    let gains = run.gains.map { $0.map { $0 / unit } }
    if options.json {
      let trainees = settings.trainees.indices.map { place -> [String: Any] in
        [
          "agent": settings.trainees[place].agent,
          "algorithm": settings.trainees[place].learning.algorithm.name, "policy": paths[place],
          "policy_hash": hashes[place], "gains": gains[place],
        ]
      }
      var object: [String: Any] = [
        "tape": output.output, "updates": settings.updates,
        "episodes": settings.updates * settings.episodes,
        "decisions": settings.updates * training.batch, "trainees": trainees,
      ]
      // What is said of one agent alone stands where it always stood.
      if trainees.count == 1 { object.merge(trainees[0]) { old, _ in old } }
      try Console.data(Json.text(object))
      return
    }
    Console.say(
      "trained \(settings.names) from tick \(self.training.at): \(settings.updates) updates, "
        + "\(settings.updates * settings.episodes) episodes of "
        + "\(training.batch / settings.episodes) decisions: \(output.output)")
    for (place, own) in settings.trainees.enumerated() {
      if let first = gains[place].first, let last = gains[place].last {
        let number = settings.updates
        try Console.data(
          "mean gain of \(own.agent): \(first.fixed(2)) in update "
            + "\(number - gains[place].count + 1), \(last.fixed(2)) in update \(number)")
      }
      try Console.data("policy \(hashes[place].prefix(16)): \(paths[place])")
    }
  }
}
