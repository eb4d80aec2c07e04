import Determinism
public import Features
public import Market
public import MarketModel
import Networks

/// Does what a policy says, which something else trained: at each wake-up it computes
/// `TradingFeature`s from what it remembers and what it sees, and draws one of the
/// `TradingAction`s in the Gumbel-max form, or the numbers of a `ContinuousAction`.
///
/// Without a policy it does nothing. What it does is a function of the policy, the features and keyed
/// noise, so a fork with another policy asks what it would have done with the same luck.
public struct PolicyTrader: Agent {
  /// `policy`.
  public static let typeName = "policy"
  /// 1.
  public static let revision: UInt32 = 1
  /// It does what its policy says.
  public static let usesPolicy = true
  /// Its parameters.
  public static let parameters =
    [
      ParameterSchema("instrument", .text(""), "what it trades; empty for the first"),
      ParameterSchema("quantity", .integer(5), "lots of each order"),
      ParameterSchema("maximum_inventory", .integer(100), "lots it will hold at most, either way"),
      ParameterSchema(
        "half_spread", .integer(25),
        "where nothing is quoted, how far from the last trade it quotes"),
      ParameterSchema("greedy", .flag(false), "whether it always does what is likeliest"),
      ParameterSchema("value", .text(""), "the process whose value it knows; empty for none"),
      ParameterSchema(
        "pair", .text(""), "the instrument it holds against what it trades; empty for none",
        omitsDefault: true),
      ParameterSchema(
        "pair_quantity", .integer(0),
        "lots of it that stand against `quantity` lots; 0 for as many", omitsDefault: true),
    ] + Signalling.parameters

  private let agent: AgentIndex
  private let desk: TradingDesk
  private let isGreedy: Bool
  private let signalling: Signalling
  private let value: Int?
  private let pair: PairLeg?

  /// Creates the agent.
  public init(parameters: Parameters, setting: AgentSetting) throws(ParameterError) {
    agent = setting.agent
    var desk = TradingDesk()
    desk.instrument = try setting.index(
      of: try parameters.text("instrument"), in: setting.instruments, parameter: "instrument")
    desk.quantity = try parameters.integer("quantity", in: 1...1_000_000)
    desk.maximumInventory = try parameters.integer("maximum_inventory", in: 1...1_000_000_000)
    desk.halfSpread = try parameters.integer("half_spread", in: 0...1_000_000_000)
    self.desk = desk
    isGreedy = try parameters.flag("greedy")
    signalling = try Signalling(parameters, setting)
    let name = try parameters.text("value")
    value =
      name.isEmpty
      ? nil : Int(try setting.index(of: name, in: setting.processes, parameter: "value"))
    pair = try Self.pair(parameters, setting, of: desk)
    if !setting.policy.isEmpty {
      let policy: TradingPolicy
      do {
        policy = try TradingPolicy(bytes: setting.policy)
      } catch {
        throw ParameterError(name: "policy", expected: error.expected)
      }
      if policy.seesPair, pair == nil {
        throw ParameterError(
          name: "pair", expected: "the instrument that its policy sees beside the first")
      }
    }
  }

  private static func pair(
    _ parameters: Parameters, _ setting: AgentSetting, of desk: TradingDesk
  ) throws(ParameterError) -> PairLeg? {
    let name = try parameters.text("pair", missing: "")
    let lots = try parameters.integer("pair_quantity", in: 0...1_000_000, missing: 0)
    if name.isEmpty, lots > 0 {
      throw ParameterError(name: "pair", expected: "an instrument, since pair_quantity is said")
    }
    if name.isEmpty { return nil }
    let instrument = try setting.index(of: name, in: setting.instruments, parameter: "pair")
    guard instrument != desk.instrument else {
      throw ParameterError(name: "pair", expected: "another instrument than the first, \(name)")
    }
    return PairLeg(
      instrument: instrument, lots: lots == 0 ? desk.quantity : lots, quantity: desk.quantity)
  }

