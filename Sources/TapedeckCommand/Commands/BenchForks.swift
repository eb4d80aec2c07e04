import Agents
import ArgumentParser
import Counterfactual
import Journal
import JournalFiles
import MarketModel
import Replay
import Session

/// `tapedeck bench forks`: what a fork of a session costs.
struct BenchForks<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "forks", abstract: "Time forks of a tape, all from one tick.",
      discussion: """
        Each fork draws noise of its own, runs for some ticks, and is sealed as a tape in memory. \
        The same ticks are run as often without forking, onto no tape: what a fork takes beyond \
        that is its own cost. Processor time of one thread, medians of several runs.
        """)
  }

  @OptionGroup var input: TapeOptions

  @Option(help: "The tick to fork at.")
  var at: Tick

  @Option(help: "How many forks.")
  var forks = 1000

  @Option(help: "How many ticks each fork runs.")
  var ticks: Tick = 10

  @Option(help: "How many runs; the median counts.")
  var runs = 3

  @OptionGroup var options: OutputOptions

  func validate() throws {
    guard (1...1_000_000).contains(forks) else { throw ValidationError("--forks: 1 to 1000000") }
    guard ticks >= 0 else { throw ValidationError("--ticks: 0 or more") }
    guard (1...1000).contains(runs) else { throw ValidationError("--runs: 1 to 1000") }
  }

  func run() throws {
    let parent = try input.open()
    let start = FlowRun.seconds()
    let plan: ForkPlan<Roster>
    do {
      plan = try ForkPlan(parent.lineage, at: at, interventions: [])
    } catch {
      throw CommandFailure(error, parent.paths)
    }
    let folding = FlowRun.seconds() - start
    var forked: [Double] = []
    var unforked: [Double] = []
    var cost = Cost()
    for number in 0..<runs {
      let (seconds, made) = try fork(plan)
      if number > 0, made != cost {
        throw CommandFailure(Exit.differs, "two runs of the same forks differ")
      }
      cost = made
      forked.append(seconds)
      unforked.append(try runWithoutForks(plan))
    }
    let each = forked.sorted()[runs / 2] / Double(forks) * 1e3
    let own = unforked.sorted()[runs / 2] / Double(forks) * 1e3
    try Console.data(
      options.json
        ? json(each, own, folding, cost) : text(each, own, folding, cost))
  }

  /// What came of all forks.
  private struct Cost: Equatable {
    var events = 0
    var bytes = 0
    /// The bytes of one fork that has no event but its interventions.
    var emptyBytes = 0
    var digest: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ root: UInt64) { digest = (digest ^ root) &* 0x100_0000_01B3 }
  }

  @specialized(where Roster == BuiltInAgents)
  private func fork(_ plan: ForkPlan<Roster>) throws -> (seconds: Double, Cost) {
    var cost = Cost()
    let start = FlowRun.seconds()
    for index in 0..<forks {
      let tape = try tape(plan, seed: UInt64(index), ticks: ticks)
      cost.events += tape.events
      cost.bytes += tape.bytes
      cost.add(tape.root)
    }
    let seconds = FlowRun.seconds() - start
    cost.emptyBytes = try tape(plan, seed: 0, ticks: 0).bytes
    return (seconds, cost)
  }

  /// Forks, runs for some ticks, and seals the tape.
  @specialized(where Roster == BuiltInAgents)
  private func tape(
    _ plan: ForkPlan<Roster>, seed: UInt64, ticks: Tick
  ) throws -> (events: Int, bytes: Int, root: UInt64) {
    var plan = plan
    try plan.add([.reseed(seed)])
    var session = plan.session
    var recorder = JournalRecorder(plan.encoder(), output: MemoryOutput())
    try plan.begin(&session, into: &recorder)
    try run(&session, ticks: ticks, into: &recorder)
    recorder.seal(session.state)
    return (
      Int(session.nextSequence - plan.session.nextSequence), recorder.output.bytes.count,
      session.state.digests().root
    )
  }

  /// The events of as many ticks, by one session that is set back again and again.
  @specialized(where Roster == BuiltInAgents)
  private func runWithoutForks(_ plan: ForkPlan<Roster>) throws -> Double {
    var seconds = 0.0
    var sink = NoSink()
    for _ in 0..<forks {
      var session = plan.session
      // What is shared is copied by the first change; that is part of a fork's own cost.
      try plan.begin(&session, into: &sink)
      try run(&session, ticks: 1, into: &sink)
      let start = FlowRun.seconds()
      try run(&session, ticks: ticks + 1, into: &sink)
      seconds += FlowRun.seconds() - start
    }
    return seconds
  }

  private func run<Sink: EventSink & ~Copyable>(
    _ session: inout MarketSession<Roster>, ticks: Tick, into sink: inout Sink
  ) throws {
    let end = session.state.scenario.clock.firstInstant(of: at + ticks)
    while let time = session.nextTime, time < end {
      if case .turn(let turn) = try session.step(into: &sink) {
        try session.takeTurn(turn, into: &sink)
      }
    }
  }

  // MARK: Showing

  private func text(
    _ each: Double, _ own: Double, _ folding: Double, _ cost: Cost
  ) -> String {
    """
    forks          \(forks), each \(ticks) ticks from tick \(at)
    forks/s        \((1e3 / each).fixed(0))
    ms a fork      \(each.fixed(3)): \(own.fixed(3)) for its events, \((each - own).fixed(3)) for being a fork
    events a fork  \((Double(cost.events) / Double(forks)).fixed(1))
    bytes a fork   \((Double(cost.bytes) / Double(forks)).fixed(0)), of which \(cost.emptyBytes) without an event of its own
    to the tick    \((folding * 1e3).fixed(0)) ms, once
    digest         \(StateTree.hexadecimal(cost.digest))
    """
  }

  private func json(
    _ each: Double, _ own: Double, _ folding: Double, _ cost: Cost
  ) -> String {
    Json.text([
      "forks": forks, "ticks": ticks, "tick": at, "per_second": 1e3 / each,
      "milliseconds": each, "milliseconds_of_events": own, "milliseconds_above_events": each - own,
      "events": cost.events, "bytes": cost.bytes, "bytes_without_events": cost.emptyBytes,
      "milliseconds_to_the_tick": folding * 1e3,
      "digest": StateTree.hexadecimal(cost.digest),
    ])
  }
}
