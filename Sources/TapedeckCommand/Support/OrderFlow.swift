import Agents
import Glibc
import Journal
import Market
import MarketModel
import MatchingEngine
import Replay
import Session

/// What a run of the common order flow comes to.
struct FlowOutcome: Equatable {
  var trades: UInt64 = 0
  var volume: UInt64 = 0
  var resting = 0
  /// FNV-1a over the resting order's number and price x 1,000,003 + quantity of each trade.
  var fillHash: UInt64 = 1_469_598_103_934_665_603
  var root: UInt64 = 0
}

/// What a run took.
struct BenchResult {
  var outcome: FlowOutcome
  var eventCount: SequenceNumber
  var tapeBytes: Int
  var exchangeSeconds: Double
  var tapeSeconds: Double
  var replaySeconds: Double
}

/// The common order flow that engines are timed on.
///
/// Limit orders belong to agent (id mod 64), marketable ones to 64 + (id mod 64); a message comes
/// every 20 microseconds and a tick lasts a millisecond.
enum OrderFlow {
  /// One message.
  struct Message {
    var id: UInt64
    var price: PriceIncrements
    var quantity: Lots
    var isCancel: Bool
    var isMarketable: Bool
    var side: Side

    var agent: AgentIndex { AgentIndex(id % 64) + (isMarketable ? 64 : 0) }
  }

  /// An order while the flow is made.
  private struct Live {
    var id: UInt64
    var price: PriceIncrements
    var quantity: Lots
    var side: Side
  }

  // MARK: Making

  /// splitmix64; only this workload uses it.
  private struct Generator {
    var state: UInt64 = 42

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
      return z ^ z >> 31
    }

    mutating func below(_ bound: UInt64) -> UInt64 { ((next() >> 32) &* bound) >> 32 }
  }

  /// Makes the first `count` messages, with a naive book to know which orders live.
  static func make(_ count: Int) -> [Message] {
    var generator = Generator()
    var live: [Live] = []
    var positions: [Int] = [-1]  // by id: where it stands in `live`
    var queues: [[[UInt64]]] = [
      Array(repeating: [], count: 12_000), Array(repeating: [], count: 12_000),
    ]
    var messages: [Message] = []
    messages.reserveCapacity(count)
    var nextId: UInt64 = 1
    let remove = { (position: Int, live: inout [Live], positions: inout [Int]) in
      positions[Int(live[position].id)] = -1
      let last = live.removeLast()
      if position < live.count {
        live[position] = last
        positions[Int(last.id)] = position
      }
    }
    for index in 0..<count {
      let dice = generator.below(100)
      var kind = index < 20_000 || dice < 50 ? 0 : dice < 90 ? 1 : 2
      if live.count < 10_000 { kind = 0 }
      if kind == 1 {
        let position = Int(generator.below(UInt64(live.count)))
        let order = live[position]
        messages.append(
          Message(
            id: order.id, price: order.price, quantity: order.quantity, isCancel: true,
            isMarketable: false, side: order.side))
        queues[Int(order.side.rawValue)][Int(order.price)].removeAll { $0 == order.id }
        remove(position, &live, &positions)
        continue
      }
      let side: Side = generator.below(2) == 0 ? .buy : .sell
      var price: PriceIncrements = side == .sell ? 9000 : 11_000
      if kind == 0 {
        let offset = PriceIncrements(generator.below(500))
        price = side == .sell ? 10_001 + offset : 9999 - offset
      }
      let quantity = Lots(1 + generator.below(100))
      messages.append(
        Message(
          id: nextId, price: price, quantity: quantity, isCancel: false, isMarketable: kind == 2,
          side: side))
      positions.append(-1)
      if kind == 0 {
        positions[Int(nextId)] = live.count
        live.append(Live(id: nextId, price: price, quantity: quantity, side: side))
        queues[Int(side.rawValue)][Int(price)].append(nextId)
      } else {
        take(quantity, side, &queues, &live, &positions, remove)
      }
      nextId += 1
    }
    return messages
  }

  private static func take(
    _ quantity: Lots, _ side: Side, _ queues: inout [[[UInt64]]], _ live: inout [Live],
    _ positions: inout [Int], _ remove: (Int, inout [Live], inout [Int]) -> Void
  ) {
    let other = Int(side.opposite.rawValue)
    var left = quantity
    while left > 0 {
      // The book of this flow never runs dry, and its prices lie within 9,500 ... 10,500.
      let prices = side == .buy ? Array(10_001...10_500) : Array((9500...9999).reversed())
      guard let price = prices.first(where: { !queues[other][$0].isEmpty }) else { return }
      let id = queues[other][price][0]
      let position = positions[Int(id)]
      let traded = min(left, live[position].quantity)
      left -= traded
      live[position].quantity -= traded
      if live[position].quantity == 0 {
        queues[other][price].removeFirst()
        remove(position, &live, &positions)
      }
    }
  }

  // MARK: Running

  private static func scenario(_ count: Int) -> Scenario {
    var scenario = Scenario(name: "common order flow", seed: 42)
    scenario.clock = TickClock(start: 0, tickLength: 1_000_000)
    scenario.horizon = Tick(count / 50 + 1)
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

  private static func processorSeconds() -> Double {
    var now = timespec()
    _ = unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
  }

  /// Runs the flow: the exchange alone, onto a tape in memory, and back from it.
  static func run(_ flow: [Message]) throws -> BenchResult {
    let scenario = scenario(flow.count)
    var start = processorSeconds()
    let (outcome, _) = try feed(flow, scenario, NoSink())
    let exchange = processorSeconds() - start
    start = processorSeconds()
    let recorder = JournalRecorder(
      JournalEncoder(genesis: Genesis(scenario: scenario)), output: MemoryOutput())
    var (_, written) = try feed(flow, scenario, recorder)
    written.sink.sink.seal(written.session.state)
    let tape = processorSeconds() - start
    let bytes = written.sink.sink.output.bytes
    start = processorSeconds()
    let lineage = try Lineage([try JournalReader(MemorySource(bytes), level: .chain)])
    var replayer = try Replayer<BuiltInAgents, MemorySource>(lineage)
    try replayer.run()
    let replay = processorSeconds() - start
    guard replayer.mismatch == nil, replayer.state.digests().root == outcome.root else {
      throw CommandFailure(Exit.differs, "the flow does not replay to its digest")
    }
    return BenchResult(
      outcome: outcome, eventCount: replayer.nextSequence, tapeBytes: bytes.count,
      exchangeSeconds: exchange, tapeSeconds: tape, replaySeconds: replay)
  }

  private static func feed<Sink: EventSink>(
    _ flow: [Message], _ scenario: Scenario, _ sink: Sink
  ) throws -> (FlowOutcome, (session: MarketSession<BuiltInAgents>, sink: CountingSink<Sink>)) {
    var session = try MarketSession<BuiltInAgents>(scenario: scenario)
    var counting = CountingSink(sink)
    var keys = [CommandKey](repeating: .filler, count: flow.count + 1)
    for (index, message) in flow.enumerated() {
      let time = Nanoseconds(index) * 20_000
      let command: Command
      if message.isCancel {
        command = .cancelOrder(order: keys[Int(message.id)], quantity: 0)
      } else {
        command = .placeOrder(
          OrderTerms(
            instrument: 0, side: message.side, price: message.price,
            quantity: message.quantity))
      }
      let key = try session.submit(
        command, by: message.agent, at: time, into: &counting)
      if !message.isCancel {
        keys[Int(message.id)] = key
        counting.name(key, message.id)
      }
      while let next = session.nextTime, next <= time { _ = try session.step(into: &counting) }
    }
    var outcome = counting.outcome
    outcome.resting = session.state.market.book.count
    outcome.root = session.state.digests().root
    return (outcome, (session, counting))
  }
}

