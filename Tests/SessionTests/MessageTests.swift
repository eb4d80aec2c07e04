import MarketModel
import Session
import Testing

@Suite struct MessageTests {
  private func heard(_ name: String, _ state: TestState) throws -> String {
    let agent = try #require(state.agentIndex(named: name))
    let memory = try memory(of: agent, in: state, as: Scripted.Memory.self)
    return String(decoding: memory.heard, as: UTF8.self)
  }

  private func finished(_ scenario: Scenario) throws -> (TestState, [EventRecord]) {
    var session = try TestSession(scenario: scenario)
    var sink = EventBuffer()
    try session.run(into: &sink)
    return (session.state, sink.records)
  }

  @Test func `a message goes to one agent or to all that listen, never to its sender`() throws {
    var scenario = Scenario.plain([
      scripted("A", "say B hello;news one|say A self;say nobody lost|news two"),
      scripted("B", "|news three"), scripted("C", ""), scripted("D", ""),
    ])
    for index in [0, 2, 3] { scenario.agents[index].subscriptions = [0] }
    let (state, records) = try finished(scenario)
    #expect(try heard("A", state) == "-1:self;0:three;" || heard("A", state) == "0:three;-1:self;")
    #expect(try heard("B", state) == "-1:hello;")
    #expect(try heard("C", state) == "0:one;0:three;0:two;")
    #expect(try heard("D", state) == heard("C", state))
    #expect(counts(records)[.messageSent] == 1 + 2 + 1 + 1 + 2 + 3)
    #expect(counts(records)[.messageDelivered] == 9)
  }

  @Test func `a message takes its recipient's latency`() throws {
    var scenario = Scenario.plain([scripted("A", "news one"), scripted("B", ""), scripted("C", "")])
    scenario.agents[1].subscriptions = [0]
    scenario.agents[2].subscriptions = [0]
    scenario.agents[1].messageLatency = .fixed(5)
    scenario.agents[2].messageLatency = .uniform(100, 200)
    let (_, records) = try finished(scenario)
    var due: [AgentIndex: Nanoseconds] = [:]
    for record in records {
      if case .messageSent(let body) = record.event { due[body.recipient] = body.latency }
      if case .messageDelivered(let body) = record.event {
        #expect(record.time == due[body.recipient])
      }
    }
    #expect(due[1] == 5)
    #expect((100...200).contains(try #require(due[2])))
  }

  @Test(arguments: 0..<10 as Range<UInt64>)
  func `messages between two agents keep their order`(_ seed: UInt64) throws {
    var scenario = Scenario.plain(
      [
        scripted("A", "say B a;say B b|say B c;news d|say B e", every: 10), scripted("B", ""),
      ], seed: seed)
    scenario.agents[1].subscriptions = [0]
    scenario.agents[1].messageLatency = .uniform(0, 500 * milliseconds)
    let (state, _) = try finished(scenario)
    #expect(try heard("B", state) == "-1:a;-1:b;-1:c;0:d;-1:e;")
  }

  @Test func `a message that nobody hears keeps its ordinal`() throws {
    let script = "news x;buy 1@90;say nobody y;buy 2@90"
    let lonely = Scenario.plain([scripted("A", script)])
    var attended = Scenario.plain([scripted("A", script), scripted("B", "")])
    attended.agents[1].subscriptions = [0]
    for scenario in [lonely, attended] {
      let ordinals = try run(scenario).compactMap { record -> UInt32? in
        if case .orderSubmitted(let body) = record.event { body.key.ordinal } else { nil }
      }
      #expect(ordinals == [1, 3])
    }
    let sent = try run(lonely).compactMap { record -> AgentIndex? in
      if case .messageSent(let body) = record.event { body.recipient } else { nil }
    }
    #expect(sent == [-1, -1])
  }
}
