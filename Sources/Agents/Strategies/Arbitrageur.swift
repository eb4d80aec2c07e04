import Market
public import MarketModel

/// Takes quotes that deviate from fair value, with market orders.
///
/// It buys when the best ask lies more than `threshold` below fair value and sells when the best
/// bid lies more than `threshold` above; never more than the quote shows or `quantity` lots. To
/// get out of what it holds it accepts `exit_threshold` instead. A heeded signal against the trade
/// doubles the threshold.
public struct Arbitrageur: Agent {
  /// What it remembers.
  public typealias Memory = TradingMemory

  /// `arbitrageur`.
  public static let typeName = "arbitrageur"
  /// 1.
  public static let revision: UInt32 = 1
  /// Its parameters.
  public static let parameters =
    [
      ParameterSchema("instrument", .text(""), "what it trades; empty for the first"),
      ParameterSchema("fair_value", .text(""), "the process it believes in; empty for the first"),
      ParameterSchema("threshold", .integer(10), "deviation it trades on, in price increments"),
      ParameterSchema("exit_threshold", .integer(-25), "deviation it gets out on, may be negative"),
      ParameterSchema("quantity", .integer(5), "lots of each order"),
      ParameterSchema("maximum_inventory", .integer(10), "lots it will hold at most, either way"),
    ] + Signalling.parameters

  private let instrument: InstrumentIndex
  private let process: ProcessIndex
  private let threshold: PriceIncrements
  private let exitThreshold: PriceIncrements
  private let quantity: Lots
  private let maximumInventory: Lots
  private let signalling: Signalling

  /// Creates the agent.
  public init(parameters: Parameters, setting: AgentSetting) throws(ParameterError) {
    instrument = try setting.index(
      of: try parameters.text("instrument"), in: setting.instruments, parameter: "instrument")
    process = try setting.index(
      of: try parameters.text("fair_value"), in: setting.processes, parameter: "fair_value")
    threshold = try parameters.integer("threshold", in: 0...1_000_000)
    exitThreshold = try parameters.integer("exit_threshold", in: -1_000_000...1_000_000)
    quantity = try parameters.integer("quantity", in: 1...1_000_000)
    maximumInventory = try parameters.integer("maximum_inventory", in: 1...1_000_000_000)
    signalling = try Signalling(parameters, setting)
  }

  /// Nothing held.
  public var initialMemory: TradingMemory { TradingMemory() }

  /// Keeps track of its inventory and the last signal.
  public func remember(_ occurrence: Occurrence, in memory: inout TradingMemory) {
    memory.remember(occurrence, signalling)
  }

  /// Takes what is mispriced.
  public func decide(
    _ observation: Observation, memory: TradingMemory, noise: DecisionNoise,
    commands: inout [Command]
  ) {
    let view = observation.board.views[Int(instrument)]
    let fair = observation.board.values[Int(process)]
    if let ask = view.bestAsk {
      take(.buy, fair - 1000 * ask, view.askQuantity, memory, &commands)
    }
    if let bid = view.bestBid {
      take(.sell, 1000 * bid - fair, view.bidQuantity, memory, &commands)
    }
  }

  /// `gain` is what a lot is mispriced by in the agent's favour, in thousandths of an increment.
  private func take(
    _ side: Side, _ gain: PriceThousandths, _ shown: Lots, _ memory: TradingMemory,
    _ commands: inout [Command]
  ) {
    let exposure = side.sign * memory.own.inventory
    let caution: Int64 = memory.signal == -side.sign ? 2 : 1
    let wanted: Lots
    if gain > 1000 * threshold * caution {
      wanted = min(quantity, maximumInventory - exposure)
    } else if exposure < 0, gain > 1000 * exitThreshold * caution {
      wanted = min(quantity, -exposure)
    } else {
      return
    }
    guard wanted > 0 else { return }
    signalling.send(Signal(direction: side.sign, strength: gain), to: &commands)
    commands.append(
      .placeOrder(
        OrderTerms(
          instrument: instrument, side: side, type: .market, timeInForce: .immediateOrCancel,
          price: 0, quantity: min(wanted, shown))))
  }
}
