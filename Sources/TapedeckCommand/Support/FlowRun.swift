import Agents
import Glibc
import Journal
import JournalFiles
import Market
import MarketModel
import MatchingEngine
import Replay
import Session

/// What a run of the common order flow comes to: the same, however it was run.
struct FlowOutcome: Equatable {
  var trades = 0
  var volume: Lots = 0
  var resting = 0
  var fillHash: UInt64 = 0
  var books: UInt64 = 0
}

/// What a run took, and what shows that it did all the work.
struct FlowMeasure {
  var processorSeconds: Double
  /// Allocations during the second half of the messages; nil where nobody counts them.
  var allocations: Int?
  /// A digest of the output.
  var digest: UInt64
}

/// Ways to run the common order flow, each timed on its own.
///
/// `feed` and `replay` are never inlined: tools/bench counts the instructions inside of them.
struct FlowRun {
  let flow: OrderFlow
  let scenario: Scenario

  init(_ flow: OrderFlow) {
    self.flow = flow
    scenario = flow.scenario
  }

  /// The processor time of this process.
  static func seconds() -> Double {
    var now = timespec()
    _ = unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
  }

  /// The exchange alone: limits, accounts, fees, matching, digests, outcomes.
  func exchange() -> (FlowMeasure, FlowOutcome, events: Int) {
    var market = MarketState(rules: scenario.marketRules)
    var fills: [FlowFill] = []
    fills.reserveCapacity(flow.commands.count / 4 + 64)
    var counter = AllocationCounter(after: flow.commands.count / 2)
    let start = Self.seconds()
    let (events, digest) = Self.feed(flow.commands, &market, &fills, &counter)
    let measure = FlowMeasure(
      processorSeconds: Self.seconds() - start, allocations: counter.result, digest: digest)
    return (measure, outcome(fills, market), events)
  }

  @inline(never)
  private static func feed(
    _ commands: [PendingCommand], _ market: inout MarketState, _ fills: inout [FlowFill],
    _ counter: inout AllocationCounter
  ) -> (Int, UInt64) {
    var decision = Decision()
    var events = 0
    var digest: UInt64 = 0
    var sinceDigest = 0
    for index in commands.indices {
      counter.note(index)
      var command = commands[index]
      var number: UInt32 = 0
      repeat {
        market.execute(&command, number: number, into: &decision)
        if decision.isFill {
          fills.append(
            FlowFill(maker: decision.order, price: decision.price, quantity: decision.quantity))
        }
        number &+= 1
      } while market.isMatching
      events &+= Int(number)
      sinceDigest &+= Int(number)
      if sinceDigest >= 1024 {
        sinceDigest = 0
        digest =
          digest &* 31 &+ market.booksDigest &+ market.positionsDigest &+ market.cashDigest
      }
    }
    return (events, digest)
  }

  /// A session, its events thrown away or onto a tape.
  func session<Sink: EventSink>(
    _ sink: inout Sink, then finish: (inout Sink, SessionState<BuiltInAgents>) throws -> Void
  ) throws -> (FlowMeasure, FlowOutcome) {
    var session = try MarketSession<BuiltInAgents>(scenario: scenario)
    var counting = FillCounter(sink)
    counting.fills.reserveCapacity(flow.commands.count / 4 + 64)
    var counter = AllocationCounter(after: flow.commands.count / 2)
    let start = Self.seconds()
    try feed(&session, &counting, &counter)
    try finish(&counting.sink, session.state)
    let seconds = Self.seconds() - start
    sink = counting.sink
    return (
      FlowMeasure(
        processorSeconds: seconds, allocations: counter.result,
        digest: session.state.digests().root),
      outcome(counting.fills, session.state.market)
    )
  }

  @inline(never)
  private func feed<Sink: EventSink>(
    _ session: inout MarketSession<BuiltInAgents>, _ sink: inout FillCounter<Sink>,
    _ counter: inout AllocationCounter
  ) throws {
    for index in flow.commands.indices {
      counter.note(index)
      let time = flow.times[index]
      // A flow is known beforehand: its memory is asked for some commands ahead.
      if index + 8 < flow.commands.count {
        session.anticipate(flow.commands[index + 8], early: true)
        session.anticipate(flow.commands[index + 4], early: false)
      }
      let command: Command =
        switch flow.commands[index].body {
        case .place(let terms): .placeOrder(terms)
        case .cancel(let order, let quantity): .cancelOrder(order: order, quantity: quantity)
        default: throw CommandFailure(Exit.differs, "the flow has only orders and cancels")
        }
      let key = try session.execute(
        command, by: flow.commands[index].key.agent, at: time, into: &sink)
      if key != flow.commands[index].key {
        throw CommandFailure(Exit.differs, "the flow's keys are not those of the session")
      }
      while let next = session.nextTime, next <= time { _ = try session.step(into: &sink) }
    }
  }

