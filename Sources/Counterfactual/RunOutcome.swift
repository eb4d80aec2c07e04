public import MarketModel

/// What one run of a session came to, from where it was measured to where it ended.
public struct RunOutcome: Equatable, Sendable {
  /// What became of one agent.
  public struct Agent: Equatable, Sendable {
    /// What it gained since the session's opening, in minor units: what it holds counts at the random walk of
    /// the instrument, where there is none at the middle of what others quote (`OthersMiddle`; before they quoted both
    /// sides, that of all quotes).
    public var gain: Double = 0
    /// Its positions in all instruments together, in lots.
    public var inventory: Lots = 0
    /// In how many trades it took part.
    public var fills = 0
    /// The fees it paid, in minor units; negative for rebates.
    public var fees: MinorUnits = 0
    /// The furthest that its gain fell below an earlier one, at the ends of ticks, in minor units.
    public var drawdown: Double = 0

    /// Creates that of an agent that did nothing.
    public init() {}
  }

  /// What became of the market in one instrument.
  public struct Market: Equatable, Sendable {
    /// The theoretical price at the end, in price increments.
    public var price: Double = 0
    /// The mean over ticks between best bid and best ask, in price increments; 0 where there never
    /// were both.
    public var spread: Double = 0
    /// The mean over ticks of what is open at the best bid and the best ask together, in lots.
    public var depth: Double = 0
    /// The standard deviation of the middle of the quotes from one tick to the next, in price
    /// increments.
    public var volatility: Double = 0
    /// Lots traded.
    public var volume: Lots = 0
    /// Trades.
    public var trades = 0

    /// Creates that of a market in which nothing happened.
    public init() {}
  }

  /// By agent index.
  public var agents: [Agent]
  /// By instrument index.
  public var markets: [Market]

  /// Creates an outcome.
  public init(agents: [Agent], markets: [Market]) {
    self.agents = agents
    self.markets = markets
  }
}

/// A number that an outcome has, by name.
public enum OutcomeMetric: Equatable, Sendable {
  /// A number about an agent.
  case agent(AgentIndex, AgentMetric)
  /// A number about the market in an instrument.
  case market(InstrumentIndex, MarketMetric)

  /// What is measured of an agent.
  public enum AgentMetric: Equatable, Sendable, CaseIterable {
    case gain, inventory, fills, fees, drawdown
  }

  /// What is measured of the market in an instrument.
  public enum MarketMetric: Equatable, Sendable, CaseIterable {
    case price, spread, depth, volatility, volume, trades
  }

  /// All numbers of outcomes with so many agents and instruments, agent by agent.
  public static func all(agents: Int, instruments: Int) -> [OutcomeMetric] {
    let ofAgents = (0..<agents).flatMap { agent in
      AgentMetric.allCases.map { OutcomeMetric.agent(AgentIndex(agent), $0) }
    }
    let ofMarkets = (0..<instruments).flatMap { instrument in
      MarketMetric.allCases.map { OutcomeMetric.market(InstrumentIndex(instrument), $0) }
    }
    return ofAgents + ofMarkets
  }

  /// The number; an agent that a run does not have has done nothing in it.
  public func value(in outcome: RunOutcome) -> Double {
    switch self {
    case .agent(let index, let metric):
      guard Int(index) < outcome.agents.count else { return 0 }
      let agent = outcome.agents[Int(index)]
      return switch metric {
      case .gain: agent.gain
      case .inventory: Double(agent.inventory)
      case .fills: Double(agent.fills)
      case .fees: Double(agent.fees)
      case .drawdown: agent.drawdown
      }
    case .market(let index, let metric):
      guard Int(index) < outcome.markets.count else { return 0 }
      let market = outcome.markets[Int(index)]
      return switch metric {
      case .price: market.price
      case .spread: market.spread
      case .depth: market.depth
      case .volatility: market.volatility
      case .volume: Double(market.volume)
      case .trades: Double(market.trades)
      }
    }
  }

  /// Its name, given those of agents and instruments: `gain of MM_01`, `spread of STOCK`.
  public func name(agents: [String], instruments: [String]) -> String {
    switch self {
    case .agent(let index, let metric): Self.word(metric) + " of " + agents[Int(index)]
    case .market(let index, let metric): Self.word(metric) + " of " + instruments[Int(index)]
    }
  }

  private static func word(_ metric: AgentMetric) -> String {
    switch metric {
    case .gain: "gain"
    case .inventory: "inventory"
    case .fills: "fills"
    case .fees: "fees"
    case .drawdown: "drawdown"
    }
  }

  private static func word(_ metric: MarketMetric) -> String {
    switch metric {
    case .price: "price"
    case .spread: "spread"
    case .depth: "depth"
    case .volatility: "volatility"
    case .volume: "volume"
    case .trades: "trades"
    }
  }
}
