import Agents
import Journal
import MarketModel
import Replay
import Session
import SessionSupport
import Testing

@Suite struct VerificationTests {
  @Test(arguments: VerificationLevel.allCases)
  func `a recorded session verifies at every level`(level: VerificationLevel) throws {
    let lineage = try SmallSession.open([try SmallSession.record(Tapes.scenario())])
    let report = try Verification<BuiltInAgents, MemorySource>.run(lineage, level: level)
    #expect(report.finding == nil)
    if level >= .v4 { #expect(report.decidedCount == Int(lineage.nextSequence)) }
    if level == .v5 { #expect(report.twinCount > 5) }
  }

  @Test func `whoever decided on an event stands in its first field`() throws {
    for kind in EventKind.allCases {
      var row = EventRow(kind: kind.rawValue)
      let schema = try #require(EventSchema.all.first { $0.kind == kind.rawValue })
      for field in schema.fields.indices { row.words[field] = 1 }
      row.words[0] = 3
      guard let event = try? Event(row) else {
        #expect(!kind.hasDecider, "\(kind) reads")
        continue
      }
      #expect(event.decidingAgent == (kind.hasDecider ? 3 : nil), "\(kind)")
    }
  }

  /// Records the events of a session with one of them changed, folding what still folds.
  private func record(
    _ scenario: Scenario, changing position: Int, _ change: (inout EventRecord) -> Void
  ) throws -> Lineage<MemorySource> {
    var events = EventBuffer()
    var session = try MarketSession<BuiltInAgents>(scenario: scenario)
    try session.run(into: &events)
    var recorder = JournalRecorder(
      JournalEncoder(genesis: Genesis(scenario: scenario)), output: MemoryOutput())
    var altered = try MarketSession<BuiltInAgents>(scenario: scenario)
    for (index, record) in events.records.enumerated() {
      var record = record
      if index == position { change(&record) }
      do {
        try altered.inject(record, into: &recorder)
      } catch {
        break  // from here on nothing follows from the state any more
      }
    }
    recorder.endFrame(altered.state)
    return try SmallSession.open([recorder.output.bytes])
  }

  @Test func `V4 names the first event that a decider decides otherwise`() throws {
    let scenario = Tapes.scenario()
    var events = EventBuffer()
    var session = try MarketSession<BuiltInAgents>(scenario: scenario)
    try session.run(into: &events)
    var tried = 0
    for (index, record) in events.records.enumerated() where index % 11 == 0 {
      guard case .orderSubmitted(let body) = record.event else { continue }
      let lineage = try self.record(scenario, changing: index) { record in
        var changed = body
        changed.terms.quantity += 1
        record.event = .orderSubmitted(changed)
      }
      let report = try DeciderCheck<BuiltInAgents, MemorySource>.run(lineage)
      #expect(report.divergence?.sequence == SequenceNumber(index))
      #expect(report.divergence?.decided == record)
      tried += 1
    }
    #expect(tried > 10)
  }

  @Test func `V4 finds another cause, another message and an event too many`() throws {
    var scenario = Tapes.scenario()
    scenario.agents[0].subscriptions = [0]
    for index in scenario.agents.indices where scenario.agents[index].type == "zero-intelligence" {
      scenario.agents[index].parameters.set("signal_to", .text("topic:talk"))
      scenario.agents[index].parameters.set("signal_probability", .number(0.5))
    }
    var events = EventBuffer()
    var session = try MarketSession<BuiltInAgents>(scenario: scenario)
    try session.run(into: &events)
    let sent = try #require(events.records.firstIndex { $0.event.kind == .messageSent })
    let filled = try #require(events.records.lastIndex { $0.event.kind == .orderAccepted })
    for (index, change) in [
      (filled, { record in record.cause = record.cause.map { $0 - 1 } }),
      (
        sent,
        { record in
          guard case .messageSent(var body) = record.event else { return }
          body.payload[0] ^= 1
          record.event = .messageSent(body)
        }
      ),
    ] as [(Int, (inout EventRecord) -> Void)] {
      let lineage = try record(scenario, changing: index, change)
      let report = try DeciderCheck<BuiltInAgents, MemorySource>.run(lineage)
      #expect(report.divergence?.sequence == SequenceNumber(index))
    }
    // One event more than the session has, in no frame.
    var whole = try SmallSession.open([try SmallSession.record(scenario)])
    let step = try #require(events.records.last { $0.event.kind == .agentWoken })
    whole.unfinished = [step]
    let more = try DeciderCheck<BuiltInAgents, MemorySource>.run(whole)
    #expect(more.divergence?.sequence == SequenceNumber(events.records.count))
    #expect(more.divergence?.recorded == .known(step) && more.divergence?.decided == nil)
  }

  /// A session whose last frame and seal say other digests than they should.
  private func tape(
    _ change: (inout FrameDigests, inout FrameDigests) -> Void
  ) throws -> Lineage<MemorySource> {
    let scenario = Tapes.scenario()
    var session = try MarketSession<BuiltInAgents>(scenario: scenario)
    var recorder = JournalRecorder(
      JournalEncoder(genesis: Genesis(scenario: scenario)), output: MemoryOutput())
    try session.run(into: &recorder)
    let digests = session.state.digests()
    var frame = FrameDigests(
      digests: digests.record, components: digests.components,
      memories: digests.memories.enumerated().map { agent, memory in
        FrameDigests.AgentDigest(agent: AgentIndex(agent), digest: memory ?? 0)
      })
    var seal = FrameDigests(
      digests: digests.record, components: digests.components, memories: [])
    change(&frame, &seal)
    var encoder = recorder.encoder
    encoder.endFrame(frame)
    encoder.seal(seal.digests, components: seal.components, memories: [])
    return try SmallSession.open([recorder.output.bytes + encoder.takeOutput()])
  }

  @Test func `V3 compares every digest of frames and of the seal`() throws {
    func finding(
      _ change: (inout FrameDigests, inout FrameDigests) -> Void
    ) throws -> VerificationFinding? {
      try Verification<BuiltInAgents, MemorySource>.run(try tape(change), level: .v3).finding
    }
    #expect(try finding { _, _ in } == nil)
    // Who recorded it may not have known one of the agents: then nothing is said of all memories.
    #expect(
      try finding { frame, seal in
        (frame.digests.memoryRoot, seal.digests.memoryRoot) = (nil, nil)
        frame.memories.removeLast()
      } == nil)
    let changes: [(inout FrameDigests, inout FrameDigests) -> Void] = [
      { frame, _ in frame.digests.root ^= 1 }, { frame, _ in frame.components[3] ^= 1 },
      { frame, _ in frame.components.append(0) }, { frame, _ in frame.memories[1].digest ^= 1 },
      { frame, _ in frame.memories = [] },
      { frame, _ in frame.memories[frame.memories.count - 1].agent = 99 },
      { frame, _ in frame.digests.memoryRoot? ^= 1 }, { _, seal in seal.digests.root ^= 1 },
      { _, seal in seal.digests.memoryRoot? ^= 1 }, { _, seal in seal.components[6] ^= 1 },
      { _, seal in seal.components = [] },
    ]
    for (number, change) in changes.enumerated() {
      guard case .digest? = try finding(change) else {
        Issue.record("change \(number) is not found")
        continue
      }
    }
  }

  @Test func `an exogenous step that was not drawn from its key is found`() throws {
    let scenario = Tapes.scenario()
    var events = EventBuffer()
    var session = try MarketSession<BuiltInAgents>(scenario: scenario)
    try session.run(into: &events)
    let index = try #require(
      events.records.lastIndex { $0.event.kind == .processStepped })
    let lineage = try record(scenario, changing: index) { record in
      if case .processStepped(var body) = record.event {
        body.value += 1
        record.event = .processStepped(body)
      }
    }
    let report = try DeciderCheck<BuiltInAgents, MemorySource>.run(lineage)
    #expect(report.divergence?.sequence == SequenceNumber(index))
  }

  @Test func `a torn tape verifies as far as it goes`() throws {
    let bytes = try SmallSession.record(Tapes.scenario(ticks: 400))
    let scan = try JournalScanner.scan(MemorySource(bytes))
    let last = try #require(scan.entries.last { $0.header.kind == .events })
    let part = Array(bytes.prefix(Int(last.offset) + 10))
    let reader = try JournalReader(MemorySource(part), level: .chain)
    #expect(reader.scan.status == .torn(isCertain: false))
    let report = try Verification<BuiltInAgents, MemorySource>.run(
      try Lineage([reader]), level: .v5)
    #expect(report.finding == nil)
    #expect(report.eventCount == last.header.firstSequence)
  }

  @Test func `the same scenario gives the same bytes`() throws {
    let scenario = Tapes.scenario(seed: 5)
    #expect(try SmallSession.record(scenario) == SmallSession.record(scenario))
    #expect(try SmallSession.record(scenario) != SmallSession.record(Tapes.scenario(seed: 6)))
  }
}
