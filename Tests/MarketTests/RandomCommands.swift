import Market
import MarketModel
import MatchingEngine
import TestSupport

/// Commands of every kind, sensible and senseless, keyed by a seed.
struct RandomCommands {
  var numbers: KeyedNumbers
  let rules: MarketRules
  private var known: [CommandKey] = []
  private var next: Int64 = 0
  /// Whether instruments are halted, and how often.
  var halts = true

  init(seed: UInt64) {
    numbers = KeyedNumbers(seed: seed)
    rules = Self.rules(&numbers)
  }

  /// A market with several instruments, fees and rebates, steps, bands, limits and groups.
  private static func rules(_ numbers: inout KeyedNumbers) -> MarketRules {
    // Beyond what a scenario may say, so that balances leave their range now and then.
    let isRich = numbers.once(in: 3)
    let most = Limits.maximumBalance
    let instruments = (0..<numbers.number(1...3)).map { index in
      InstrumentRules(
        name: "I\(index)", incrementValue: numbers.pick([1, 1, 7, 1000, 1 << 30]),
        referencePrice: numbers.pick([100, 1000, 1 << 40]),
        priceStep: numbers.pick([1, 1, 1, 5]), lotStep: numbers.pick([1, 1, 1, 3]),
        priceBand: numbers.pick([0, 0, 30]),
        makerFeeMillionths: numbers.pick([0, -200, 100, -1_000_000, 333_333]),
        takerFeeMillionths: numbers.pick([0, 300, 1, 1_000_000, -7]))
    }
    let accounts = (0..<numbers.number(2...6)).map { index in
      AccountRules(
        name: "A\(index)", group: Int32(numbers.number(0...1)),
        openingCash: numbers.pick(isRich ? [most - 5000, 5000 - most, 0] : [0, 1000, 1_000_000]),
        openingPositions: isRich ? [numbers.pick([most - 9, 9 - most, 0])] : [],
        maximumPosition: numbers.pick([0, 0, 10, 50]),
        maximumOpenOrders: numbers.pick([0, 0, 2, 5]))
    }
    return MarketRules(
      instruments: instruments, accounts: accounts, groups: ["G", "H"], processes: ["F"],
      selfTradePrevention: numbers.pick(SelfTradePrevention.allCases))
  }

  /// The status of an instrument changes, now and then.
  mutating func fact() -> Event? {
    guard halts, numbers.once(in: 60) else { return nil }
    let status: TradingStatus = numbers.once(in: 3) ? numbers.pick([.halted, .quoting]) : .trading
    return .tradingStatusObserved(
      TradingStatusObserved(
        fact: FactKey(feed: 0, number: next),
        instrument: InstrumentIndex(numbers.index(below: rules.instruments.count)),
        status: status))
  }

  /// The next command; `market` only helps to find prices that matter.
  mutating func command(_ market: MarketState) -> PendingCommand {
    let agent = AgentIndex(numbers.index(below: rules.accounts.count))
    next += 1
    let key = CommandKey(agent: agent, tick: next, ordinal: UInt32(numbers.number(0...2)))
    let choice = numbers.number(0...99)
    let body: PendingCommand.Body
    if choice < 62 {
      body = .place(terms(market))
    } else if choice < 77 {
      body = .cancel(order: target(agent), quantity: numbers.pick([0, 0, 1, 2, 3, -1, .max]))
    } else if choice < 95 {
      body = replacement(agent, market)
    } else {
      body = .transfer(
        recipient: AgentIndex(numbers.number(-1...Int64(rules.accounts.count))),
        amount: numbers.pick([0, -5, 1, 500, 1_000_000, 1 << 59, .max]))
    }
    known.append(key)
    if known.count > 60 { known.removeFirst() }
    return PendingCommand(key: key, body: body)
  }

  private mutating func target(_ agent: AgentIndex) -> CommandKey {
    if known.isEmpty || numbers.once(in: 15) {
      return CommandKey(agent: agent, tick: -9, ordinal: 0)
    }
    let own = known.filter { $0.agent == agent }
    return own.isEmpty || numbers.once(in: 10) ? numbers.pick(known) : numbers.pick(own)
  }

  private mutating func replacement(
    _ agent: AgentIndex, _ market: MarketState
  ) -> PendingCommand.Body {
    let order = target(agent)
    guard let resting = market.book.order(order) else {
      return .replace(order: order, price: 100, quantity: 1)
    }
    let shift: Int64 = numbers.pick([0, 0, 1, -1, 2, -2, 5, -5, 40])
    return .replace(
      order: order, price: resting.price + shift,
      quantity: numbers.pick([resting.quantity, 1, 2, 3, resting.quantity + 3, 0, .max]))
  }

  private mutating func terms(_ market: MarketState) -> OrderTerms {
    let instrument =
      numbers.once(in: 80)
      ? numbers.pick([-1, 3, .max, .min])
      : InstrumentIndex(numbers.index(below: rules.instruments.count))
    let isKnown = rules.instruments.indices.contains(Int(instrument))
    let rule = rules.instruments[isKnown ? Int(instrument) : 0]
    let last = isKnown ? market.trading[Int(instrument)].lastPrice : 100
    var price = last + rule.priceStep * numbers.number(-6...6)
    var quantity = rule.lotStep * numbers.number(1...8)
    switch numbers.number(0...39) {
    case 0: price = numbers.pick([0, -1, .min, .max, 1, 1 << 40, (1 << 40) + 1])
    case 1: quantity = numbers.pick([0, -1, .min, .max, 1 << 40, (1 << 40) + 1])
    case 2: (price, quantity) = (price + 1, quantity + 1)
    case 3: (price, quantity) = (1 << 40, 1 << 40)
    case 4: price = last + numbers.pick([30, 31, -30, -31])
    default: break
    }
    return OrderTerms(
      instrument: instrument, side: numbers.once(in: 2) ? .buy : .sell,
      type: numbers.once(in: 6) ? .market : .limit,
      timeInForce: numbers.pick([
        .goodTillCancelled, .goodTillCancelled, .goodTillCancelled, .immediateOrCancel,
        .fillOrKill,
      ]),
      isPostOnly: numbers.once(in: 6), price: price, quantity: quantity)
  }
}
