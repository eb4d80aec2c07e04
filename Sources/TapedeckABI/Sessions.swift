import Agents
import CTapedeck
import Counterfactual
import Determinism
import Journal
import JournalFiles
import Market
import MarketModel
import Replay
import Scenarios
import Session
import TapedeckCommand
import Training
import Workers

/// Sessions of one scenario that are stepped together.
final class Sessions: Handle {
  typealias Environment = MarketEnvironment<BuiltInAgents>

  /// One place for each session; a thread touches those of its part only.
  private let environments: UnsafeMutablePointer<Environment>
  private let hasEnded: UnsafeMutablePointer<Bool>
  private let resets: Bool
  private let threads: Int
  /// The tapes of the forks between the root and these sessions, the root first.
  private let parents: [[UInt8]]

  init(_ settings: td_settings) throws {
    guard let path = try text(settings.scenario) else {
      throw CallFailure.refused("scenario: no path")
    }
    let file = try ScenarioText.load(
      path, text: try text(settings.scenario_text), seed: settings.seed)
    if !file.flows.isEmpty {
      throw CallFailure.refused("\(path): a scenario with a recorded flow cannot be driven")
    }
    guard (1...1 << 16).contains(settings.sessions), (1...256).contains(settings.threads) else {
      throw CallFailure.refused("sessions: 1 to 65536, threads: 1 to 256")
    }
    let scenario = file.scenario
    let first: Environment
    let drive = try Self.environment(settings, scenario)
    do {
      first = try Environment(scenario: scenario, settings: drive)
    } catch {
      throw CallFailure(error, path: path)
    }
    count = settings.sessions
    (agents, actionWidth) = (drive.agents.count, drive.actionWidth)
    observationWidth = first.observationWidth
    environments = .allocate(capacity: count)
    environments.initialize(repeating: first, count: count)
    hasEnded = .allocate(capacity: count)
    hasEnded.initialize(repeating: first.isFinished, count: count)
    resets = settings.resets != 0
    threads = settings.threads
    parents = []
    super.init()
    for index in 1..<count {
      environments[index].reset(seed: Self.seed(settings.seed, of: index))
    }
  }

  private init(_ environment: Environment, parents: [[UInt8]], _ other: Sessions) {
    count = 1
    (agents, actionWidth) = (other.agents, other.actionWidth)
    observationWidth = other.observationWidth
    environments = .allocate(capacity: 1)
    environments.initialize(to: environment)
    hasEnded = .allocate(capacity: 1)
    hasEnded.initialize(to: environment.isFinished)
    resets = other.resets
    threads = 1
    self.parents = parents
  }

  deinit {
    environments.deinitialize(count: count).deallocate()
    hasEnded.deinitialize(count: count).deallocate()
  }

  /// The seed of a session; the first one's is the given one.
  private static func seed(_ seed: UInt64, of session: Int) -> UInt64 {
    if session == 0 { return seed }
    let key = NoiseKey(seed: seed, entity: "environment", purpose: "session")
    return key.bits(tick: Int64(session), slot: 0, draw: 0)
  }

  private static func environment(
    _ settings: td_settings, _ scenario: Scenario
  ) throws -> EnvironmentSettings {
    var result = EnvironmentSettings(
      agents: try texts(settings.agents, settings.agent_count, "agents"))
    guard let actions = UInt8(exactly: settings.actions).flatMap(ActionKind.init) else {
      throw CallFailure.refused("actions: 0 discrete or 1 quotes, not \(settings.actions)")
    }
    result.actions = actions
    guard let seen = UInt8(exactly: settings.observations).flatMap(ObservationKind.init)
    else {
      throw CallFailure.refused(
        "observations: 0 fields or 1 features, not \(settings.observations)")
    }
    result.observations = seen
    if let name = try text(settings.instrument) {
      result.instrument = InstrumentIndex(
        try position(name, scenario.instruments.map { $0.name }, "instrument"))
    }
    if let name = try text(settings.pair) {
      result.pair = InstrumentIndex(
        try position(name, scenario.instruments.map { $0.name }, "pair"))
    }
    result.pairQuantity = settings.pair_quantity
    let processes = scenario.processes.map { $0.name }
    for name in try texts(settings.signals, settings.signal_count, "signals") {
      result.signals.append(ProcessIndex(try position(name, processes, "signal")))
    }
    result.quantity = settings.quantity
    result.maximumInventory = settings.maximum_inventory
    result.halfSpread = settings.half_spread
    result.inventoryPenalty = settings.inventory_penalty
    result.signalTo = try text(settings.signal_to) ?? ""
    result.heedsSignals = settings.heeds_signals != 0
    return result
  }

  private static func position(
    _ name: String, _ names: [String], _ what: String
  ) throws -> Int {
    if let index = names.firstIndex(of: name) { return index }
    throw CallFailure.refused(
      "\(what) \(name): the scenario has \(names.isEmpty ? "none" : names.joined(separator: ", "))")
  }

  // MARK: Shape

  let count: Int
  private let agents: Int
  private let actionWidth: Int
  private let observationWidth: Int

  var shape: td_shape {
    td_shape(
      sessions: count, agents: agents, observation_width: observationWidth,
      action_width: actionWidth, horizon: environments[0].scenario.horizon)
  }

  // MARK: Episodes

  func reset(
    _ seeds: UnsafePointer<UInt64>?, _ mask: UnsafePointer<UInt8>?,
    _ observations: UnsafeMutablePointer<Float>?
  ) {
    for index in 0..<count {
      if let mask, mask[index] == 0 { continue }
      if let seeds {
        environments[index].reset(seed: seeds[index])
      } else {
        environments[index].reset()
      }
      hasEnded[index] = environments[index].isFinished
    }
    for index in 0..<count { observe(index, observations) }
  }

