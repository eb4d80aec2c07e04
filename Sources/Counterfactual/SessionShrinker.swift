public import Agents
import Market
import MarketModel
import Session

/// Shrinks a session on which a check fails to a small one on which it still fails.
///
/// The first sketch is the first that fails of: all commands as inputs; one agent that decides and
/// the others' commands as inputs; all agents deciding. From there: end earlier, begin later, drop
/// inputs (`DeltaDebugging`), agents, instruments and processes, then make rules and fields small
/// and simple, over and over until nothing changes any more.
///
/// The check must give the same answer for the same session. It says whether the session still
/// fails, and is never asked about one that cannot be run. Where it throws, `best` is the best so
/// far.
public struct SessionShrinker<Roster: AgentRoster> {
  /// The smallest session known to fail; nil before one was found.
  public private(set) var best: SessionSketch?
  /// How many sessions were checked.
  public private(set) var checkCount = 0
  /// How many events the best has.
  public private(set) var eventCount = 0

  private let recording: RecordedSession

  /// Prepares to shrink a recorded session.
  public init(_ recording: RecordedSession) { self.recording = recording }

  // MARK: The first sketch

  /// Finds a sketch of the session that fails; false where none does.
  ///
  /// - Throws: what the check throws.
  public mutating func start<Failure: Error>(
    _ fails: (SessionSketch) throws(Failure) -> Bool
  ) throws(Failure) -> Bool {
    let agents = recording.scenario.agents.indices.filter {
      !recording.scenario.agents[$0].isForeign
    }.map { AgentIndex($0) }
    let choices = [[]] + (agents.count > 1 ? agents.map { [$0] } : []) + [agents]
    for deciding in choices {
      // As the exchange executed them commands need no latency; as they were given they have it.
      let timings: [RecordedSession.Timing] =
        deciding == agents && !agents.isEmpty ? [.given] : [.executed, .given]
      for timing in timings {
        let sketch = recording.sketch(deciding: deciding, timing: timing)
        let isAccepted = try accept(sketch, fails)
        if isAccepted { return true }
      }
      if agents.isEmpty { break }
    }
    return false
  }

  // MARK: Shrinking

  /// Shrinks as far as it goes.
  ///
  /// - Precondition: `start` returned true.
  /// - Throws: what the check throws; `best` is kept.
  public mutating func run<Failure: Error>(
    _ fails: (SessionSketch) throws(Failure) -> Bool
  ) throws(Failure) {
    precondition(best != nil, "Invariant: there is a session to shrink")
    while try pass(fails) {}
  }

  /// One round of all reductions; whether anything changed.
  private mutating func pass<Failure: Error>(
    _ fails: (SessionSketch) throws(Failure) -> Bool
  ) throws(Failure) -> Bool {
    let before = best
    try endEarlier(fails)
    try beginLater(fails)
    try dropInputs(fails)
    try dropParts(fails)
    try decideLess(fails)
    try decideMore(fails)
    try simplifyRules(fails)
    try simplifyFields(fails)
    return best != before
  }

  /// Runs a sketch and keeps it if it still fails.
  private mutating func accept<Failure: Error>(
    _ sketch: SessionSketch?, _ fails: (SessionSketch) throws(Failure) -> Bool
  ) throws(Failure) -> Bool {
    guard let sketch, sketch != best, let count = sketch.eventCount(Roster.self) else {
      return false
    }
    checkCount += 1
    guard try fails(sketch) else { return false }
    best = sketch
    eventCount = count
    return true
  }

  /// Tries a change of the best.
  private mutating func attempt<Failure: Error>(
    _ fails: (SessionSketch) throws(Failure) -> Bool, _ change: (inout SessionSketch) -> Void
  ) throws(Failure) -> Bool {
    guard var sketch = best else { return false }
    change(&sketch)
    return try accept(sketch, fails)
  }

  // MARK: Reductions

  private mutating func endEarlier<Failure: Error>(
    _ fails: (SessionSketch) throws(Failure) -> Bool
  ) throws(Failure) {
    guard let sketch = best else { return }
    _ = try DeltaDebugging.approach(1, from: sketch.scenario.horizon) {
      (tick) throws(Failure) in try accept(sketch.ended(before: tick), fails)
    }
  }

  /// Begins as late as it can: tries the latest ticks first, ever larger steps back.
  private mutating func beginLater<Failure: Error>(
    _ fails: (SessionSketch) throws(Failure) -> Bool
  ) throws(Failure) {
    guard let sketch = best else { return }
    let first = sketch.firstTick
    var distance: Int64 = 1
    while sketch.scenario.horizon - distance > first {
      let tick = sketch.scenario.horizon - distance
      // Only what is smaller by itself: else it would undo what was made simple before.
      if let later = sketch.begun(with: tick, Roster.self),
        later.inputs.count < sketch.inputs.count
          || later.eventCount(Roster.self) ?? Int.max < eventCount,
        try accept(later, fails)
      {
        return
      }
      distance += max(1, distance / 2)
    }
  }

  private mutating func dropInputs<Failure: Error>(
    _ fails: (SessionSketch) throws(Failure) -> Bool
  ) throws(Failure) {
    guard let sketch = best else { return }
    _ = try DeltaDebugging.minimize(sketch.inputs) { (inputs) throws(Failure) in
      var smaller = sketch
      smaller.inputs = inputs
      return try accept(smaller, fails)
    }
  }

  private mutating func dropParts<Failure: Error>(
    _ fails: (SessionSketch) throws(Failure) -> Bool
  ) throws(Failure) {
    for index in (best?.scenario.agents.indices ?? 0..<0).reversed() {
      _ = try accept(best?.without(agent: AgentIndex(index)), fails)
    }
    for index in (best?.scenario.instruments.indices ?? 0..<0).reversed() {
      _ = try accept(best?.without(instrument: InstrumentIndex(index)), fails)
    }
    for index in (best?.scenario.processes.indices ?? 0..<0).reversed() {
      _ = try accept(best?.without(process: ProcessIndex(index)), fails)
    }
  }

