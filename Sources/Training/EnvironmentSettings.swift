import Agents
public import MarketModel
public import Session

/// What an action of an environment's agent is.
public enum ActionKind: UInt8, Sendable, CaseIterable {
  /// One of `TradingAction`.
  case discrete = 0
  /// Numbers within -1...1, in the order of `ContinuousAction`: how far from the middle to bid and to ask, how
  /// much, and, where agents see features or speak, what to take and what to say.
  case quotes = 1
}

/// What an environment's agent sees.
public enum ObservationKind: UInt8, Sendable, CaseIterable {
  /// `ObservationField`s and signals.
  case fields = 0
  /// `TradingFeature`s: what a policy sees in the agent's place, and what it is told is done as a policy's
  /// actions are. The first signal is the value that it knows.
  case features = 1
}

/// How agents of a scenario are driven from outside.
public struct EnvironmentSettings: Equatable, Sendable {
  /// The names of the agents that are driven; all others decide for themselves.
  public var agents: [String]
  /// What an action is.
  public var actions: ActionKind = .discrete
  /// What is seen.
  public var observations: ObservationKind = .fields
  /// The instrument that they trade and see, by position in the scenario.
  public var instrument: InstrumentIndex = 0
  /// The instrument that they hold against it, where they see features: after each action so much of it is traded
  /// that `pairQuantity` lots stand against `quantity`; nil for none.
  public var pair: InstrumentIndex?
  /// Lots of that; 0 for as many.
  public var pairQuantity: Lots = 0
  /// The quantity of an order in lots; a quote has up to twice as much.
  public var quantity: Lots = 5
  /// The position, either way, that they do not trade beyond, in lots.
  public var maximumInventory: Lots = 100
  /// The usual distance of a quote from the middle, in increments; it goes up to twice as far.
  public var halfSpread: PriceIncrements = 25
  /// What a step's reward loses for holding the maximum inventory; it grows with the square.
  ///
  /// Of a pair what does not stand against each other counts.
  public var inventoryPenalty: Double = 0
  /// The processes whose values they see, by position in the scenario.
  public var signals: [ProcessIndex] = []
  /// Whom they tell what they say, an agent or topic:NAME; nobody where it is empty, and then they do not speak.
  public var signalTo = ""
  /// Whether they hear signals, where they see features.
  public var heedsSignals = false

  /// Creates settings for these agents.
  public init(agents: [String]) { self.agents = agents }

  /// How many numbers an action has.
  public var actionWidth: Int {
    if actions == .discrete { return 1 }
    return ContinuousAction.count(speaks: speaks) - (observations == .fields && !speaks ? 1 : 0)
  }

  /// Whether an action is also what is said beside it.
  public var speaks: Bool { !signalTo.isEmpty }

  /// How many discrete actions there are.
  public var actionCount: Int { TradingAction.count(speaks: speaks) }
}

/// Why an environment cannot be made or cannot go on; nothing changed.
public enum EnvironmentError: Error, Equatable, Sendable {
  /// The scenario makes no sense.
  case scenario(ScenarioError)
  /// No agent of the scenario has that name, or it is named twice.
  case unknownAgent(String)
  /// A program decides for that agent, and none is started here: drive it too.
  case program(String)
  /// A setting does not fit.
  case setting(String, expected: String)
  /// An action is no number, or not one that its kind has.
  case action(agent: String, position: Int, value: Double, expected: String)
  /// The episode is over.
  case finished
  /// A snapshot is not one of this environment.
  case snapshot(ByteError)
  /// A difference is impossible.
  case impossible(intervention: Int, reason: String)
  /// The session's own tape does not read back; a fault of this build.
  case unreadable
}