  func step(
    _ actions: UnsafePointer<Float>?, _ observations: UnsafeMutablePointer<Float>?,
    _ rewards: UnsafeMutablePointer<Double>?, _ finished: UnsafeMutablePointer<UInt8>?
  ) throws {
    guard let actions else { throw CallFailure.refused("actions: NULL") }
    let width = agents * actionWidth
    // All actions are looked at before any session moves.
    for index in 0..<count {
      if hasEnded[index] {
        if resets { continue }
        throw CallFailure(
          status: TD_FINISHED, message: "session \(index) ended: reset it before the next step")
      }
      do {
        try environments[index].check(Span(_unsafeStart: actions + index * width, count: width))
      } catch {
        throw CallFailure(error, session: index)
      }
    }
    if threads == 1 {
      for index in 0..<count { step(index, actions, observations, rewards) }
    } else {
      stepTogether(actions, observations, rewards)
    }
    if let finished {
      for index in 0..<count { finished[index] = hasEnded[index] ? 1 : 0 }
    }
  }

  private func stepTogether(
    _ actions: UnsafePointer<Float>, _ observations: UnsafeMutablePointer<Float>?,
    _ rewards: UnsafeMutablePointer<Double>?
  ) {
    let parts = min(threads, count)
    nonisolated(unsafe) let work = self
    nonisolated(unsafe) let places = (actions, observations, rewards)
    _ = Workers.map(parts, threads: parts) { part in
      for index in part * work.count / parts..<(part + 1) * work.count / parts {
        work.step(index, places.0, places.1, places.2)
      }
      return true
    }
  }

  private func step(
    _ index: Int, _ actions: UnsafePointer<Float>, _ observations: UnsafeMutablePointer<Float>?,
    _ rewards: UnsafeMutablePointer<Double>?
  ) {
    if hasEnded[index] {
      environments[index].reset()
      hasEnded[index] = environments[index].isFinished
      if let rewards {
        for agent in 0..<agents { rewards[index * agents + agent] = 0 }
      }
    } else {
      do {
        let width = agents * actionWidth
        hasEnded[index] = try environments[index].step(
          Span(_unsafeStart: actions + index * width, count: width))
      } catch {
        preconditionFailure("Invariant: the actions were looked at")
      }
      if let rewards {
        for agent in 0..<agents {
          rewards[index * agents + agent] = environments[index].reward(of: agent)
        }
      }
    }
    observe(index, observations)
  }

  private func observe(_ index: Int, _ observations: UnsafeMutablePointer<Float>?) {
    guard let observations else { return }
    let width = observationWidth
    for agent in 0..<agents {
      let start = observations + (index * agents + agent) * width
      var place = MutableSpan(_unsafeStart: start, count: width)
      environments[index].observe(agent, into: &place)
    }
  }

  func state(_ ticks: UnsafeMutablePointer<Int64>?, _ digests: UnsafeMutablePointer<UInt64>?) {
    for index in 0..<count {
      let moment = environments[index].moment()
      if let ticks { ticks[index] = moment.tick }
      if let digests { digests[index] = moment.digest }
    }
  }

  // MARK: Moments and forks

  private func check(_ session: Int) throws {
    guard (0..<count).contains(session) else {
      throw CallFailure.refused("session \(session): there are \(count)")
    }
  }

  func snapshot(of session: Int) throws -> Snapshot {
    try check(session)
    return Snapshot(environments[session])
  }

  func restore(
    _ session: Int, _ snapshot: Snapshot, _ observations: UnsafeMutablePointer<Float>?
  ) throws {
    try check(session)
    guard environments[session].isLike(snapshot.environment) else {
      throw CallFailure.refused("the snapshot is one of another scenario or of other settings")
    }
    environments[session] = snapshot.environment
    hasEnded[session] = environments[session].isFinished
    if let observations {
      observe(session, observations - session * agents * observationWidth)
    }
  }

  func fork(_ session: Int, _ interventions: String?) throws -> Sessions {
    try check(session)
    let environment = environments[session]
    if environment.isFinished { throw CallFailure(.finished, session: session) }
    guard let interventions else { return Sessions(environment, parents: parents, self) }
    let differences = try ScenarioText.interventions(
      interventions, environment.current, at: environment.tick)
    do {
      let forked = try environment.fork(differences, parents: parents)
      return Sessions(forked, parents: parents + [environment.tape()], self)
    } catch {
      throw CallFailure(error, session: session)
    }
  }

  func record(_ session: Int, to path: String, replacing: Bool) throws {
    try check(session)
    let environment = environments[session]
    do {
      let writer = try TapeWriter(path: path, durability: .none, replacing: replacing)
      var recorder = try JournalRecorder(environment.encoder, output: writer)
      let state = try environment.replay(into: &recorder)
      if environment.isFinished { try recorder.seal(state) } else { try recorder.endFrame(state) }
      try recorder.output.finish(isSealed: environment.isFinished)
    } catch let error as WriteError {
      throw CommandFailure(writing: error)
    } catch let error as SessionError<WriteError> {
      if case .sink(let error) = error { throw CommandFailure(writing: error) }
      throw error
    }
  }
}

/// A moment of one session.
final class Snapshot: Handle {
  let environment: Sessions.Environment

  init(_ environment: Sessions.Environment) { self.environment = environment }
}