  /// The two instruments that it trades; nil where it trades one.
  public var heldPair: HeldPair? {
    pair.map {
      HeldPair(
        first: desk.instrument, second: $0.instrument,
        ratio: Double($0.quantity) / Double($0.lots))
    }
  }

  /// Nothing seen, nothing held.
  public var initialMemory: Memory { Memory(hasPair: pair != nil) }

  /// Keeps track of its account, of what is quoted and of the last signal.
  public func remember(_ occurrence: Occurrence, in memory: inout Memory) {
    if let pair {
      if let part = occurrence.part(of: desk.instrument) { memory.own.remember(part) }
      if let part = occurrence.part(of: pair.instrument) { memory.pair?.own.remember(part) }
    } else {
      memory.own.remember(occurrence)
    }
    switch occurrence {
    case .woken(let observation):
      memory.policy.update(observation.policy)
      let quotes = quotes(observation, desk.instrument)
      memory.before = memory.middles.prices.isEmpty ? quotes : memory.quotes
      memory.quotes = quotes
      memory.middles.append(quotes.twiceMiddle)
      if let pair {
        pair.look(quotes, self.quotes(observation, pair.instrument), in: &memory.pair)
      }
      if memory.isInherited { value(what: &memory) }
      recall(observation, in: &memory)
    case .report(let report):
      // Within 2^62 where positions and prices are within their limits; else it wraps, as features may.
      if case .filled(let fill) = report.body {
        let spent = fill.side.sign &* fill.price &* fill.quantity
        if fill.instrument == desk.instrument { memory.spent &+= spent }
        if fill.instrument == pair?.instrument { memory.pair?.spent &+= spent }
      }
    case .message(_, _, let payload):
      if signalling.heeds, let signal = Signal(payload: payload) {
        memory.signal = signal.direction
      }
    case .tookOver: memory.isInherited = true
    case .commanded: break
    }
  }

  /// What somebody before it paid for counts as bought at the first price that is seen.
  private func value(what memory: inout Memory) {
    memory.isInherited = false
    memory.spent = memory.own.inventory &* memory.quotes.twiceMiddle / 2
    if let second = memory.pair {
      memory.pair?.spent = second.own.inventory &* second.quotes.twiceMiddle / 2
    }
  }

  /// What its policy sees goes into what it remembers, where it has a memory.
  private func recall(_ observation: Observation, in memory: inout Memory) {
    guard let policy = memory.policy.policy, policy.memory != nil else {
      memory.recollection = nil
      return
    }
    memory.recollection = Recollection(
      memory.recollection, memory.policy, policy, seen(observation, memory, by: policy))
  }

  private func quotes(_ observation: Observation, _ instrument: InstrumentIndex) -> BestQuotes {
    observation.board.views[Int(instrument)].quotes
  }

  // MARK: Seeing

  /// What its policy sees, in the order of `TradingFeature`.
  public func features(_ observation: Observation, memory: Memory) -> [Float] {
    let quotes = memory.quotes
    let prices = memory.middles.prices
    let middle = Double(quotes.twiceMiddle) / 2
    let quantity = Double(desk.quantity)
    let (bids, asks) = (open(.buy, memory), open(.sell, memory))
    let held = Double(memory.own.inventory)
    var gain = held * middle - Double(memory.spent)
    if let second = memory.pair {
      let worth = Double(second.own.inventory) * Double(second.quotes.twiceMiddle) / 2
      gain += worth - Double(second.spent)
    }
    var known = 0.0
    if let value { known = Double(observation.board.values[value]) / 1000 - middle }
    let change = { (steps: Int) in Double(PriceFeatures.change(prices.span, steps: steps)) / 2 }
    var numbers = [
      held / Double(desk.maximumInventory), Double(bids) / quantity, Double(asks) / quantity,
      gain / quantity, Double(quotes.spread), quotes.imbalance,
      Double(quotes.depth) / quantity, quotes.microPriceShift, Double(quotes.last) - middle,
      Double(quotes.flowImbalance(since: memory.before)) / quantity, change(1), change(2),
      change(4), change(8), change(16), PriceFeatures.volatility(prices.span) / 2,
      middle - PriceFeatures.mean(prices.span) / 2, Double(memory.signal), known,
    ]
    if let pair, let second = memory.pair {
      numbers += pair.features(second, maximumInventory: desk.maximumInventory)
    }
    return numbers.map { Float($0) }
  }