  private func outcome(_ fills: [FlowFill], _ market: MarketState) -> FlowOutcome {
    FlowOutcome(
      trades: fills.count, volume: fills.reduce(0) { $0 + $1.quantity },
      resting: market.book.count, fillHash: flow.hash(fills), books: market.booksDigest)
  }

  /// An encoder for a tape of the flow.
  var encoder: JournalEncoder { JournalEncoder(genesis: Genesis(scenario: scenario)) }

  /// Folds a tape and compares its digests.
  @inline(never)
  static func replay(_ tape: MemorySource) throws -> (FlowMeasure, events: Int) {
    let start = seconds()
    let lineage = try Lineage([try JournalReader(tape, level: .chain)])
    var replayer = try Replayer<BuiltInAgents, MemorySource>(lineage)
    try replayer.run()
    let time = seconds() - start
    guard replayer.mismatch == nil else {
      throw CommandFailure(Exit.differs, "the tape does not fold to its digests")
    }
    return (
      FlowMeasure(
        processorSeconds: time, allocations: nil, digest: replayer.state.digests().root),
      Int(replayer.nextSequence)
    )
  }

  /// Checks framing and chain of a tape.
  static func scan(_ tape: MemorySource) throws -> (FlowMeasure, events: Int) {
    let start = seconds()
    let scan = try JournalScanner.scan(tape, watermark: nil, level: .chain)
    let time = seconds() - start
    guard scan.damages.isEmpty, let last = scan.entries.last else {
      throw CommandFailure(Exit.differs, "the tape is damaged")
    }
    let chain = last.header.chain.bytes.prefix(8).reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
    return (
      FlowMeasure(processorSeconds: time, allocations: nil, digest: chain),
      Int(last.header.firstSequence)
    )
  }
}

/// A sink that throws everything away.
struct NoSink: EventSink {
  @inline(__always)
  mutating func append(
    _ record: borrowing EventRecord, sequence: SequenceNumber
  ) throws(Never) {}

  @inline(__always)
  mutating func append(
    _ event: inout FlatEvent, sequence: SequenceNumber
  ) throws(Never) {}
}

/// A sink that also keeps what was traded.
struct FillCounter<Sink: EventSink>: EventSink {
  var sink: Sink
  var fills: [FlowFill] = []

  init(_ sink: Sink) { self.sink = sink }

  @inline(__always)
  mutating func wantsDigests(before event: EventShape) -> Bool {
    sink.wantsDigests(before: event)
  }

  mutating func take(_ digests: SessionDigests, before event: EventShape) throws(Sink.Failure) {
    try sink.take(digests, before: event)
  }

  @inline(__always)
  mutating func append(
    _ record: borrowing EventRecord, sequence: SequenceNumber
  ) throws(Sink.Failure) {
    try sink.append(record, sequence: sequence)
  }

  @inline(__always)
  mutating func append(
    _ event: inout FlatEvent, sequence: SequenceNumber
  ) throws(Sink.Failure) {
    if event.row.kind == EventKind.orderFilled.rawValue, let body = try? OrderFilled(&event.row) {
      fills.append(FlowFill(maker: body.maker, price: body.price, quantity: body.quantity))
    }
    try sink.append(&event, sequence: sequence)
  }
}

/// Counts allocations from some message on, where `tools/bench` put its counter before malloc.
struct AllocationCounter {
  private let read: (@convention(c) () -> Int)?
  private let first: Int
  private var before = 0

  init(after first: Int) {
    self.first = first
    read = Self.counter
  }

  private static let counter: (@convention(c) () -> Int)? = {
    // Safe: the counter's function has this type; where nobody loaded it, there is none.
    let symbol = unsafe dlsym(nil, "tapedeck_allocation_count")
    return unsafe symbol.map { unsafe unsafeBitCast($0, to: (@convention(c) () -> Int).self) }
  }()

  /// How many there were in this process; nil where nobody counts.
  static var total: Int? { counter.map { $0() } }

  @inline(__always)
  mutating func note(_ index: Int) {
    if index == first, let read { before = read() }
  }

  /// How many there were; nil where nobody counts.
  var result: Int? { read.map { $0() - before } }
}