/// A sink that throws everything away.
struct NoSink: EventSink {
  mutating func append<Roster: AgentRoster>(
    _ record: EventRecord, sequence: SequenceNumber, before state: borrowing SessionState<Roster>
  ) throws(Never) {}
}

/// A sink that also counts what was traded.
struct CountingSink<Sink: EventSink>: EventSink {
  private struct Name {
    var tick: Tick
    var ordinal: UInt32
    var id: UInt64
  }

  var sink: Sink
  private(set) var outcome = FlowOutcome()
  /// The flow's own numbers of orders, by agent, in the order of submission.
  private var names = [[Name]](repeating: [], count: 128)

  init(_ sink: Sink) { self.sink = sink }

  mutating func name(_ key: CommandKey, _ id: UInt64) {
    names[Int(key.agent)].append(Name(tick: key.tick, ordinal: key.ordinal, id: id))
  }

  private func id(_ key: CommandKey) -> UInt64 {
    let list = names[Int(key.agent)]
    var low = 0
    var high = list.count
    while low < high {
      let middle = (low + high) / 2
      if (list[middle].tick, list[middle].ordinal) < (key.tick, key.ordinal) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low < list.count ? list[low].id : 0
  }

  mutating func append<Roster: AgentRoster>(
    _ record: EventRecord, sequence: SequenceNumber, before state: borrowing SessionState<Roster>
  ) throws(Sink.Failure) {
    if case .orderFilled(let body) = record.event {
      outcome.trades += 1
      outcome.volume += UInt64(body.quantity)
      let prime: UInt64 = 1_099_511_628_211
      outcome.fillHash = (outcome.fillHash ^ id(body.maker)) &* prime  // FNV-1a wraps
      outcome.fillHash =
        (outcome.fillHash ^ UInt64(body.price * 1_000_003 + body.quantity)) &* prime
    }
    try sink.append(record, sequence: sequence, before: state)
  }
}
