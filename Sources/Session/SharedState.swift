public import Agents
import Determinism
public import Market
public import MarketModel
import MatchingEngine

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

/// An agent's part of the state, its memory left out.
public struct AgentState: Sendable {
  /// Whether this build knows its type, so that it has a memory.
  public internal(set) var isSeated: Bool
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
  /// Whether an intervention, or a fault of whoever decides for it, silenced its decider.
  public internal(set) var isSilenced = false
  /// When its latest command reaches the exchange; derived from what is in flight.
  public internal(set) var lastCommandArrival: Nanoseconds = Nanoseconds.min
  /// When its latest report arrives; derived from what is in flight.
  public internal(set) var lastReportArrival: Nanoseconds = Nanoseconds.min
  /// How long its commands take, as the scenario says.
  var commandLatency: Latency
  /// How long its reports take, as the scenario says.
  var reportLatency: Latency

  init(_ description: AgentDescription, isSeated: Bool) {
    self.isSeated = isSeated
    nextWake = description.firstWake
    policy = description.policy
    commandLatency = description.commandLatency
    reportLatency = description.reportLatency
  }

  /// Its policy; `mutating` only to be cheap: to read one field of an agent in an array copied all.
  mutating func lentPolicy() -> [UInt8] { policy }

  /// Whether a command that it submits at an instant is at the exchange at once.
  @inline(__always)
  func isPrompt(at time: Nanoseconds) -> Bool {
    commandLatency.isNone && lastCommandArrival <= time
  }

  /// Counts a command; inserted ones are numbered apart, so that they move nobody's numbers.
  @inline(__always)
  mutating func note(_ command: CommandKey) {
    if !InsertedCommand.isInserted(command) { commands.note(command.ordinal, in: command.tick) }
  }

  /// Counts a command that goes to the exchange.
  @inline(__always)
  mutating func note(_ command: CommandKey, arrivingAt time: Nanoseconds) {
    note(command)
    lastCommandArrival = time
  }
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

/// Everything that the reducer derives from a journal, but for the agents' memories.
///
/// It names no type of agent, so that it is compiled once, as plain code; `SessionState` adds the
/// memories. It changes only by `reduce` and, for what our own exchange just decided, `conclude`;
/// where nobody looks back, the newest board of `history` is but a cache of what the rest says.
public struct SharedState: Sendable {
  /// The scenario, with agents and seed as interventions left them.
  public internal(set) var scenario: Scenario
  /// The instant of the latest event.
  public internal(set) var time: Nanoseconds
  /// The tick of the latest event.
  public internal(set) var tick: Tick
  /// The first instant of the tick after it.
  var tickEnd: Nanoseconds
  /// The first instant after the session: interventions change neither clock nor horizon.
  @usableFromInline let end: Nanoseconds
  /// Books and accounts.
  public internal(set) var market: MarketState
  /// Agents, by index.
  public internal(set) var agents: [AgentState] = []
  /// Processes, by index.
  public internal(set) var processes: [ProcessState]
  /// Commands on their way.
  public internal(set) var commands = CommandsInFlight()
  /// Reports on their way.
  public internal(set) var reports = KeyedPool<ReportKey, InFlightReport>()
  /// Messages on their way.
  public internal(set) var messages = KeyedPool<MessageKey, InFlightMessage>()
  /// What everyone may see, and could see; kept up with every event only where anyone looks back.
  var history: BoardHistory
  /// Rules that interventions set on commands, in their order.
  @usableFromInline var rules: [ActiveRule] = []
  /// The digest of the reports and messages on their way.
  var poolDigest: UInt64 = 0
  /// What agents are to remember of the latest event.
  @usableFromInline var perceptions: [Perception] = []

  /// Something that an agent is to remember.
  @usableFromInline
  struct Perception: Sendable {
    @usableFromInline var agent: AgentIndex
    @usableFromInline var occurrence: Occurrence
  }

  /// Creates the state at the opening of a session, without its agents.
  ///
  /// - Throws: `ScenarioError` for a scenario that does not make sense.
  init(scenario: Scenario) throws(ScenarioError) {
    try scenario.check()
    var empty = scenario
    empty.agents = []
    self.scenario = empty
    time = scenario.clock.start
    tick = scenario.clock.tick(at: time)
    tickEnd = scenario.clock.firstInstant(of: tick + 1)
    end = scenario.end
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
    history = BoardHistory(board: board, depth: 0)
  }

  /// Adds the agent with the next index.
  mutating func append(_ agent: AgentDescription, isSeated: Bool) {
    scenario.agents.append(agent)
    market.appendAccount(agent.account)
    refreshHistory()
    history.deepen(to: agent.dataLatency)
    agents.append(AgentState(agent, isSeated: isSeated))
  }

  /// The index of the agent with that name.
  public func agentIndex(named name: String) -> AgentIndex? {
    scenario.agents.firstIndex { $0.account.name == name }.map { AgentIndex($0) }
  }

