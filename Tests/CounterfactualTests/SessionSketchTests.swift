import Agents
import Counterfactual
import Journal
import Market
import MarketModel
import MatchingEngine
import Replay
import Session
import SessionSupport
import Testing

@Suite struct SessionSketchTests {
  /// What the exchange decided, without keys and instants.
  private static func outcomes(_ events: [EventRecord]) -> [String] {
    events.compactMap { record in
      switch record.event {
      case .orderAccepted(let body): "accepted \(body.outcome.command.agent)"
      case .orderRejected(let body): "rejected \(body.reason)"
      case .orderFilled(let body):
        "\(body.outcome.command.agent) \(body.side) \(body.quantity) at \(body.price) of "
          + "\(body.maker.agent) fees \(body.takerFee) \(body.makerFee)"
      case .orderCancelled(let body):
        "cancelled \(body.order.agent) \(body.quantity) \(body.reason)"
      case .orderReplaced(let body): "replaced \(body.order.agent) \(body.keepsPriority)"
      case .capitalTransferred(let body): "transferred \(body.amount)"
      default: nil
      }
    }
  }

  private static func events(_ scenario: Scenario) throws -> [EventRecord] {
    try Forks.events([try SmallSession.record(scenario)])
  }

  @Test(arguments: [1, 2, 3] as [UInt64], [false, true])
  func `as inputs alone the exchange decides the same, in the same order`(
    seed: UInt64, hasLatency: Bool
  ) throws {
    let scenario = Forks.scenario(seed: seed, hasLatency: hasLatency)
    let events = try Self.events(scenario)
    let sketch = RecordedSession(scenario: scenario, events: events)
      .sketch(deciding: [], timing: .executed)
    let again = try #require(sketch.events(BuiltInAgents.self))
    #expect(Self.outcomes(again) == Self.outcomes(events))
    #expect(sketch.deciding.isEmpty)
    #expect(sketch.scenario.name.hasSuffix(", shrunk"))
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `with one agent that decides it decides the same`(seed: UInt64) throws {
    let scenario = Forks.scenario(seed: seed, hasLatency: false)
    let events = try Self.events(scenario)
    let recording = RecordedSession(scenario: scenario, events: events)
    for agent in 0..<4 as Range<AgentIndex> {
      let sketch = recording.sketch(deciding: [agent], timing: .executed)
      #expect(sketch.deciding == [agent])
      let again = try #require(sketch.events(BuiltInAgents.self))
      #expect(Self.outcomes(again) == Self.outcomes(events), "agent \(agent)")
    }
  }

  @Test func `with all that decide, as given, it is the session itself`() throws {
    let scenario = Forks.scenario(seed: 5)
    let events = try Self.events(scenario)
    let sketch = RecordedSession(scenario: scenario, events: events)
      .sketch(deciding: [0, 1, 2, 3], timing: .given)
    #expect(sketch.inputs.isEmpty)
    #expect(sketch.events(BuiltInAgents.self) == events)
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `begun later the books and accounts end the same`(seed: UInt64) throws {
    let recording = try BugSessions.exchange(seed: seed, events: 800)
    let sketch = recording.sketch(deciding: [], timing: .executed)
    let end = try state(sketch)
    for tick in [1, 20, 50, 120] as [Tick] {
      let later = try #require(sketch.begun(with: tick, BuiltInAgents.self))
      let left = try state(later)
      #expect(left.market.cash == end.market.cash, "tick \(tick)")
      for agent in 0..<5 as Range<AgentIndex> {
        for instrument in 0..<2 as Range<InstrumentIndex> {
          #expect(
            left.market.position(agent, instrument) == end.market.position(agent, instrument))
        }
      }
      #expect(Self.orders(left) == Self.orders(end), "tick \(tick)")
    }
  }

  private func state(_ sketch: SessionSketch) throws -> SessionState<BuiltInAgents> {
    var buffer = EventBuffer()
    var session = try sketch.session(BuiltInAgents.self)
    try session.run(into: &buffer)
    return session.state
  }

  /// The books in their order, without the keys of orders.
  private static func orders(_ state: SessionState<BuiltInAgents>) -> [String] {
    var orders: [String] = []
    for instrument in state.scenario.instruments.indices {
      for side in Side.allCases {
        for level in state.market.book.levels(InstrumentIndex(instrument), side) {
          orders += state.market.book.queue(level).map {
            "\($0.key.agent) \(side) \($0.quantity) at \($0.price)"
          }
        }
      }
    }
    return orders
  }

  @Test func `an agent, an instrument or a walk that nobody needs can go`() throws {
    let recording = try BugSessions.exchange(seed: 1, events: 400)
    var sketch = recording.sketch(deciding: [], timing: .executed)
    let first = sketch.without(instrument: 1)
    #expect(first.scenario.instruments.map { $0.name } == ["PAID"])
    let kept = try #require(first.events(BuiltInAgents.self))
    let orders = try #require(sketch.events(BuiltInAgents.self)).compactMap { record in
      if case .orderSubmitted(let body) = record.event { body.terms } else { nil }
    }
    let left = kept.compactMap { record in
      if case .orderSubmitted(let body) = record.event { body.terms } else { nil }
    }
    #expect(left == orders.filter { $0.instrument == 0 })
    while sketch.scenario.agents.count > 1 { sketch = sketch.without(agent: 0) }
    #expect(sketch.scenario.agents.map { $0.account.name } == ["Emil"])
    #expect(sketch.scenario.groups == ["alone"])
    #expect(sketch.inputs.allSatisfy { $0.agent == 0 })
    #expect(sketch.events(BuiltInAgents.self) != nil)
  }

  @Test func `the tape of a sketch holds its events and verifies`() throws {
    let sketch = try BugSessions.exchange(seed: 2, events: 600)
      .sketch(deciding: [], timing: .given)
    let tape = try #require(sketch.tape(BuiltInAgents.self, output: MemoryOutput()))
    #expect(try Forks.events([tape.bytes]) == sketch.events(BuiltInAgents.self))
    let report = try Verification<BuiltInAgents, MemorySource>.run(
      SmallSession.open([tape.bytes]), level: .v5)
    #expect(report.finding == nil)
  }
}
