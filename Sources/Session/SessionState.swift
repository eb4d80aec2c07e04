public import Agents
import Determinism
public import Market
public import MarketModel

/// Everything that the reducer derives from a journal.
///
/// It changes only by `reduce`, one event at a time. The part that names the types of agents is
/// thin, and inlined where the roster is known.
public struct SessionState<Roster: AgentRoster>: Sendable {
  /// Everything but the memories.
  @usableFromInline var shared: SharedState
  /// The agents with their memories, by index; nil where this build does not know the type.
  public internal(set) var seats: [Roster?] = []
  /// The digests of the memories, where they are known.
  @usableFromInline var memoryDigests: [UInt64?] = []

  /// Creates the state at the opening of a session.
  ///
  /// Agents of types that the roster does not know get no seat: their memory is foreign.
  /// - Throws: `ScenarioError` for a scenario that does not make sense or a parameter that does
  ///   not fit.
  @specialized(where Roster == BuiltInAgents)
  public init(scenario: Scenario) throws(ScenarioError) {
    shared = try SharedState(scenario: scenario)
    let names = scenario.agents.map { $0.account.name }
    for agent in scenario.agents { try append(agent, names: names) }
  }

  /// Adds the agent with the next index; `names` are those it may refer to.
  @specialized(where Roster == BuiltInAgents)
  mutating func append(_ agent: AgentDescription, names: [String]) throws(ScenarioError) {
    let setting = scenario.setting(
      of: AgentIndex(seats.count), policy: agent.policy, among: names)
    let seat: Roster?
    do {
      seat = try Roster.make(
        type: agent.type, parameters: agent.parameters, setting: setting)
    } catch {
      throw ScenarioError(
        path: "agents.\(agent.account.name).\(error.name)", expected: error.expected)
    }
    shared.append(agent, isSeated: seat != nil)
    seats.append(seat)
    memoryDigests.append(seat.map { Self.digest(of: $0) })
  }

  // MARK: What is shared

  /// The scenario, with agents and seed as interventions left them.
  @inlinable public var scenario: Scenario { shared.scenario }
  /// The instant of the latest event.
  @inlinable public var time: Nanoseconds { shared.time }
  /// The tick of the latest event.
  @inlinable public var tick: Tick { shared.tick }
  /// Books and accounts.
  @inlinable public var market: MarketState { shared.market }
  /// Agents, by index.
  @inlinable public var agents: [AgentState] { shared.agents }
  /// Processes, by index.
  @inlinable public var processes: [ProcessState] { shared.processes }
  /// Commands on their way.
  @inlinable public var commands: CommandsInFlight { shared.commands }
  /// Reports on their way.
  @inlinable public var reports: KeyedPool<ReportKey, InFlightReport> { shared.reports }
  /// Messages on their way.
  @inlinable public var messages: KeyedPool<MessageKey, InFlightMessage> { shared.messages }
  /// What everyone may see, and could see.
  public var boards: BoardHistory { shared.boards }

  /// The index of the agent with that name.
  public func agentIndex(named name: String) -> AgentIndex? { shared.agentIndex(named: name) }

  /// What an agent sees at its wake-up.
  public func observation(
    of agent: AgentIndex, at time: Nanoseconds, ordinal: UInt32
  ) -> Observation {
    var copy = shared
    return copy.look(of: agent, at: time, ordinal: ordinal)
  }

  // MARK: Memories

  mutating func refreshMemoryDigest(_ agent: Int) {
    memoryDigests[agent] = seats[agent].map { Self.digest(of: $0) }
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

extension SessionState {
  /// What a lot of an instrument is thought to be worth, in thousandths of a price increment: its
  /// first random walk; without one the middle of the quotes, or the last trade.
  public func theoreticalPrice(_ instrument: InstrumentIndex) -> PriceThousandths {
    var copy = shared
    return copy.theoreticalPrice(instrument)
  }
}

extension SharedState {
  /// What a lot of an instrument is thought to be worth, in thousandths of a price increment: its
  /// first random walk; without one the middle of the quotes, or the last trade.
  ///
  /// `mutating` only to be cheap, as is `walk(of:)`.
  public mutating func theoreticalPrice(_ instrument: InstrumentIndex) -> PriceThousandths {
    if let walk = walk(of: instrument) { return walk }
    let view = market.look(at: instrument)
    if let bid = view.bestBid, let ask = view.bestAsk { return 500 * (bid + ask) }
    return 1000 * view.lastPrice
  }

  /// The value of the first random walk of an instrument; nil where it has none.
  public mutating func walk(of instrument: InstrumentIndex) -> PriceThousandths? {
    for index in scenario.processes.indices
    where scenario.processes[index].instrument == instrument {
      if case .walk = scenario.processes[index].motion { return processes[index].value }
    }
    return nil
  }
}
