import Agents
import Market
import MarketModel
import Session
import TestSupport
import Testing

/// Decides as another agent does, and keeps what it is told: the naive twin of a mailbox.
private struct Diary<Member: Agent>: Agent {
  struct Memory: AgentMemory {
    var inner: Member.Memory
    /// Everything but wake-ups, as text.
    var told: [String] = []

    init(_ inner: Member.Memory) { self.inner = inner }

    init(from reader: inout ByteReader) throws(ByteError) {
      inner = try Member.Memory(from: &reader)
    }

    func encode(into writer: inout ByteWriter) {
      inner.encode(into: &writer)
      for line in told { writer.write(line) }
    }
  }

  static var typeName: String { Member.typeName }
  static var revision: UInt32 { Member.revision }
  static var parameters: [ParameterSchema] { Member.parameters }
  private let member: Member

  init(parameters: Parameters, setting: AgentSetting) throws(ParameterError) {
    member = try Member(parameters: parameters, setting: setting)
  }

  var initialMemory: Memory { Memory(member.initialMemory) }

  func remember(_ occurrence: Occurrence, in memory: inout Memory) {
    if case .woken = occurrence {} else { memory.told.append("\(occurrence)") }
    member.remember(occurrence, in: &memory.inner)
  }

  func decide(
    _ observation: Observation, memory: Memory, noise: DecisionNoise, commands: inout [Command]
  ) { member.decide(observation, memory: memory.inner, noise: noise, commands: &commands) }
}

private typealias DiaryRoster = Either<
  Seat<Diary<Scripted>>,
  Either<
    Seat<Diary<MarketMaker>>,
    Either<Seat<Diary<TrendFollower>>, Either<Seat<Diary<ZeroIntelligence>>, BuiltInAgents>>
  >
>

@Suite struct MailboxTests {
  /// The entries that a memory has, read back from its canonical encoding.
  private func diary(_ session: MarketSession<DiaryRoster>, _ agent: Int) -> [String] {
    switch session.state.seats[agent] {
    case .first(let seat)?: lines(seat)
    case .second(.first(let seat))?: lines(seat)
    case .second(.second(.first(let seat)))?: lines(seat)
    case .second(.second(.second(.first(let seat))))?: lines(seat)
    default: []
    }
  }

  private func lines<Member: Agent>(_ seat: Seat<Diary<Member>>) -> [String] {
    Mirror(reflecting: seat).children.compactMap { $0.value as? [Diary<Member>.Memory] }
      .first?[0].told ?? []
  }

  private func scenario(_ seed: UInt64, hasLatency: Bool) -> Scenario {
    var scenario = Scenario.busy(seed: seed, hasLatency: hasLatency)
    // Where agents may trade with themselves, both parts are told at once.
    if seed % 2 == 0 { scenario.selfTradePrevention = .allow }
    return scenario
  }

  @Test(arguments: [true, false])
  func `a mailbox holds what a seated agent is told, in its order`(hasLatency: Bool) throws {
    var letters = 0
    for seed in 0..<Effort.of(10) {
      var session = try MarketSession<DiaryRoster>(
        scenario: scenario(UInt64(seed), hasLatency: hasLatency))
      let agents = session.state.agents.indices.map { AgentIndex($0) }
      var sink = MailSink(EventBuffer(), mailbox: Mailbox(of: agents))
      try session.run(into: &sink)
      for agent in agents {
        let told = diary(session, Int(agent))
        if told.isEmpty { continue }
        letters += told.count
        #expect(sink.mailbox.take(agent).map { "\($0)" } == told, "seed \(seed), agent \(agent)")
        #expect(sink.mailbox.take(agent).isEmpty)
      }
    }
    #expect(letters > 1000)
  }

  @Test func `a mailbox opened in the middle holds what comes from there on`() throws {
    for seed in 0..<Effort.of(10) {
      let scenario = scenario(UInt64(seed), hasLatency: true)
      var session = try MarketSession<DiaryRoster>(scenario: scenario)
      let agents = session.state.agents.indices.map { AgentIndex($0) }
      var sink = MailSink(EventBuffer(), mailbox: Mailbox(of: agents))
      while session.state.tick < 11, let turn = try session.advance(into: &sink) {
        try session.takeTurn(turn, into: &sink)
      }
      for agent in agents { _ = sink.mailbox.take(agent) }
      var later = MailSink(EventBuffer(), mailbox: Mailbox(of: agents, in: session.state))
      var rest = session
      try session.run(into: &sink)
      try rest.run(into: &later)
      for agent in agents {
        #expect(later.mailbox.take(agent) == sink.mailbox.take(agent), "seed \(seed)")
      }
    }
  }

  @Test func `what was not asked for is not kept`() throws {
    var session = try TestSession(scenario: .busy(seed: 1))
    var mailbox = Mailbox(of: [0, 2])
    mailbox.formUnion(Mailbox(of: [2, 3]))
    mailbox.close(0)
    var sink = MailSink(EventBuffer(), mailbox: mailbox)
    try session.run(into: &sink)
    #expect(!sink.mailbox.isKept(for: 0) && sink.mailbox.isKept(for: 2))
    #expect(sink.mailbox.take(0).isEmpty && !sink.mailbox.take(2).isEmpty)
    #expect(!sink.mailbox.take(3).isEmpty)
    var plain = try TestSession(scenario: .busy(seed: 1))
    var events = EventBuffer()
    try plain.run(into: &events)
    #expect(events.records == sink.next.records)
  }
}
