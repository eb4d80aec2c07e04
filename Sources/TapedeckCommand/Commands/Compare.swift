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
import Session
import Synchronization

/// `tapedeck compare`: what a fork's difference caused, and, over replicates, its effect.
struct Compare<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "compare", abstract: "Say what a fork's difference caused.",
      discussion: """
        One fork and its parent are one draw. With --replicates N the fork is run again over N \
        pairs that share all noise: each pair with another seed from the fork's tick on, once with \
        the difference and once without. That gives an effect with an interval.

        A gain is cash and what is held, at the price of the instrument. The price is the value of its \
        random walk, which nobody who trades can move; without one the middle of the quotes, and for gains \
        of what others quote. Spread, depth (at the best prices) and volatility (of the middle) are means \
        over ticks.
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

  @Option(
    name: .customLong("after"),
    help: "Say also what the effect is after so many ticks; may be given several times.")
  var spans: [Tick] = []

  @Option(help: "Hold the effect against that of so many random orders of its size.")
  var placebos = 0

  @Flag(help: "Split the effect into what it does while nobody reacts, and what reactions do.")
  var decompose = false

  @OptionGroup var threads: ThreadOptions

  @Option(help: "Write the effect card as a page to this file.")
  var card: String?

  @Flag(help: "Replace the page where it exists.")
  var force = false

  @OptionGroup var options: OutputOptions

  func validate() throws {
    if replicates == 0, !spans.isEmpty || placebos > 0 || decompose || card != nil {
      throw ValidationError("--after, --placebos, --decompose and --card need --replicates")
    }
    guard (0...100_000).contains(placebos) else {
      throw ValidationError("--placebos: 0 to 100000")
    }
    guard spans.allSatisfy({ $0 > 0 }) else {
      throw ValidationError("--after: 1 tick or more")
    }
  }

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
    try fork.expectSession()
    try parent.expectUndamaged()
    try fork.expectUndamaged()
    if let path = card {
      try OutputFile.check(path, isNot: parent.paths + fork.paths, replacing: force)
    }
    let draw = try OneDraw(parent, fork, origin, Roster.self)
    let card = replicates > 0 ? try study(parent, fork, origin) : nil
    if let card, let path = self.card { try write(card, to: path, parent) }
    if options.json {
      var object = draw.object
      if let card { object["effect"] = card.object }
      try Console.write(Json.text(object) + "\n")
    } else if draw.comparison.isEqual, card == nil {
      try Console.write(draw.text)
    } else {
      try Console.write(draw.text + (card?.text ?? draw.table))
    }
    if Console.isInterrupted.load(ordering: .relaxed) { throw ExitCode(Exit.interrupted) }
    if card == nil, draw.unfinished != nil { throw ExitCode(Exit.loss) }
  }

  // MARK: Many pairs

  private func write(
    _ card: EffectCard, to path: String, _ parent: OpenedTape
  ) throws(CommandFailure) {
    let page = card.page(parent: parent.path, identity: parent.scan.chain.hexadecimal)
    do {
      try SmallFile.write(Array(page.html.utf8), to: path, replacing: force)
    } catch {
      throw CommandFailure(error)
    }
    Console.say("effect card: \(path)")
  }

  private func study(
    _ parent: OpenedTape, _ fork: OpenedTape, _ origin: ForkOrigin
  ) throws(CommandFailure) -> EffectCard {
    let interventions: [Intervention]
    var series: Replicates<Roster>
    var keyframes = try TapeKeyframes(parent.paths)
    do {
      let plan = try ForkPlan<Roster>(
        parent.lineage, at: origin.tick, held: origin.held, cache: &keyframes)
      interventions = try origin.interventions.map {
        try Intervention(code: $0.code, payload: $0.payload)
      }
      series = try Replicates(plan, interventions: interventions, seed: seed)
    } catch let error as ForkError<FileFailure> {
      throw CommandFailure(error, parent.paths)
    } catch let error as ImpossibleIntervention {
      throw CommandFailure(
        Exit.trouble, "\(fork.path): its head states what cannot be: \(error.reason)",
        next: "see what it is: tapedeck verify \(fork.path)")
    } catch let error as ByteError {
      throw CommandFailure(
        Exit.trouble,
        "\(fork.path): its head states what cannot be read: expected \(error.expected)",
        next: "see what it is: tapedeck verify \(fork.path)")
    } catch {
      throw CommandFailure(Exit.trouble, "\(fork.path): \(error)")
    }
    let opening = series.plan.opening
    let placebo = Placebo(size: Placebo.size(of: interventions), seed: seed)
    if placebos > 0, opening.seats.allSatisfy({ $0 == nil }) {
      throw CommandFailure(Exit.usage, "--placebos: no agent of \(parent.path) decides here")
    }
    series.placebos = (0..<placebos).map { placebo.intervention($0, in: opening) }
    series.isDecomposed = decompose
    series.isCalledOff = { Console.isInterrupted.load(ordering: .relaxed) }
    let ticks = opening.scenario.horizon - origin.tick
    if let beyond = spans.first(where: { $0 > ticks }) {
      throw CommandFailure(
        Exit.usage, "--after \(beyond): the fork has \(ticks) ticks",
        next: "take fewer; what comes of all of them is told anyway")
    }
    series.spans = spans.sorted().filter { $0 < ticks }
    let runs = try series.run(replicates, threads: threads.count)
    var scenario = opening.scenario
    for case .addAgent(let agent) in interventions { scenario.agents.append(agent) }
    let metrics = OutcomeMetric.all(
      agents: scenario.agents.count, instruments: scenario.instruments.count)
    return EffectCard(
      study: EffectStudy(runs, metrics: metrics, seed: seed), interventions: fork.interventionWords,
      tick: origin.tick, seed: seed, ticks: ticks, spans: series.spans, placeboSize: placebo.size,
      held: origin.held, command: command(parent, fork, runs.count), scenario: scenario)
  }

  /// The line that makes the card again.
  private func command(_ parent: OpenedTape, _ fork: OpenedTape, _ count: Int) -> String {
    var line =
      "tapedeck compare \(parent.path.shellWord) \(fork.path.shellWord) --replicates \(count) --seed \(seed)"
    for span in spans { line += " --after \(span)" }
    if placebos > 0 { line += " --placebos \(placebos)" }
    return decompose ? line + " --decompose" : line
  }
}
