import Agents
import Market
import MarketModel
import Session
import TestSupport
import Testing

/// Flows of commands at an exchange where other agents trade too: those that get there at once take
/// one path, and everything is as by `submit` and `step`.
@Suite struct ExecuteTests {
  /// Agents of every type, and six driven from outside: two without any delay, one whose reports
  /// take time, one whose commands do.
  private static func scenario(seed: UInt64) -> Scenario {
    var scenario = Scenario.busy(seed: seed, hasLatency: seed % 2 == 0, horizon: 12)
    for index in 0..<6 {
      var agent = agent("outside-\(index)", AgentDescription.foreignType)
      agent.account.maximumOpenOrders = 20
      if index == 2 { agent.reportLatency = .uniform(0, 90 * milliseconds) }
      if index == 3 { agent.commandLatency = .uniform(0, 90 * milliseconds) }
      scenario.agents.append(agent)
    }
    return scenario
  }

  private static func command(_ numbers: inout KeyedNumbers, _ own: [CommandKey]) -> Command {
    let terms = OrderTerms(
      instrument: InstrumentIndex(numbers.number(0...2)), side: numbers.pick([.buy, .sell]),
      type: numbers.once(in: 5) ? .market : .limit,
      timeInForce: numbers.pick([.goodTillCancelled, .goodTillCancelled, .immediateOrCancel]),
      price: numbers.number(92...108), quantity: numbers.number(0...9))
    if own.isEmpty { return .placeOrder(terms) }
    switch numbers.number(0...9) {
    case 0...4: return .placeOrder(terms)
    case 5, 6: return .cancelOrder(order: numbers.pick(own), quantity: numbers.pick([0, 0, 1, 2]))
    case 7: return .replaceOrder(order: numbers.pick(own), price: terms.price, quantity: 2)
    case 8: return .transferCapital(to: AgentIndex(numbers.number(0...9)), amount: 10)
    default: return .sendMessage(to: .agent(0), payload: [1])
    }
  }

  /// Drives a session by one of the two, and returns what happened and how many commands were
  /// there at once.
  private static func drive(seed: UInt64, atOnce: Bool) throws -> (Trace, TestState, Int) {
    var session = try TestSession(scenario: scenario(seed: seed))
    var (trace, numbers) = (Trace(), KeyedNumbers(seed: seed))
    var own = [[CommandKey]](repeating: [], count: 6)
    var (time, prompt): (Nanoseconds, Int) = (0, 0)
    for _ in 0..<400 {
      // Some come at the instant of another, and some at one at which an agent wakes.
      if !numbers.once(in: 6) { time += numbers.number(1...25) * milliseconds }
      if numbers.once(in: 8) { time += 100 * milliseconds - time % (100 * milliseconds) }
      while let next = session.nextTime, next < time {
        if case .turn(let turn) = try session.step(into: &trace) {
          try session.takeTurn(turn, into: &trace)
        }
      }
      let index = numbers.index(below: 6)
      let (agent, asked) = (AgentIndex(8 + index), command(&numbers, own[index]))
      let events = trace.records.count
      let key: CommandKey
      if atOnce {
        key = try session.execute(asked, by: agent, at: time, into: &trace)
        if trace.records.count > events + 1 { prompt += 1 }
      } else {
        let isIdle = (session.nextTime ?? .max) > time
        key = try session.submit(asked, by: agent, at: time, into: &trace)
        // A latency that may be drawn as none is one all the same, and messages go elsewhere.
        if isIdle, index != 3, !asked.isMessage { _ = try session.step(into: &trace) }
      }
      own[index].append(key)
    }
    try session.run(into: &trace)
    return (trace, session.state, prompt)
  }

  @Test(arguments: 1...(Effort.isFull ? 12 : 2) as ClosedRange<UInt64>)
  func `what is executed is what is submitted and stepped`(seed: UInt64) throws {
    let (fast, fastState, prompt) = try Self.drive(seed: seed, atOnce: true)
    let (plain, plainState, _) = try Self.drive(seed: seed, atOnce: false)
    #expect(fast.records == plain.records)
    #expect(fast.digests == plain.digests)
    #expect(fastState.digests() == plainState.digests())
    #expect(prompt > 60)
    // The reducer, which trusts nothing, makes the same of the events.
    let folded = try fold(fast.records[...], Self.scenario(seed: seed))
    #expect(folded.digests() == fastState.digests())
  }

  @Test func `what cannot be at once is on its way as ever`() throws {
    var session = try TestSession(scenario: Self.scenario(seed: 2))
    var sink = EventBuffer()
    while let next = session.nextTime, next < 150 * milliseconds {
      _ = try session.step(into: &sink)
    }
    let order = Command.placeOrder(
      OrderTerms(instrument: 0, side: .buy, price: 50, quantity: 1))
    let before = sink.records.count
    _ = try session.execute(order, by: 11, at: 150 * milliseconds, into: &sink)
    #expect(sink.records.count == before + 1)
    // Another command is on its way now, and still this one is decided on.
    _ = try session.execute(order, by: 8, at: 150 * milliseconds, into: &sink)
    #expect(sink.records.count == before + 3)
    #expect(session.state.commands.count == 1)
  }
}

extension Command {
  fileprivate var isMessage: Bool { if case .sendMessage = self { true } else { false } }
}
