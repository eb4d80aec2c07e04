import Agents
import ArgumentParser
import Counterfactual
import FoundationEssentials
import Journal
import JournalFiles
import Market
import MarketModel
import Replay
import Reports
import Scenarios
import Session

/// `tapedeck fork`: cuts a new tape from a tick of another, with differences.
struct Fork<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "fork", abstract: "Cut a fork: the same session, different from a tick on.",
      discussion: """
        Without an intervention the fork repeats its parent event for event: a placebo. What it \
        prints is one draw, not an effect.

        Differences build on each other in this order, however they are written: --reseed, --silence, \
        --add-idle, --set, --policy, --change, --interventions.

        An agent that a program decided for is given its recorded history again: its command, from \
        the tape's scenario, is started, and must repeat what it did before the tick; then it goes \
        on live. On a tape that is not yours, hold such agents.
        """)
  }

  @OptionGroup var input: TapeOptions

  @Option(help: "The tick: the parent's events below it are shared.")
  var at: Tick

  @Option(help: "Silence an agent: it decides nothing any more, its resting orders stay.")
  var silence: [String] = []

  @Option(help: "Add an idle agent of this name, which wakes up to 1,000 times: a placebo.")
  var addIdle: [String] = []

  @Option(help: "Change a parameter of an agent: NAME.parameter=value.")
  var set: [String] = []

  @Option(
    help: """
      Change what the session is made of: agents.MM_01.latency.command=5ms,
      instruments.STOCK.taker_fee_millionths=200, processes.price.shock=-1.50.
      """)
  var change: [String] = []

  @Option(help: "Read interventions from a TOML file: all of these, inserted commands, new agents.")
  var interventions: [String] = []

  @Option(help: "Let an agent do what a policy says, in place of its strategy: NAME=FILE.")
  var policy: [String] = []

  @Option(help: "Draw noise with another seed from the tick on.")
  var reseed: UInt64?

  @Option(help: "Hold an agent: its recorded commands are issued again, its decider rests.")
  var hold: [String] = []

  @Option(help: "Start the programs of agents in this folder; without it they are held.")
  var folder: String?

  @OptionGroup var output: WriteOptions
  @OptionGroup var options: OutputOptions

  func run() throws {
    let parent = try input.open()
    for name in hold { _ = try parent.agent(name) }
    var plan: ForkPlan<Roster>
    var keyframes = try TapeKeyframes(parent.paths)
    do {
      plan = try ForkPlan(parent.lineage, at: at, held: hold, cache: &keyframes)
    } catch {
      throw CommandFailure(error, parent.paths)
    }
    var programs = LivePrograms<Roster>(parent, at: at, folder: folder)
    defer { programs.end() }
    try programs.resume(plan.session.state, except: hold)
    if !programs.names.isEmpty {
      do {
        plan = try ForkPlan(
          parent.lineage, at: at, held: hold, live: programs.names, cache: &keyframes)
      } catch {
        throw CommandFailure(error, parent.paths)
      }
    }
    let interventions = try interventions(parent, plan.opening)
    do {
      try plan.add(interventions)
    } catch {
      throw CommandFailure(
        Exit.usage,
        "intervention \(error.index + 1), to \(interventions[error.index].words): "
          + error.reason)
    }
    try programs.join(interventions)
    var run = try SessionRun(plan, parent, output)
    run.players = programs.players
    run.recorder.mailbox = programs.mailbox
    try run.begin(plan)
    try run.run("forking")
    let own = run.session.nextSequence - plan.session.nextSequence
    Console.say(
      "forked at tick \(at): \(own) events of its own, \(plan.session.nextSequence) shared: "
        + output.output)
    try Console.write(summary(parent))
    try run.players.reportFaults()
  }

  // MARK: Interventions

  /// `state` is that in which they take effect.
  private func interventions(
    _ parent: OpenedTape, _ state: SessionState<Roster>
  ) throws(CommandFailure) -> [Intervention] {
    var list: [Intervention] = []
    if let reseed { list.append(.reseed(reseed)) }
    for (index, name) in silence.enumerated() {
      _ = try agent(name, state, parent)
      if silence[..<index].contains(name) {
        throw CommandFailure(Exit.usage, "--silence: \(name) is named twice")
      }
      state.noteSilencing(name)
      list.append(.silence(agent: name))
    }
    for name in addIdle where name.isEmpty || name.utf8.count > 255 {
      throw CommandFailure(Exit.usage, "--add-idle: a name has 1 to 255 bytes")
    }
    for name in addIdle { list.append(.addAgent(idle(name, parent))) }
    let traders = try policy.map { text throws(CommandFailure) in try PolicyAssignment(text).agent }
    // What is said of who gets a policy belongs to that.
    let ofTraders = traders.flatMap { agent in settings(of: agent).map { "\(agent).\($0)" } }
    for text in set where !ofTraders.contains(text) {
      list.append(try parameter(text, parent, state, &list))
    }
    // What is changed further is what these leave.
    var scenario = state.scenario
    for intervention in list { intervention.apply(to: &scenario) }
    for text in policy {
      let assignment = try PolicyAssignment(text)
      let name = assignment.agent
      if hold.contains(name) {
        throw CommandFailure(
          Exit.usage, "--hold: \(name) cannot do what was recorded and what the policy says")
      }
      let intervention = try Intervention(
        policy: assignment.file, for: name, in: scenario, set: settings(of: name))
      intervention.apply(to: &scenario)
      list.append(intervention)
    }
    return try list + written(scenario)
  }

  /// What `--set` says of how an agent with a policy trades; what its strategy alone has is not among it.
  private func settings(of agent: String) -> [String] {
    set.filter { $0.hasPrefix("\(agent).") }.map { String($0.dropFirst(agent.count + 1)) }.filter {
      setting in PolicyTrader.parameters.contains { setting.hasPrefix("\($0.name)=") }
    }
  }

  private func agent(
    _ name: String, _ state: SessionState<Roster>, _ parent: OpenedTape
  ) throws(CommandFailure) -> Int {
    let names = state.scenario.agents.map { $0.account.name }
    if let index = names.firstIndex(of: name) { return index }
    throw CommandFailure.unknown("agent", name, among: names, in: parent.path)
  }

  /// The interventions of `--change` and `--interventions`.
  private func written(_ scenario: Scenario) throws(CommandFailure) -> [Intervention] {
    if change.isEmpty && interventions.isEmpty { return [] }
    var scenario = scenario
    let time = scenario.clock.firstInstant(of: at)
    let texts = try interventions.map { path throws(CommandFailure) in try TextFile.read(path) }
    do {
      var list = try InterventionFile.read(
        changes: change, scenario: scenario, at: time, roster: Roster.entries,
        policies: .beside())
      for intervention in list { intervention.apply(to: &scenario) }
      for (path, text) in zip(interventions, texts) {
        let own = try InterventionFile.read(
          text: text, file: path, scenario: scenario, at: time, roster: Roster.entries,
          policies: .beside(path))
        for intervention in own { intervention.apply(to: &scenario) }
        list += own
      }
      return list
    } catch {
      throw CommandFailure(Exit.usage, "\(error)")
    }
  }

  private func idle(_ name: String, _ parent: OpenedTape) -> AgentDescription {
    let scenario = parent.lineage.scenario
    var agent = AgentDescription(
      account: AccountRules(name: name, group: -1), type: Idle.typeName)
    agent.revision = Idle.revision
    agent.firstWake = scenario.clock.firstInstant(of: at)
    let ticks = max(1, (scenario.horizon - at) / 1000)
    // Cannot overflow: the session ends before Limits.maximumTime.
    agent.wakeInterval = min(ticks * scenario.clock.tickLength, Limits.maximumDelay)
    return agent
  }

  private func parameter(
    _ text: String, _ parent: OpenedTape, _ state: SessionState<Roster>,
    _ list: inout [Intervention]
  ) throws(CommandFailure) -> Intervention {
    let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      .map(String.init)
    guard sides.count == 2, let dot = sides[0].lastIndex(of: ".") else {
      throw CommandFailure(
        Exit.usage, "\(text): not a parameter", next: "write --set MM_01.half_spread=20")
    }
    let name = String(sides[0][..<dot])
    let key = String(sides[0][sides[0].index(after: dot)...])
    var parameters = state.scenario.agents[try agent(name, state, parent)].parameters
    if let earlier = list.firstIndex(where: { $0.isParameters(of: name) }),
      case .setParameters(_, let already) = list[earlier]
    {
      parameters = already
      list.remove(at: earlier)
    }
    guard let old = parameters[key] else {
      throw CommandFailure.unknown(
        "parameter of \(name)", key, among: parameters.entries.map { $0.name }, in: parent.path)
    }
    guard let value = old.parsed(sides[1]) else {
      throw CommandFailure(Exit.usage, "\(text): expected \(old.typeWords)")
    }
    parameters.set(key, value)
    return .setParameters(agent: name, parameters)
  }

  /// Creates the tape file of a fork, which knows where its parent is.
  static func writer(
    _ parent: OpenedTape, _ output: WriteOptions
  ) throws(CommandFailure) -> TapeWriter {
    let writer = try Record<Roster>.writer(output, inputs: parent.paths)
    try noteParent(parent.path, of: writer.path)
    return writer
  }

  /// Notes where the parent is, as seen from the fork's folder.
  static func noteParent(_ parent: String, of fork: String) throws(CommandFailure) {
    let folder = URL(fileURLWithPath: fork).deletingLastPathComponent().path
    let full = URL(fileURLWithPath: parent).path
    let hint =
      full.hasPrefix(folder + "/") ? String(full.dropFirst(folder.count + 1)) : full
    do {
      try SmallFile.write(
        Array((hint + "\n").utf8), to: SideFiles.parent(fork), replacing: true)
    } catch {
      throw CommandFailure(error)
    }
  }

  // MARK: What it did

  private func summary(_ parent: OpenedTape) throws -> String {
    let fork = try OpenedTape(output.output, parents: [parent.path]).readingAhead
    let parent = parent.readingAhead
    let comparison = try Diff<Roster>.compare(parent, fork)
    let changes = try ForkChange.of(parent, fork, Roster.self)
    if options.json {
      var object: [String: Any] = [
        "equal": comparison.isEqual, "caption": ForkNote.caption,
        "agents": changes.map { $0.object },
      ]
      if let tick = try parent.unfinishedTick() {
        object["unfinished"] = OpenedTape.object((parent.path, tick))
      }
      if let difference = comparison.firstDifference {
        object["first_difference"] = try Diff<Roster>.describe(difference, parent, fork)
      }
      return Json.text(object) + "\n"
    }
    if comparison.isEqual { return "the fork equals its parent, event for event\n" }
    var text = ""
    if case .fork(let origin) = fork.lineage.tape.genesis.origin {
      for words in fork.interventionWords {
        text += "intervention at tick \(origin.tick): \(words)\n"
      }
    }
    if let difference = comparison.firstDifference {
      text += "first difference:\n"
      for line in try Diff<Roster>.describe(difference, parent, fork) { text += "  \(line)\n" }
    }
    return try text + ForkChange.text(changes, parent)
  }
}

extension Intervention {
  func isParameters(of name: String) -> Bool {
    if case .setParameters(let agent, _) = self { return agent == name }
    return false
  }
}

extension ParameterValue {
  /// What a value of the same type is, for errors.
  var typeWords: String {
    switch self {
    case .integer: "a whole number from -2^63 to 2^63 - 1"
    case .number: "a number"
    case .text: "a text"
    case .flag: "true or false"
    }
  }

  /// A text as a value of the same type; nil where it is none.
  func parsed(_ text: String) -> ParameterValue? {
    switch self {
    case .integer: Int64(text).map { .integer($0) }
    case .number: Double(text).flatMap { $0.isFinite ? .number($0) : nil }
    case .text: .text(text)
    case .flag: Bool(text).map { .flag($0) }
    }
  }
}

extension SessionState {
  /// Says so where an agent decides nothing that silencing it could stop.
  func noteSilencing(_ name: String) {
    let agent = scenario.agents.firstIndex { $0.account.name == name }
    guard let agent, scenario.agents[agent].isForeign, agents[agent].nextWake < 0 else { return }
    Console.say(
      "tapedeck: \(name) takes no turns: its commands come from outside, and go on; "
        + "--silence stops only who decides")
  }
}
