public import Agents
public import Market
public import MarketModel

/// Where a session's events come from; results never lose this label.
public enum Provenance: UInt8, Sendable, CaseIterable {
  /// Deciders traded with each other.
  case simulated = 0
  /// Facts of a real market.
  case imported = 1
  /// Made by a generative model.
  case synthetic = 2
  /// Made while policies were being trained.
  case trained = 3
}

/// An agent of a session.
public struct AgentDescription: Equatable, Sendable {
  /// The type of an agent that Tapedeck cannot call: its commands are inputs.
  public static let foreignType = "foreign"

  /// Name, group, opening balance and limits.
  public var account: AccountRules
  /// The name of the agent's type.
  public var type: String
  /// The revision of the type when the session was recorded.
  public var revision: UInt32
  /// The resolved parameters.
  public var parameters: Parameters
  /// The policy that it begins with, empty where it has none.
  public var policy: [UInt8]
  /// The instant of its first wake-up in nanoseconds; -1 for never.
  public var firstWake: Nanoseconds
  /// The span between its wake-ups in nanoseconds; 0 for only one.
  public var wakeInterval: Nanoseconds
  /// From its decision to the exchange.
  public var commandLatency: Latency
  /// From an outcome to the agent.
  public var reportLatency: Latency
  /// From the sending of a message to its arrival at this agent.
  public var messageLatency: Latency
  /// How old the public data is that it sees, in nanoseconds.
  public var dataLatency: Nanoseconds
  /// The topics it listens to, ascending.
  public var subscriptions: [Int32]

  /// Creates an agent without latency that never wakes.
  public init(account: AccountRules, type: String) {
    self.account = account
    self.type = type
    revision = 0
    parameters = Parameters()
    policy = []
    firstWake = -1
    wakeInterval = 0
    commandLatency = .none
    reportLatency = .none
    messageLatency = .none
    dataLatency = 0
    subscriptions = []
  }
}

/// An exogenous process, or a feed of recorded facts.
public struct ProcessDescription: Equatable, Sendable {
  /// What moves it.
  public enum Motion: Equatable, Sendable {
    /// A random walk with normal steps: value += reversion x (start - value) + deviation x noise.
    /// All in price increments; `deviation` for each step.
    case walk(start: PriceThousandths, deviation: Double, reversion: Double)
    /// Facts recorded elsewhere. `resting` and `taking` are the agents that re-issue them, or -1
    /// where the facts themselves are the session.
    case feed(resting: AgentIndex, taking: AgentIndex)
  }

  /// Its name, which is its identity.
  public var name: String
  /// What moves it.
  public var motion: Motion
  /// The instrument whose value it is, or whose facts.
  public var instrument: InstrumentIndex
  /// The instant of its first step in nanoseconds; -1 for never.
  public var firstStep: Nanoseconds
  /// The span between its steps in nanoseconds; 0 for only one.
  public var interval: Nanoseconds

  /// Creates a process.
  public init(
    name: String, motion: Motion, instrument: InstrumentIndex = 0, firstStep: Nanoseconds,
    interval: Nanoseconds
  ) {
    self.name = name
    self.motion = motion
    self.instrument = instrument
    self.firstStep = firstStep
    self.interval = interval
  }
}

/// Everything that, with nothing else, determines a session: the resolved, canonical scenario.
public struct Scenario: Equatable, Sendable {
  /// A name for people.
  public var name: String
  /// What the session says it is.
  public var provenance: Provenance
  /// The seed of all noise.
  public var seed: UInt64
  /// Time and ticks.
  public var clock: TickClock
  /// How many ticks the session lasts.
  public var horizon: Tick
  /// How many decimals the currency has when shown.
  public var currencyDecimals: UInt8
  /// Events between two digest roots; 0 for a root at the end of every tick.
  public var digestInterval: UInt32
  /// What happens when an agent meets its own order.
  public var selfTradePrevention: SelfTradePrevention
  /// The instruments.
  public var instruments: [InstrumentRules]
  /// The names of the groups.
  public var groups: [String]
  /// The names of the topics.
  public var topics: [String]
  /// The agents.
  public var agents: [AgentDescription]
  /// The processes and feeds.
  public var processes: [ProcessDescription]

  /// Creates a scenario with nothing in it: one-second ticks, cents, digests every 1,024 events.
  public init(name: String, seed: UInt64) {
    self.name = name
    self.seed = seed
    provenance = .simulated
    clock = TickClock(start: 0, tickLength: 1_000_000_000)
    horizon = 0
    currencyDecimals = 2
    digestInterval = 1024
    selfTradePrevention = .cancelResting
    instruments = []
    groups = []
    topics = []
    agents = []
    processes = []
  }

  /// The market of the scenario.
  public var marketRules: MarketRules {
    MarketRules(
      instruments: instruments, accounts: agents.map { $0.account }, groups: groups,
      processes: processes.map { $0.name }, selfTradePrevention: selfTradePrevention)
  }

  /// The first instant after the session.
  public var end: Nanoseconds { clock.firstInstant(of: horizon) }
}