  /// Features, as many as a policy sees.
  private func seen(
    _ observation: Observation, _ memory: Memory, by policy: TradingPolicy
  ) -> [Float] {
    let seen = features(observation, memory: memory)
    if seen.count == policy.width { return seen }
    // A policy that came later may see a pair where there is none, or not see the one there is.
    return seen.prefix(policy.width)
      + [Float](repeating: 0, count: max(0, policy.width - seen.count))
  }

  private func open(_ side: Side, _ memory: Memory) -> Lots {
    var open: Lots = 0
    for order in memory.own.orders where order.side == side { open &+= order.quantity }
    return open
  }

  // MARK: Acting

  /// Draws an action; without a policy there is none.
  public func choose(
    _ observation: Observation, memory: Memory, noise: DecisionNoise
  ) -> ActionChoice? {
    guard let policy = memory.policy.policy else { return nil }
    let seen =
      policy.memory == nil
      ? seen(observation, memory, by: policy)
      : Recollection.numbers(memory.recollection, policy, checksum: memory.policy.checksum)
    return policy.choice(seen, isGreedy: isGreedy, noise)
  }

  /// Asks for what the action stands for.
  public func act(
    _ choice: ActionChoice, _ observation: Observation, memory: Memory,
    commands: inout [Command]
  ) {
    let start = commands.count
    if choice.action == ActionChoice.numbers {
      for wish in desk.wishes(choice.numbers, memory.quotes) { act(wish, memory, &commands) }
    } else {
      let action = TradingAction(number: Int(choice.action)) ?? TradingAction(.wait)
      let (first, second, said) = desk.wishes(action, memory.quotes)
      if let first { act(first, memory, &commands) }
      if let second { act(second, memory, &commands) }
      if let said { act(said, memory, &commands) }
    }
    guard let pair, let second = memory.pair else { return }
    var held = memory.own.inventory &+ memory.own.takingQuantity
    for case .placeOrder(let terms) in commands[start...] where terms.type == .market {
      held &+= terms.side.sign &* terms.quantity
    }
    pair.balance(held, second, of: agent, &commands)
  }

  /// Does nothing: it acts by choices alone.
  public func decide(
    _ observation: Observation, memory: Memory, noise: DecisionNoise,
    commands: inout [Command]
  ) {}

  private func act(
    _ wish: TradingDesk.Wish, _ memory: Memory, _ commands: inout [Command]
  ) {
    let inventory = memory.own.inventory
    switch wish {
    case .say(let signal): signalling.send(signal, to: &commands)
    case .take(let side, let quantity):
      if let command = desk.taking(side, quantity, inventory: inventory) {
        commands.append(command)
      }
    case .quote(let side, let price, let quantity):
      let own = memory.own.orders.filter { $0.side == side && $0.price > 0 }
      // With more than one, a replacement is on its way: its outcome is waited for.
      if own.count > 1 { return }
      let open = own.first.map {
        TradingDesk.OpenQuote(key: $0.key(of: agent), price: $0.price, quantity: $0.quantity)
      }
      if let command = desk.quoting(side, price, quantity, inventory: inventory, open: open) {
        commands.append(command)
      }
    }
  }
}

extension PublicView {
  /// What features are made of.
  public var quotes: BestQuotes {
    BestQuotes(
      bid: bidPrice, bidQuantity: bidQuantity, ask: askPrice, askQuantity: askQuantity,
      last: lastPrice)
  }
}
