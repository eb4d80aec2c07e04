public import Determinism
public import Market
public import MarketModel

/// The public state of the market at one instant.
public struct PublicBoard: Equatable, Sendable {
  /// What everyone may see, by instrument.
  public var views: [PublicView]
  /// The values of the exogenous processes in thousandths of a price increment, by process.
  public var values: [PriceThousandths]

  /// Creates a board.
  public init(views: [PublicView], values: [PriceThousandths]) {
    self.views = views
    self.values = values
  }
}

/// What an agent sees when it wakes: a pure function of the state.
public struct Observation: Equatable, Sendable {
  /// Who looks.
  public var agent: AgentIndex
  /// The instant of the wake-up, in nanoseconds.
  public var time: Nanoseconds
  /// The tick of the wake-up.
  public var tick: Tick
  /// The number among the agent's wake-ups of that tick.
  public var ordinal: UInt32
  /// The public state as of the wake-up less the agent's data latency.
  public var board: PublicBoard
  /// The agent's policy, empty where it has none.
  public var policy: [UInt8]

  /// Creates an observation.
  public init(
    agent: AgentIndex, time: Nanoseconds, tick: Tick, ordinal: UInt32, board: PublicBoard,
    policy: [UInt8] = []
  ) {
    self.agent = agent
    self.time = time
    self.tick = tick
    self.ordinal = ordinal
    self.board = board
    self.policy = policy
  }
}

/// Keyed noise for one decision: the same for the same seed, agent, tick and wake-up, whoever
/// else exists and however often anyone draws.
public struct DecisionNoise: Sendable {
  private let key: NoiseKey
  private let tick: Tick
  private let slot: UInt32

  /// Creates the noise of one wake-up.
  public init(key: NoiseKey, tick: Tick, slot: UInt32) {
    self.key = key
    self.tick = tick
    self.slot = slot
  }

  /// The `draw`-th number, uniform within (0, 1).
  public func uniform(_ draw: UInt32) -> Double { key.uniform(tick: tick, slot: slot, draw: draw) }

  /// The `draw`-th number, standard normal.
  public func normal(_ draw: UInt32) -> Double { key.normal(tick: tick, slot: slot, draw: draw) }

  /// The `draw`-th number, uniform within `0..<bound`.
  public func integer(_ draw: UInt32, below bound: UInt64) -> UInt64 {
    key.integer(below: bound, tick: tick, slot: slot, draw: draw)
  }

  /// The `draw`-th number, standard Gumbel; add it to log-odds and take the largest to sample.
  public func gumbel(_ draw: UInt32) -> Double { key.gumbel(tick: tick, slot: slot, draw: draw) }

  /// An option, chosen in proportion to the weights with the numbers from `draw` on, one for each:
  /// under other weights another one is chosen only if its relative weight rose.
  ///
  /// - Precondition: no weight is negative, and one is positive.
  public func choice(_ draw: UInt32, weights: [Double]) -> Int {
    GumbelChoice.choose(weights: weights) { gumbel(draw + UInt32($0)) }
  }
}
