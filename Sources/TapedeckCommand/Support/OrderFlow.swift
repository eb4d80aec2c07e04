import Determinism
import Market
import MarketModel
import MatchingEngine
import Session

/// The common order flow that engines are timed on, made beforehand.
///
/// Limit orders belong to agent (id mod 64), marketable ones to 64 + (id mod 64); a message comes
/// after 1 + an exponentially distributed number of nanoseconds, 20,000 on average, and a tick
/// lasts a millisecond. Fees are due; bands and limits are looked at and do not bind.
struct OrderFlow {
  /// What each message asks, with the key that it gets.
  private(set) var commands: [PendingCommand] = []
  /// When each message comes, in nanoseconds.
  private(set) var times: [Nanoseconds] = []
  /// The flow's own number of each order, by the position of the message that placed it.
  private var ids: [UInt64] = []
  /// The positions of each agent's messages.
  private var byAgent = [[Int32]](repeating: [], count: 128)
  /// The position of the message that placed an order, by its number.
  private var placed: [Int] = [-1]

  /// Makes the first `count` messages, with a plain book to know which orders live.
  init(count: Int) {
    var maker = FlowMaker()
    var clock = FlowClock()
    commands.reserveCapacity(count)
    times.reserveCapacity(count)
    ids.reserveCapacity(count)
    var counts = [(tick: Tick, count: UInt32)](repeating: (-1, 0), count: 128)
    for index in 0..<count {
      let message = maker.next(index)
      let time = clock.next()
      let tick = time / 1_000_000
      let agent = AgentIndex(message.id % 64) + (message.isMarketable ? 64 : 0)
      if counts[Int(agent)].tick != tick { counts[Int(agent)] = (tick, 0) }
      let key = CommandKey(agent: agent, tick: tick, ordinal: counts[Int(agent)].count)
      counts[Int(agent)].count += 1
      let body: PendingCommand.Body
      if message.isCancel {
        body = .cancel(order: commands[placed[Int(message.id)]].key, quantity: 0)
      } else {
        placed.append(index)
        body = .place(
          OrderTerms(
            instrument: 0, side: message.side, price: message.price, quantity: message.quantity))
      }
      commands.append(PendingCommand(key: key, body: body))
      times.append(time)
      ids.append(message.id)
      byAgent[Int(agent)].append(Int32(index))
    }
  }

  /// The first `count` messages as other engines read them: 24 bytes each, little-endian.
  ///
  /// id (8), price (4), quantity (4), type (1; 0 limit, 1 cancel, 2 marketable), side (1; 0 buy,
  /// 1 sell), 6 zeros. A cancel has the price and what is left of its order.
  static func records(count: Int) -> [UInt8] {
    var maker = FlowMaker()
    var bytes: [UInt8] = []
    bytes.reserveCapacity(24 * count)
    for index in 0..<count {
      let message = maker.next(index)
      let type: UInt8 = message.isCancel ? 1 : message.isMarketable ? 2 : 0
      for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: message.id >> (8 * shift))) }
      for value in [message.price, message.quantity] {
        for shift in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * shift))) }
      }
      bytes += [type, message.side == .buy ? 0 : 1, 0, 0, 0, 0, 0, 0]
    }
    return bytes
  }

  /// The session that the flow is fed to.
  var scenario: Scenario {
    var scenario = Scenario(name: "common order flow", seed: 42)
    scenario.clock = TickClock(start: 0, tickLength: 1_000_000)
    scenario.horizon = (times.last ?? 0) / 1_000_000 + 1
    scenario.instruments = [
      InstrumentRules(
        name: "FLOW", priceBand: 100_000, makerFeeMillionths: -10, takerFeeMillionths: 30)
    ]
    for index in 0..<128 {
      let number = "\(1000 + index)".dropFirst()
      scenario.groups.append("agent\(number)")
      scenario.agents.append(
        AgentDescription(
          account: AccountRules(
            name: "agent\(number)", group: Int32(index), maximumPosition: 1 << 40,
            maximumOpenOrders: 1 << 30), type: AgentDescription.foreignType))
    }
    return scenario
  }

  /// What trades come to: FNV-1a over the resting order's number and price x 1,000,003 + quantity.
  func hash(_ fills: [FlowFill]) -> UInt64 {
    let prime: UInt64 = 1_099_511_628_211
    var hash: UInt64 = 1_469_598_103_934_665_603
    for fill in fills {
      hash = (hash ^ number(of: fill.maker)) &* prime  // FNV-1a wraps
      hash = (hash ^ UInt64(fill.price * 1_000_003 + fill.quantity)) &* prime
    }
    return hash
  }

  /// The flow's own number of an order.
  private func number(of key: CommandKey) -> UInt64 {
    let list = byAgent[Int(key.agent)]
    var low = 0
    var high = list.count
    while low < high {
      let middle = (low + high) / 2
      let found = commands[Int(list[middle])].key
      if (found.tick, found.ordinal) < (key.tick, key.ordinal) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low < list.count ? ids[Int(list[low])] : 0
  }
}

