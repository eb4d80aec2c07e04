import Agents
import Market
import MarketModel
import MatchingEngine
import Session
import Testing

/// What delays do: commands, reports, messages and the data that agents see.
@Suite struct DelayTests {
  @Test(arguments: 0..<5 as Range<UInt64>)
  func `no command arrives before its sender's previous one`(_ seed: UInt64) throws {
    let scenario = Scenario.busy(seed: seed)
    let records = try run(scenario)
    var latest = [Nanoseconds](repeating: .min, count: scenario.agents.count)
    var sent = [[CommandKey]](repeating: [], count: scenario.agents.count)
    var decided = sent
    var held = 0
    for record in records {
      let row = record.event.row
      if record.event.kind.isCommand, record.event.kind != .messageSent {
        let agent = Int(row.words[0])
        let latencyField = EventSchema.of(record.event.kind).fields.count - 1
        let arrival = record.time + row.words[latencyField]
        #expect(arrival >= latest[agent])
        if arrival == latest[agent] { held += 1 }
        latest[agent] = arrival
        sent[agent].append(key(row))
      }
      if let outcome = record.event.outcome, outcome.number == 0 {
        decided[Int(outcome.command.agent)].append(outcome.command)
      }
    }
    #expect(held > 0, "latencies never met")
    for agent in sent.indices {
      #expect(Array(sent[agent].prefix(decided[agent].count)) == decided[agent])
    }
  }

  private func key(_ row: EventRow) -> CommandKey {
    CommandKey(
      agent: AgentIndex(row.words[0]), tick: row.words[1], ordinal: UInt32(row.words[2]))
  }

