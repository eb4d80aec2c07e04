public import Agents
import Determinism
public import Market
public import MarketModel
public import MatchingEngine

/// Counts of one entity within its latest tick, from which keys get their ordinals.
public struct TickCount: Equatable, Sendable {
  /// The latest tick in which it did anything; -1 before.
  public var tick: Tick = -1
  /// How often, in that tick.
  public var count: UInt32 = 0

  init() {}

  init(tick: Tick, count: UInt32) {
    self.tick = tick
    self.count = count
  }

  /// The ordinal that something in `tick` gets.
  public func ordinal(in tick: Tick) -> UInt32 { self.tick == tick ? count : 0 }

  mutating func note(_ ordinal: UInt32, in tick: Tick) {
    self.tick = tick
    count = ordinal &+ 1  // cannot wrap: ordinals stay below Limits.maximumOrdinal
  }
}

/// An agent's part of the state.
public struct AgentState<Roster: AgentRoster>: Sendable {
  /// The agent with its memory; nil where this build does not know its type.
  public internal(set) var seat: Roster?
  /// When it wakes next, in nanoseconds; -1 for never.
  public internal(set) var nextWake: Nanoseconds
  /// Its wake-ups.
  public internal(set) var wakes = TickCount()
  /// Its commands.
  public internal(set) var commands = TickCount()
  /// Its policy, empty where it has none.
  public internal(set) var policy: [UInt8] = []
  /// How often its policy changed.
  public internal(set) var policyUpdates = TickCount()
  /// Whether an intervention silenced its decider.
  public internal(set) var isSilenced = false
  /// When its latest command reaches the exchange; derived from what is in flight.
  public internal(set) var lastCommandArrival: Nanoseconds = Nanoseconds.min
  /// When its latest report arrives; derived from what is in flight.
  public internal(set) var lastReportArrival: Nanoseconds = Nanoseconds.min
  /// The digest of its memory, where it is known.
  var memoryDigest: UInt64?
}

/// A process's part of the state.
public struct ProcessState: Equatable, Sendable {
  /// Its value in thousandths of a price increment.
  public internal(set) var value: PriceThousandths
  /// When it steps next, in nanoseconds; -1 for never.
  public internal(set) var nextStep: Nanoseconds
  /// Its steps.
  public internal(set) var steps = TickCount()
}

/// Everything that the reducer derives from a journal.
///
/// It changes only by `reduce`, one event at a time.
public struct SessionState<Roster: AgentRoster>: Sendable {
  /// The scenario, with agents and seed as interventions left them.
  public internal(set) var scenario: Scenario
  /// The instant of the latest event.
  public internal(set) var time: Nanoseconds
  /// Books and accounts.
  public internal(set) var market: MarketState
  /// Agents, by index.
  public internal(set) var agents: [AgentState<Roster>] = []
  /// Processes, by index.
  public internal(set) var processes: [ProcessState]
  /// Commands on their way.
  public internal(set) var commands = KeyedPool<CommandKey, InFlightCommand>()
  /// Reports on their way.
  public internal(set) var reports = KeyedPool<ReportKey, InFlightReport>()
  /// Messages on their way.
  public internal(set) var messages = KeyedPool<MessageKey, InFlightMessage>()
  /// What everyone may see, and could see.
  public internal(set) var boards: BoardHistory
  /// The digest of everything in the three pools.
  var poolDigest: UInt64 = 0

  /// Creates the state at the opening of a session.
  ///
  /// Agents of types that the roster does not know get no seat: their memory is foreign.
  /// - Throws: `ScenarioError` for a scenario that does not make sense or a parameter that does
  ///   not fit.
  public init(scenario: Scenario) throws(ScenarioError) {
    try scenario.check()
    var empty = scenario
    empty.agents = []
    self.scenario = empty
    time = scenario.clock.start
    market = MarketState(rules: empty.marketRules)
    processes = scenario.processes.map { process in
      if case .walk(let start, _, _) = process.motion {
        return ProcessState(value: start, nextStep: process.firstStep)
      }
      return ProcessState(value: 0, nextStep: -1)
    }
    let board = PublicBoard(
      views: scenario.instruments.indices.map { [market] in market.view(InstrumentIndex($0)) },
      values: processes.map { $0.value })
    boards = BoardHistory(board: board, depth: 0)
    let names = scenario.agents.map { $0.account.name }
    for agent in scenario.agents { try append(agent, names: names) }
  }

  /// Adds the agent with the next index; `names` are those it may refer to.
  mutating func append(_ agent: AgentDescription, names: [String]) throws(ScenarioError) {
    let setting = AgentSetting(
      agent: AgentIndex(agents.count), agents: names,
      instruments: scenario.instruments.map { $0.name },
      processes: scenario.processes.map { $0.name }, topics: scenario.topics)
    let seat: Roster?
    do {
      seat = try Roster.make(
        type: agent.type, parameters: agent.parameters, setting: setting)
    } catch {
      throw ScenarioError(
        path: "agents.\(agent.account.name).\(error.name)", expected: error.expected)
    }
    scenario.agents.append(agent)
    market.appendAccount(agent.account)
    boards.deepen(to: agent.dataLatency)
    agents.append(AgentState(seat: seat, nextWake: agent.firstWake))
    refreshMemoryDigest(AgentIndex(agents.count - 1))
  }

  /// The index of the agent with that name.
  public func agentIndex(named name: String) -> AgentIndex? {
    scenario.agents.firstIndex { $0.account.name == name }.map { AgentIndex($0) }
  }

  /// The tick of the latest event.
  public var tick: Tick { scenario.clock.tick(at: time) }

  /// What an agent sees at its wake-up.
  public func observation(
    of agent: AgentIndex, at time: Nanoseconds, ordinal: UInt32
  ) -> Observation {
    // Cannot overflow: times are within 2^62, latencies within 2^50.
    let instant = time - scenario.agents[Int(agent)].dataLatency
    return Observation(
      agent: agent, time: time, tick: scenario.clock.tick(at: time), ordinal: ordinal,
      board: boards.board(asOf: instant), policy: agents[Int(agent)].policy)
  }

  mutating func remember(_ agent: AgentIndex, _ occurrence: Occurrence) {
    guard agents[Int(agent)].seat != nil else { return }
    agents[Int(agent)].seat?.remember(occurrence)
    agents[Int(agent)].memoryDigest = nil
  }

  mutating func refreshMemoryDigest(_ agent: AgentIndex) {
    agents[Int(agent)].memoryDigest = agents[Int(agent)].seat.map { Self.digest(of: $0) }
  }

  static func digest(of seat: Roster) -> UInt64 {
    var writer = ByteWriter()
    seat.encodeMemory(into: &writer)
    if writer.bytes.isEmpty { return 0 }
    var hasher = DigestHasher(domain: 14)
    hasher.combine(writer.bytes)
    return hasher.finalize()
  }
}
