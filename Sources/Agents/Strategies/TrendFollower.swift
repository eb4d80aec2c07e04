import Market
public import MarketModel

/// Buys with a market order when the price is above its moving average, sells when below.
///
/// The price is the middle of the best bid and ask, or the one there is, or the last trade. At
/// `maximum_inventory` it stops adding. A heeded signal against the trend makes it wait.
/// - Source: the moving-average rule of W. Brock, J. Lakonishok and B. LeBaron, Simple technical
///   trading rules, Journal of Finance 47 (1992), section I.
public struct TrendFollower: Agent {
  /// What it remembers.
  public struct Memory: AgentMemory {
    /// Its orders and inventory.
    public var own = OwnBook()
    /// The last prices it saw, oldest first, in half price increments.
    public var prices: [Int64] = []
    /// The direction last signalled to it.
    public var signal: Int64 = 0

    init() {}

    /// Reads the canonical encoding.
    public init(from reader: inout ByteReader) throws(ByteError) {
      own = try OwnBook(from: &reader)
      for _ in 0..<(try reader.readCount(limit: 1 << 12)) { prices.append(try reader.readInt64()) }
      signal = try reader.readInt64()
    }

    /// Appends the canonical encoding.
    public func encode(into writer: inout ByteWriter) {
      own.encode(into: &writer)
      writer.write(count: prices.count)
      for price in prices { writer.write(price) }
      writer.write(signal)
    }
  }

  /// `trend-follower`.
  public static let typeName = "trend-follower"
  /// 1.
  public static let revision: UInt32 = 1
  /// Its parameters.
  public static let parameters =
    [
      ParameterSchema("instrument", .text(""), "what it trades; empty for the first"),
      ParameterSchema("period", .integer(3), "how many prices it averages"),
      ParameterSchema("quantity", .integer(2), "lots of each order"),
      ParameterSchema("maximum_inventory", .integer(100), "lots it will hold at most, either way"),
    ] + Signalling.parameters

  private let instrument: InstrumentIndex
  private let period: Int
  private let quantity: Lots
  private let maximumInventory: Lots
  private let signalling: Signalling

  /// Creates the agent.
  public init(parameters: Parameters, setting: AgentSetting) throws(ParameterError) {
    instrument = try setting.index(
      of: try parameters.text("instrument"), in: setting.instruments, parameter: "instrument")
    period = Int(try parameters.integer("period", in: 2...4096))
    quantity = try parameters.integer("quantity", in: 1...1_000_000)
    maximumInventory = try parameters.integer("maximum_inventory", in: 1...1_000_000_000)
    signalling = try Signalling(parameters, setting)
  }

  /// Nothing seen, nothing held.
  public var initialMemory: Memory { Memory() }

  /// Appends the price it sees at a wake-up; keeps track of its inventory and the last signal.
  public func remember(_ occurrence: Occurrence, in memory: inout Memory) {
    memory.own.remember(occurrence)
    switch occurrence {
    case .woken(let observation):
      let view = observation.board.views[Int(instrument)]
      // Of a side that is empty the other one has to stand in.
      let bid = view.bestBid ?? view.bestAsk ?? view.lastPrice
      memory.prices.append(bid + (view.bestAsk ?? bid))
      if memory.prices.count > period { memory.prices.removeFirst() }
    case .message(_, _, let payload):
      if signalling.heeds, let signal = Signal(payload: payload) {
        memory.signal = signal.direction
      }
    default: break
    }
  }

  /// Follows the trend.
  public func decide(
    _ observation: Observation, memory: Memory, noise: DecisionNoise,
    commands: inout [Command]
  ) {
    guard memory.prices.count == period, let price = memory.prices.last else { return }
    // Compares price with the mean without dividing; prices lie within Limits.maximumPrice.
    let deviation = price * Int64(period) - memory.prices.reduce(0, +)
    let direction = deviation.signum()
    if direction == 0 || memory.signal == -direction { return }
    signalling.send(
      Signal(
        direction: direction, strength: 500 * Int64(deviation.magnitude) / Int64(period)),
      to: &commands)
    let room = maximumInventory - direction * memory.own.inventory
    guard room > 0 else { return }
    commands.append(
      .placeOrder(
        OrderTerms(
          instrument: instrument, side: direction > 0 ? .buy : .sell, type: .market,
          timeInForce: .immediateOrCancel, price: 0, quantity: min(quantity, room))))
  }
}
