import Agents
import Counterfactual
import Market
import MarketModel
import MatchingEngine
import Session
import SessionSupport
import TestSupport

/// Long sessions in which a planted bug shows itself somewhere.
enum BugSessions {
  /// Foreign agents that give commands of every kind, with latency, on two instruments.
  static func exchange(seed: UInt64, events: SequenceNumber = 5_000) throws -> RecordedSession {
    var scenario = Scenario(name: "bugs", seed: seed)
    scenario.horizon = 5_000
    scenario.instruments = [
      InstrumentRules(
        name: "PAID", referencePrice: 1_000, makerFeeMillionths: 900, takerFeeMillionths: 2_350),
      InstrumentRules(
        name: "REBATED", referencePrice: 1_000, makerFeeMillionths: -700,
        takerFeeMillionths: 1_777),
    ]
    scenario.groups = ["together", "alone"]
    for (index, name) in ["Anna", "Bert", "Cora", "Dora", "Emil"].enumerated() {
      var agent = AgentDescription(
        account: AccountRules(
          name: name, group: index == 4 ? 1 : 0, openingCash: 1_000_000, maximumOpenOrders: 30),
        type: AgentDescription.foreignType)
      agent.commandLatency = .uniform(1_000, 400_000_000)
      scenario.agents.append(agent)
    }
    var session = try MarketSession<BuiltInAgents>(scenario: scenario)
    var buffer = EventBuffer()
    var numbers = KeyedNumbers(seed: seed)
    var known: [CommandKey] = []
    var time: Nanoseconds = 0
    while session.nextSequence < events {
      time += numbers.number(1...300_000_000)
      while let next = session.nextTime, next <= time { _ = try session.step(into: &buffer) }
      let agent = AgentIndex(numbers.index(below: 5))
      let command = command(&numbers, agent, known, session.state.market)
      known.append(try session.submit(command, by: agent, at: time, into: &buffer))
      if known.count > 80 { known.removeFirst() }
    }
    try session.run(into: &buffer)
    return RecordedSession(scenario: scenario, events: buffer.records)
  }

  private static func command(
    _ numbers: inout KeyedNumbers, _ agent: AgentIndex, _ known: [CommandKey],
    _ market: MarketState
  ) -> Command {
    let own = known.filter { $0.agent == agent && market.book.order($0) != nil }
    switch numbers.number(0...99) {
    case 0..<8 where !own.isEmpty:
      return .cancelOrder(order: numbers.pick(own), quantity: numbers.pick([0, 0, 1, 2, 3]))
    case 8..<26 where !own.isEmpty:
      let key = numbers.pick(own)
      let order = market.book.order(key)
      let (price, quantity) = (order?.price ?? 1_000, order?.quantity ?? 1)
      return .replaceOrder(
        order: key, price: price + numbers.pick([0, 0, 1, -1, 4]),
        quantity: max(1, quantity + numbers.pick([0, -1, 1, 3])))
    case 26..<29:
      return .transferCapital(
        to: AgentIndex(numbers.index(below: 5)), amount: numbers.number(1...90))
    default: break
    }
    let instrument = InstrumentIndex(numbers.index(below: 2))
    let last = market.trading[Int(instrument)].lastPrice
    let isMarket = numbers.once(in: 12)
    return .placeOrder(
      OrderTerms(
        instrument: instrument, side: numbers.once(in: 2) ? .buy : .sell,
        type: isMarket ? .market : .limit,
        timeInForce: numbers.pick([
          .goodTillCancelled, .goodTillCancelled, .goodTillCancelled, .immediateOrCancel,
          .fillOrKill,
        ]), isPostOnly: numbers.once(in: 8),
        // Towards where the price was at first, so that it goes nowhere.
        price: isMarket ? 0 : last + numbers.number(-9...9) + (1_000 - last) / 8,
        quantity: numbers.number(1...9)))
  }

  /// The strategies that trade with each other, recorded by a build in which one of them is faulty.
  static func strategies<Roster: AgentRoster>(
    seed: UInt64, _ roster: Roster.Type
  ) throws -> RecordedSession {
    var scenario = SmallSession.scenario("strategies", seed: seed, ticks: 400)
    scenario.agents = SmallSession.fourTypes.prefix(3).map {
      SmallSession.agent($0, $1, hasLatency: false)
    }
    var session = try MarketSession<Roster>(scenario: scenario)
    var buffer = EventBuffer()
    try session.run(into: &buffer)
    return RecordedSession(scenario: scenario, events: buffer.records)
  }
}

/// A mistake in what an agent asks for.
protocol StrategyFault: Sendable {
  /// Changes the commands that the right strategy gives.
  static func distort(_ observation: Observation, _ inventory: Lots, _ commands: inout [Command])
}