  /// Makes inputs of what agents decide, where that is enough, and lets the others wake less.
  private mutating func decideLess<Failure: Error>(
    _ fails: (SessionSketch) throws(Failure) -> Bool
  ) throws(Failure) {
    for agent in best?.deciding ?? [] {
      guard let sketch = best, let events = sketch.events(Roster.self) else { return }
      let rest = sketch.deciding.filter { $0 != agent }
      let recording = RecordedSession(scenario: sketch.scenario, events: events)
      for timing in RecordedSession.Timing.allCases {
        let isAccepted = try accept(recording.sketch(deciding: rest, timing: timing), fails)
        if isAccepted { break }
      }
    }
    for agent in best?.deciding ?? [] {
      _ = try attempt(fails) { $0.scenario.agents[Int(agent)].wakeInterval = 0 }
      while try attempt(fails, { $0.skipWake(of: Int(agent)) }) {}
    }
    for index in best?.scenario.processes.indices ?? 0..<0 {
      if try attempt(fails, { $0.rest(process: index) }) { continue }
      _ = try attempt(fails) { $0.scenario.processes[index].interval = 0 }
      while try attempt(fails, { $0.skipStep(of: index) }) {}
    }
  }

  /// Lets those who decide do more at once, and the others too, where that makes the session
  /// shorter: what takes many trades then takes one.
  private mutating func decideMore<Failure: Error>(
    _ fails: (SessionSketch) throws(Failure) -> Bool
  ) throws(Failure) {
    for agent in best?.deciding ?? [] {
      for entry in best?.scenario.agents[Int(agent)].parameters.entries ?? [] {
        guard case .integer(let value) = entry.value, value > 0, value < 1 << 40 else { continue }
        for factor in [1, 8] as [Lots] {
          try detour(fails) {
            $0.scenario.agents[Int(agent)].parameters.set(entry.name, .integer(8 * value))
            $0.scaleQuantities(by: factor)
          }
        }
      }
    }
  }

  /// Makes a change that is no reduction, reduces, and goes back unless that left fewer events.
  private mutating func detour<Failure: Error>(
    _ fails: (SessionSketch) throws(Failure) -> Bool, _ change: (inout SessionSketch) -> Void
  ) throws(Failure) {
    let (sketch, count) = (best, eventCount)
    do throws(Failure) {
      guard try attempt(fails, change) else { return }
      try endEarlier(fails)
      try beginLater(fails)
      try dropInputs(fails)
    } catch {
      if eventCount >= count { (best, eventCount) = (sketch, count) }
      throw error
    }
    if eventCount >= count { (best, eventCount) = (sketch, count) }
  }

  private mutating func simplifyRules<Failure: Error>(
    _ fails: (SessionSketch) throws(Failure) -> Bool
  ) throws(Failure) {
    guard let sketch = best else { return }
    for change in SketchSimplification.rules(of: sketch) { _ = try attempt(fails, change) }
  }

  private mutating func simplifyFields<Failure: Error>(
    _ fails: (SessionSketch) throws(Failure) -> Bool
  ) throws(Failure) {
    guard let sketch = best else { return }
    for field in SketchField.all(of: sketch) {
      guard let now = best, let value = field.value(in: now) else { continue }
      for target in field.targets(in: now) {
        let reached = try DeltaDebugging.approach(target, from: value) {
          (value) throws(Failure) in
          try attempt(fails) { field.set(value, in: &$0) }
        }
        if reached != value { break }
      }
    }
  }
}

extension SessionSketch {
  /// How many events the session has; nil where an input does not fit.
  ///
  /// - Complexity: O(events).
  public func eventCount<Roster: AgentRoster>(_ roster: Roster.Type) -> Int? {
    var sink = NoEvents()
    do {
      var session = try session(roster)
      try session.run(into: &sink)
      return Int(session.nextSequence)
    } catch {
      return nil
    }
  }

  /// The tick of the first thing that happens.
  var firstTick: Tick {
    var first = inputs.first?.time ?? Nanoseconds.max
    for agent in scenario.agents where agent.firstWake >= 0 { first = min(first, agent.firstWake) }
    for process in scenario.processes where process.firstStep >= 0 {
      first = min(first, process.firstStep)
    }
    return first == .max ? 0 : scenario.clock.tick(at: first)
  }

  /// Makes all orders of the inputs larger.
  mutating func scaleQuantities(by factor: Lots) {
    for index in inputs.indices {
      guard case .place(var terms) = inputs[index].action, terms.quantity < 1 << 32 else {
        continue
      }
      terms.quantity *= factor
      inputs[index].action = .place(terms)
    }
  }

  /// Passes over the next wake-up of an agent.
  mutating func skipWake(of agent: Int) {
    let interval = scenario.agents[agent].wakeInterval
    guard interval > 0, scenario.agents[agent].firstWake + interval < scenario.end else { return }
    scenario.agents[agent].firstWake += interval
  }

  /// Passes over the next step of a process.
  mutating func skipStep(of process: Int) {
    let interval = scenario.processes[process].interval
    guard interval > 0, scenario.processes[process].firstStep + interval < scenario.end else {
      return
    }
    scenario.processes[process].firstStep += interval
  }

  /// Lets a walk stand still.
  mutating func rest(process: Int) {
    guard case .walk = scenario.processes[process].motion else { return }
    (scenario.processes[process].firstStep, scenario.processes[process].interval) = (-1, 0)
  }
}