/// A trade, as far as the flow's outcome is about it.
struct FlowFill: BitwiseCopyable {
  var maker: CommandKey
  var price: PriceIncrements
  var quantity: Lots
}

/// splitmix64; only this workload uses it.
private struct FlowGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  mutating func below(_ bound: UInt64) -> UInt64 { ((next() >> 32) &* bound) >> 32 }
}

/// The instants of the messages.
private struct FlowClock {
  private var generator = FlowGenerator(state: 1)
  private var time: Nanoseconds = 0

  mutating func next() -> Nanoseconds {
    let uniform = (Double(generator.next() >> 11) + 0.5) * 0x1p-53
    time += 1 + Nanoseconds(-20_000 * Elementary.log(uniform))
    return time
  }
}

/// The messages themselves.
private struct FlowMaker {
  struct Message {
    var id: UInt64
    var price: PriceIncrements
    var quantity: Lots
    var isCancel = false
    var isMarketable = false
    var side: Side
  }

  /// An order while the flow is made.
  private struct Live {
    var id: UInt64
    var price: PriceIncrements
    var quantity: Lots
    var side: Side
  }

  private var generator = FlowGenerator(state: 42)
  private var live: [Live] = []
  /// By id: where it stands in `live`.
  private var positions: [Int] = [-1]
  private var queues: [[[UInt64]]] = [
    Array(repeating: [], count: 12_000), Array(repeating: [], count: 12_000),
  ]
  private var nextId: UInt64 = 1

  mutating func next(_ index: Int) -> Message {
    let dice = generator.below(100)
    var kind = index < 20_000 || dice < 50 ? 0 : dice < 90 ? 1 : 2
    if live.count < 10_000 { kind = 0 }
    return kind == 1 ? cancel() : place(isMarketable: kind == 2)
  }

  private mutating func cancel() -> Message {
    let position = Int(generator.below(UInt64(live.count)))
    let order = live[position]
    queues[Int(order.side.rawValue)][Int(order.price)].removeAll { $0 == order.id }
    remove(position)
    return Message(
      id: order.id, price: order.price, quantity: order.quantity, isCancel: true,
      side: order.side)
  }

  private mutating func place(isMarketable: Bool) -> Message {
    let side: Side = generator.below(2) == 0 ? .buy : .sell
    var price: PriceIncrements = side == .sell ? 9000 : 11_000
    if !isMarketable {
      let offset = PriceIncrements(generator.below(500))
      price = side == .sell ? 10_001 + offset : 9999 - offset
    }
    let quantity = Lots(1 + generator.below(100))
    let message = Message(
      id: nextId, price: price, quantity: quantity, isMarketable: isMarketable, side: side)
    positions.append(-1)
    if isMarketable {
      take(quantity, side)
    } else {
      positions[Int(nextId)] = live.count
      live.append(Live(id: nextId, price: price, quantity: quantity, side: side))
      queues[Int(side.rawValue)][Int(price)].append(nextId)
    }
    nextId += 1
    return message
  }

  private mutating func take(_ quantity: Lots, _ side: Side) {
    let other = Int(side.opposite.rawValue)
    // The book of this flow never runs dry, and its prices lie within 9,500 ... 10,500.
    let prices = side == .buy ? Array(10_001...10_500) : Array((9500...9999).reversed())
    var left = quantity
    while left > 0 {
      guard let price = prices.first(where: { !queues[other][$0].isEmpty }) else { return }
      let position = positions[Int(queues[other][price][0])]
      let traded = min(left, live[position].quantity)
      left -= traded
      live[position].quantity -= traded
      if live[position].quantity == 0 {
        queues[other][price].removeFirst()
        remove(position)
      }
    }
  }

  private mutating func remove(_ position: Int) {
    positions[Int(live[position].id)] = -1
    let last = live.removeLast()
    if position < live.count {
      live[position] = last
      positions[Int(last.id)] = position
    }
  }
}