/// Memories that know what the agent holds.
protocol InventoryMemory: AgentMemory {
  var heldLots: Lots { get }
}

extension TradingMemory: InventoryMemory {
  var heldLots: Lots { own.inventory }
}

extension TrendFollower.Memory: InventoryMemory {
  var heldLots: Lots { own.inventory }
}

/// A strategy with a mistake, under its own name: what another build would run.
struct Faulty<Base: Agent, Fault: StrategyFault>: Agent where Base.Memory: InventoryMemory {
  typealias Memory = Base.Memory

  static var typeName: String { Base.typeName }
  static var revision: UInt32 { Base.revision }
  static var parameters: [ParameterSchema] { Base.parameters }

  private let base: Base

  init(parameters: Parameters, setting: AgentSetting) throws(ParameterError) {
    base = try Base(parameters: parameters, setting: setting)
  }

  var initialMemory: Memory { base.initialMemory }

  func remember(_ occurrence: Occurrence, in memory: inout Memory) {
    base.remember(occurrence, in: &memory)
  }

  func decide(
    _ observation: Observation, memory: Memory, noise: DecisionNoise, commands: inout [Command]
  ) {
    base.decide(observation, memory: memory, noise: noise, commands: &commands)
    Fault.distort(observation, memory.heldLots, &commands)
  }
}

extension [Command] {
  /// Changes the terms of the orders among them.
  mutating func change(_ body: (inout OrderTerms) -> Void) {
    for index in indices {
      guard case .placeOrder(var terms) = self[index] else { continue }
      body(&terms)
      self[index] = .placeOrder(terms)
    }
  }
}

/// Leans the wrong way once it holds something.
enum LeansWrong: StrategyFault {
  static func distort(_ observation: Observation, _ inventory: Lots, _ commands: inout [Command]) {
    if inventory > 4 { commands.change { $0.price += 4 * inventory } }
  }
}

/// Forgets its limit when it is short.
enum ForgetsLimit: StrategyFault {
  static func distort(_ observation: Observation, _ inventory: Lots, _ commands: inout [Command]) {
    if inventory < -25 { commands.change { $0.quantity = 5 } }
  }
}

/// Bids one increment too much when it is short.
enum BidsTooMuch: StrategyFault {
  static func distort(_ observation: Observation, _ inventory: Lots, _ commands: inout [Command]) {
    if inventory < -4 { commands.change { if $0.side == .buy { $0.price += 1 } } }
  }
}

/// Forgets to withdraw its last quote.
enum ForgetsQuote: StrategyFault {
  static func distort(_ observation: Observation, _ inventory: Lots, _ commands: inout [Command]) {
    let cancels = commands.filter {
      if case .cancelOrder = $0 { return true }
      return false
    }
    if cancels.count == 1 { commands.removeFirst() }
  }
}

/// Asks for twice as much every 97 ticks.
enum DoublesNow: StrategyFault {
  static func distort(_ observation: Observation, _ inventory: Lots, _ commands: inout [Command]) {
    if observation.tick % 97 == 60 { commands.change { $0.quantity *= 2 } }
  }
}

/// Buys where it should sell, in high markets.
enum BuysHigh: StrategyFault {
  static func distort(_ observation: Observation, _ inventory: Lots, _ commands: inout [Command]) {
    guard let bid = observation.board.views[0].bestBid, bid > 10_400 else { return }
    commands.change { $0.side = .buy }
  }
}

/// Sells one lot too many while it holds some.
enum SellsTooMany: StrategyFault {
  static func distort(_ observation: Observation, _ inventory: Lots, _ commands: inout [Command]) {
    if inventory >= 2 { commands.change { if $0.side == .sell { $0.quantity += 1 } } }
  }
}

/// Sits out when the spread is wide.
enum SitsOut: StrategyFault {
  static func distort(_ observation: Observation, _ inventory: Lots, _ commands: inout [Command]) {
    let view = observation.board.views[0]
    if let bid = view.bestBid, let ask = view.bestAsk, ask - bid > 50 { commands = [] }
  }
}

/// Leaves its orders in the book.
enum LeavesOrders: StrategyFault {
  static func distort(_ observation: Observation, _ inventory: Lots, _ commands: inout [Command]) {
    if inventory > 3 {
      commands.change {
        guard $0.type == .market else { return }
        ($0.type, $0.timeInForce, $0.price) = (.limit, .goodTillCancelled, 10_000)
      }
    }
  }
}

/// Acts twice when there is much to gain.
enum ActsTwice: StrategyFault {
  static func distort(_ observation: Observation, _ inventory: Lots, _ commands: inout [Command]) {
    if let value = observation.board.values.first, let ask = observation.board.views[0].bestAsk,
      value - 1000 * ask > 20_000
    {
      commands += commands
    }
  }
}
