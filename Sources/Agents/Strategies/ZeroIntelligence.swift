import Market
public import MarketModel

/// Trades at random: the background against which strategies are seen.
///
/// At each wake-up it places, with probability `market_probability`, a market order, else a limit
/// order up to `spread` increments either side of the last price; beyond `maximum_orders` open
/// orders it cancels its oldest first. It sends a random signal with `signal_probability`.
/// - Source: D. K. Gode and S. Sunder, Allocative efficiency of markets with zero-intelligence
///   traders, Journal of Political Economy 101 (1993).
public struct ZeroIntelligence: Agent {
  /// What it remembers.
  public typealias Memory = OwnBook

  /// `zero-intelligence`.
  public static let typeName = "zero-intelligence"
  /// 2: sides and types are chosen in the Gumbel-max form.
  public static let revision: UInt32 = 2
  /// Its parameters.
  public static let parameters =
    [
      ParameterSchema("instrument", .text(""), "what it trades; empty for the first"),
      ParameterSchema("spread", .integer(100), "how far its limits lie, in price increments"),
      ParameterSchema("quantity", .integer(10), "the largest order, in lots"),
      ParameterSchema("market_probability", .number(0.2), "the share of market orders"),
      ParameterSchema("maximum_orders", .integer(10), "open orders it keeps at most"),
      ParameterSchema("signal_probability", .number(0), "how often it sends a signal"),
    ] + Signalling.parameters

  private let agent: AgentIndex
  private let instrument: InstrumentIndex
  private let spread: UInt64
  private let quantity: UInt64
  private let marketProbability: Double
  private let maximumOrders: Int64
  private let signalProbability: Double
  private let signalling: Signalling

  /// Creates the agent.
  public init(parameters: Parameters, setting: AgentSetting) throws(ParameterError) {
    agent = setting.agent
    instrument = try setting.index(
      of: try parameters.text("instrument"), in: setting.instruments, parameter: "instrument")
    spread = UInt64(try parameters.integer("spread", in: 1...1_000_000))
    quantity = UInt64(try parameters.integer("quantity", in: 1...1_000_000))
    marketProbability = try parameters.number("market_probability", in: 0...1)
    maximumOrders = try parameters.integer("maximum_orders", in: 1...1_000_000)
    signalProbability = try parameters.number("signal_probability", in: 0...1)
    signalling = try Signalling(parameters, setting)
  }

  /// Nothing held, nothing open.
  public var initialMemory: OwnBook { OwnBook() }

  /// Keeps track of its orders.
  public func remember(_ occurrence: Occurrence, in memory: inout OwnBook) {
    memory.remember(occurrence)
  }

  /// Does something at random.
  public func decide(
    _ observation: Observation, memory: OwnBook, noise: DecisionNoise,
    commands: inout [Command]
  ) {
    if Int64(memory.orders.count) >= maximumOrders, let oldest = memory.orders.first {
      commands.append(.cancelOrder(order: oldest.key(of: agent), quantity: 0))
    }
    let side: Side = noise.choice(0, weights: [1, 1]) == 0 ? .buy : .sell
    let isMarket = noise.choice(2, weights: [1 - marketProbability, marketProbability]) == 1
    let lots = Lots(1 + noise.integer(4, below: quantity))
    // Uniform over -spread ... +spread.
    let offset = Int64(noise.integer(5, below: 2 * spread + 1)) - Int64(spread)
    let price = max(1, observation.board.views[Int(instrument)].lastPrice + offset)
    commands.append(
      .placeOrder(
        OrderTerms(
          instrument: instrument, side: side, type: isMarket ? .market : .limit,
          timeInForce: isMarket ? .immediateOrCancel : .goodTillCancelled,
          price: isMarket ? 0 : price, quantity: lots)))
    if noise.choice(6, weights: [1 - signalProbability, signalProbability]) == 1 {
      signalling.send(Signal(direction: side.sign, strength: 1000 * lots), to: &commands)
    }
  }
}