  /// Goes on to an instant.
  @inline(__always)
  mutating func advance(to time: Nanoseconds) {
    self.time = time
    if time >= tickEnd { startTick() }
  }

  /// Dividing takes long, and most events are of the tick before.
  private mutating func startTick() {
    tick = scenario.clock.tick(at: time)
    tickEnd = scenario.clock.firstInstant(of: tick + 1)
  }

  /// The tick of an instant that is not before the latest event; `mutating` only to be cheap.
  @usableFromInline
  mutating func tick(at time: Nanoseconds) -> Tick {
    time < tickEnd && time >= self.time ? tick : scenario.clock.tick(at: time)
  }

  /// The key of an agent's next command at an instant that is not before the latest event;
  /// `mutating` only to be cheap.
  @usableFromInline
  mutating func nextKey(of agent: AgentIndex, at time: Nanoseconds) -> CommandKey {
    let tick = tick(at: time)
    return CommandKey(
      agent: agent, tick: tick, ordinal: agents[Int(agent)].commands.ordinal(in: tick))
  }

  /// Lets a command arrive at the exchange, and returns the event that submitted it; nil where no
  /// such command is on its way.
  @usableFromInline
  mutating func arrive(_ key: CommandKey) -> SequenceNumber? {
    commands.bringForward(key, market.identities) ? commands.latest.sequence : nil
  }

  /// Lets the exchange decide on the command that arrived; `mutating` only to be cheap.
  @inline(__always)
  mutating func decide(number: UInt32, into decision: inout Decision) {
    commands.withLatest { market.decide(&$0, number: number, into: &decision) }
  }

  @inlinable var isMatching: Bool { market.isMatching }

  /// What an agent has in minor units (`MarketState.wealth`).
  ///
  /// `mutating` only to be cheap, as are the next three.
  public mutating func wealth(
    of agent: AgentIndex, _ marks: inout [OthersMiddle], or price: (PublicView) -> Double
  ) -> Double {
    market.wealth(of: agent, &marks, or: price)
  }

  /// What everyone may see of an instrument (`MarketState.view`).
  public mutating func look(at instrument: InstrumentIndex) -> PublicView {
    market.look(at: instrument)
  }

  /// The position of an agent in an instrument, in lots.
  public mutating func held(by agent: AgentIndex, in instrument: InstrumentIndex) -> Lots {
    market.held(by: agent, in: instrument)
  }

  /// Lets a mark look at an instrument for an agent.
  public mutating func look(
    _ mark: inout OthersMiddle, at instrument: InstrumentIndex, except agent: AgentIndex
  ) { mark.look(&market, instrument, except: agent) }

  /// Asks for the memory that a command needs at the exchange, while its event is written;
  /// `mutating` only to be cheap.
  @usableFromInline
  mutating func prefetch(_ body: PendingCommand.Body, as key: CommandKey) {
    market.prefetch(body, as: key)
  }

  // MARK: What everyone sees

  /// What everyone may see, and could see.
  public var boards: BoardHistory {
    var copy = self
    copy.refreshHistory()
    return copy.history
  }

  /// Brings the newest board up to date where nobody looks back, so that it is not kept up.
  mutating func refreshHistory() {
    if history.depth > 0 { return }
    while let instrument = market.takeChange() {
      history.refresh(market.look(at: instrument), of: Int(instrument))
    }
  }

  /// Notes the value of a process.
  mutating func setValue(_ value: PriceThousandths, of process: Int) {
    processes[process].value = value
    if history.depth == 0 { return history.refresh(value, of: process) }
    let now = time
    history.change(at: now) { $0.values[process] = value }
  }

  @inline(__always)
  mutating func refreshView(_ instrument: InstrumentIndex) {
    if history.depth > 0 { noteView(instrument) }
  }

  private mutating func noteView(_ instrument: InstrumentIndex) {
    let view = market.look(at: instrument)
    if history.current.board.views[Int(instrument)] == view { return }
    history.change(at: time) { $0.views[Int(instrument)] = view }
  }

  /// What an agent sees at its wake-up.
  ///
  /// `mutating`, as it brings the newest board up to date where nobody looks back; no digest, no
  /// encoding and no decision reads that board before this does.
  @usableFromInline
  mutating func look(
    of agent: AgentIndex, at time: Nanoseconds, ordinal: UInt32
  ) -> Observation {
    // Cannot overflow: times are within 2^62, latencies within 2^50.
    let instant = time - scenario.agents[Int(agent)].dataLatency
    refreshHistory()
    return Observation(
      agent: agent, time: time, tick: tick(at: time), ordinal: ordinal,
      board: history.board(asOf: instant),
      policy: agents[Int(agent)].lentPolicy())
  }

  /// Notes what an agent is to remember; nothing where it has no memory here.
  @inline(__always)
  mutating func remember(_ agent: AgentIndex, _ occurrence: @autoclosure () -> Occurrence) {
    if agents[Int(agent)].isSeated {
      perceptions.append(Perception(agent: agent, occurrence: occurrence()))
    }
  }
}
