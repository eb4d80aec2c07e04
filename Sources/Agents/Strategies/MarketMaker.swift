public import MarketModel

/// Quotes both sides around a fair value and leans against its inventory.
///
/// At each wake-up it withdraws what is left of its quotes and places a bid and an ask of
/// `quantity` lots at fair value - skew x inventory -/+ half spread. On the side that would take
/// its inventory past `maximum_inventory` it does not quote. A heeded signal shifts both quotes by
/// `signal_shift` in the signal's direction.
/// - Source: the inventory lean is that of M. Avellaneda and S. Stoikov, High-frequency trading in
///   a limit order book, Quantitative Finance 8 (2008), equation 29, with a constant for the risk
///   term.
public struct MarketMaker: Agent {
  /// What it remembers.
  public typealias Memory = TradingMemory

  /// `market-maker`.
  public static let typeName = "market-maker"
  /// 1.
  public static let revision: UInt32 = 1
  /// Its parameters.
  public static let parameters =
    [
      ParameterSchema("instrument", .text(""), "what it trades; empty for the first"),
      ParameterSchema("fair_value", .text(""), "the process it believes in; empty for the first"),
      ParameterSchema("half_spread", .integer(25), "half its spread, in price increments"),
      ParameterSchema("skew", .number(2), "price increments it leans for each lot it holds"),
      ParameterSchema("quantity", .integer(5), "lots it quotes on each side"),
      ParameterSchema("maximum_inventory", .integer(30), "lots it will hold at most, either way"),
      ParameterSchema("signal_shift", .integer(5), "price increments a heeded signal moves it"),
    ] + Signalling.parameters

  private let agent: AgentIndex
  private let instrument: InstrumentIndex
  private let process: ProcessIndex
  private let halfSpread: PriceIncrements
  private let skew: Double
  private let quantity: Lots
  private let maximumInventory: Lots
  private let signalShift: PriceIncrements
  private let signalling: Signalling

  /// Creates the agent.
  public init(parameters: Parameters, setting: AgentSetting) throws(ParameterError) {
    agent = setting.agent
    instrument = try setting.index(
      of: try parameters.text("instrument"), in: setting.instruments, parameter: "instrument")
    process = try setting.index(
      of: try parameters.text("fair_value"), in: setting.processes, parameter: "fair_value")
    halfSpread = try parameters.integer("half_spread", in: 1...1_000_000)
    skew = try parameters.number("skew", in: 0...1_000_000)
    quantity = try parameters.integer("quantity", in: 1...1_000_000)
    maximumInventory = try parameters.integer("maximum_inventory", in: 1...1_000_000_000)
    signalShift = try parameters.integer("signal_shift", in: 0...1_000_000)
    signalling = try Signalling(parameters, setting)
  }

  /// Nothing held, nothing open.
  public var initialMemory: TradingMemory { TradingMemory() }

  /// Keeps track of its orders, its inventory and the last signal.
  public func remember(_ occurrence: Occurrence, in memory: inout TradingMemory) {
    memory.remember(occurrence, signalling)
  }

  /// Withdraws its quotes and places new ones.
  public func decide(
    _ observation: Observation, memory: TradingMemory, noise: DecisionNoise,
    commands: inout [Command]
  ) {
    for order in memory.own.orders {
      commands.append(.cancelOrder(order: order.key(of: agent), quantity: 0))
    }
    let inventory = memory.own.inventory
    let fair = Double(observation.board.values[Int(process)]) / 1000
    let centre = fair - skew * Double(inventory) + Double(signalShift * memory.signal)
    let bid = Int64((centre - Double(halfSpread)).rounded(.down))
    let ask = Int64((centre + Double(halfSpread)).rounded(.up))
    quote(.buy, bid, inventory, &commands)
    quote(.sell, ask, -inventory, &commands)
    if inventory.magnitude > UInt64(maximumInventory) / 2 {
      // It wants to be rid of what it holds: prices should go the way that helps.
      signalling.send(
        Signal(direction: inventory, strength: 1000 * Int64(inventory.magnitude)), to: &commands)
    }
  }

  /// `exposure` is the inventory in the direction of the quote.
  private func quote(
    _ side: Side, _ price: PriceIncrements, _ exposure: Lots, _ commands: inout [Command]
  ) {
    let room = maximumInventory - exposure
    guard room > 0, price > 0 else { return }
    commands.append(
      .placeOrder(
        OrderTerms(
          instrument: instrument, side: side, price: price, quantity: min(quantity, room))))
  }
}
