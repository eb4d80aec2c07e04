import Agents
import Counterfactual
import Journal
import Market
import MarketModel
import Replay
import Session
import SessionSupport

/// Small sessions and their forks, in memory.
enum Forks {
  static func scenario(seed: UInt64 = 3, hasLatency: Bool = true) -> Scenario {
    var scenario = SmallSession.scenario("fork", seed: seed, ticks: 50)
    scenario.digestInterval = 0
    scenario.agents = SmallSession.fourTypes.map {
      SmallSession.agent($0, $1, hasLatency: hasLatency)
    }
    return scenario
  }

  static func fork(
    _ tapes: [[UInt8]], at tick: Tick, _ interventions: [Intervention], held: [String] = []
  ) throws -> [[UInt8]] {
    let plan = try ForkPlan<BuiltInAgents>(
      try SmallSession.open(tapes), at: tick, interventions: interventions, held: held)
    var recorder = JournalRecorder(plan.encoder(), output: MemoryOutput())
    let session = try plan.run(into: &recorder)
    recorder.seal(session.state)
    return tapes + [recorder.output.bytes]
  }

  /// The last tape made to stand alone.
  static func flatten(_ tapes: [[UInt8]]) throws -> [UInt8] {
    var flattening = try Flattening<BuiltInAgents, MemorySource>(
      SmallSession.open(tapes), failure: Never.self)
    var recorder = JournalRecorder(flattening.encoder(), output: MemoryOutput())
    while try flattening.step(into: &recorder) {}
    try flattening.seal(&recorder)
    return recorder.output.bytes
  }

  /// All events of the last tape's session, those of its parents included.
  static func events(_ tapes: [[UInt8]]) throws -> [EventRecord] {
    var events: [EventRecord] = []
    var cursor = try SmallSession.open(tapes).cursor()
    while let item = try cursor.next() {
      if case .event(_, .known(let record)) = item { events.append(record) }
    }
    return events
  }

  /// The state at the end.
  static func end(_ tapes: [[UInt8]]) throws -> SessionState<BuiltInAgents> {
    var replayer = try Replayer<BuiltInAgents, MemorySource>(SmallSession.open(tapes))
    try replayer.run()
    return replayer.state
  }
}