  @Test func `commands are decided when they arrive`() throws {
    let scenario = Scenario.busy(seed: 12)
    var due: [CommandKey: Nanoseconds] = [:]
    for record in try run(scenario) {
      let row = record.event.row
      if record.event.kind.isCommand {
        due[key(row)] = record.time + row.words[EventSchema.of(record.event.kind).fields.count - 1]
      }
      if let outcome = record.event.outcome { #expect(due[outcome.command] == record.time) }
    }
  }

  /// The test keeps a history of its own.
  @Test(arguments: 0..<4 as Range<UInt64>)
  func `an agent sees the board as it was its data latency ago`(_ seed: UInt64) throws {
    let scenario = Scenario.busy(seed: seed)
    var session = try TestSession(scenario: scenario)
    var sink = EventBuffer()
    var history = [(time: Nanoseconds.min, board: Self.board(session.state))]
    var differences = 0
    while true {
      let result = try session.step(into: &sink)
      if case .finished = result { break }
      history.append((session.state.time, Self.board(session.state)))
      guard case .turn(let turn) = result else { continue }
      let latency = scenario.agents[Int(turn.agent)].dataLatency
      let instant = session.state.time - latency
      let expected = try #require(history.last { $0.time <= instant })
      let observation = session.observe(turn)
      #expect(observation.board == expected.board, "event \(session.nextSequence)")
      #expect(observation.time == session.state.time && observation.agent == turn.agent)
      if observation.board != Self.board(session.state) { differences += 1 }
      try session.takeTurn(turn, into: &sink)
    }
    #expect(differences > 20)
  }

  private static func board(_ state: TestState) -> PublicBoard {
    PublicBoard(
      views: state.scenario.instruments.indices.map { state.market.view(InstrumentIndex($0)) },
      values: state.processes.map { $0.value })
  }

  @Test func `without delays an agent knows what it holds and has open`() throws {
    for seed in 0..<4 as Range<UInt64> {
      let scenario = Scenario.busy(seed: seed, hasLatency: false)
      var session = try TestSession(scenario: scenario)
      var sink = EventBuffer()
      while let turn = try session.advance(into: &sink) {
        for index in 0..<7 as Range<AgentIndex> {
          try expectTruth(of: index, in: session.state)
        }
        try session.takeTurn(turn, into: &sink)
      }
    }
  }

  private func expectTruth(of agent: AgentIndex, in state: TestState) throws {
    let own = try memory(of: agent, in: state, as: OwnBook.self)
    let held = state.scenario.instruments.indices.map {
      state.market.position(agent, InstrumentIndex($0))
    }
    #expect(own.inventory == held.reduce(0, +))
    for order in own.orders {
      let resting = state.market.book.order(order.key(of: agent))
      #expect(resting?.quantity == order.quantity && resting?.price == order.price)
      #expect(resting?.side == order.side)
    }
  }

  @Test(arguments: 0..<6 as Range<UInt64>, [SelfTradePrevention.cancelResting, .allow])
  func `with delays it knows all but what is on its way`(
    _ seed: UInt64, _ prevention: SelfTradePrevention
  ) throws {
    var scenario = Scenario.busy(seed: seed)
    scenario.selfTradePrevention = prevention
    var session = try TestSession(scenario: scenario)
    var sink = EventBuffer()
    while let turn = try session.advance(into: &sink) {
      let state = session.state
      for agent in 0..<7 as Range<AgentIndex> {
        var inventory = try memory(of: agent, in: state, as: OwnBook.self).inventory
        for entry in state.reports.entries where entry.recipient == agent {
          inventory += Self.change(entry.report) + (entry.counterpart.map(Self.change) ?? 0)
        }
        let held = state.market.position(agent, 0) + state.market.position(agent, 1)
        #expect(inventory == held, "agent \(agent), event \(session.nextSequence)")
      }
      try session.takeTurn(turn, into: &sink)
    }
  }

  private static func change(_ report: Report) -> Lots {
    if case .filled(let fill) = report.body { fill.side.sign * fill.quantity } else { 0 }
  }

  @Test(arguments: 0..<4 as Range<UInt64>)
  func `every report is delivered exactly once, when it is due`(_ seed: UInt64) throws {
    let scenario = Scenario.busy(seed: seed)
    var session = try TestSession(scenario: scenario)
    var sink = EventBuffer()
    try session.run(into: &sink)
    var due: [String: Nanoseconds] = [:]
    for record in sink.records {
      if let outcome = record.event.outcome {
        for (agent, latency) in Self.reports(record.event) where latency > 0 {
          let name = "\(outcome) \(agent)"
          #expect(due[name] == nil)
          due[name] = record.time + latency
        }
      }
      if case .reportDelivered(let body) = record.event {
        let name = "\(body.outcome) \(body.agent)"
        #expect(due.removeValue(forKey: name) == record.time)
      }
    }
    #expect(due.values.allSatisfy { $0 >= scenario.end })
    #expect(due.count == session.state.reports.count)
  }

  private static func reports(_ event: Event) -> [(AgentIndex, Nanoseconds)] {
    switch event {
    case .orderAccepted(let body): [(body.outcome.command.agent, body.reportLatency)]
    case .orderRejected(let body): [(body.outcome.command.agent, body.reportLatency)]
    case .orderCancelled(let body): [(body.order.agent, body.reportLatency)]
    case .orderReplaced(let body): [(body.outcome.command.agent, body.reportLatency)]
    case .capitalTransferred(let body): [(body.outcome.command.agent, body.reportLatency)]
    case .orderFilled(let body):
      [
        (body.outcome.command.agent, body.takerReportLatency),
        (body.maker.agent, body.makerReportLatency),
      ]
    default: []
    }
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `an agent that trades with itself learns of both parts`(_ seed: UInt64) throws {
    var one = scripted("A", "sell 2@100|buy 2@100|buy 1@90|||")
    one.reportLatency = .uniform(0, 900 * milliseconds)
    var scenario = Scenario.plain([one], seed: seed)
    scenario.selfTradePrevention = .allow
    var session = try TestSession(scenario: scenario)
    var sink = EventBuffer()
    try session.run(into: &sink)
    let own = try memory(of: 0, in: session.state, as: OwnBook.self)
    #expect(own.inventory == 0)
    #expect(own.orders.map { $0.price } == [90])
    #expect(try fold(sink.records[...], scenario).digests() == session.state.digests())
  }
}
