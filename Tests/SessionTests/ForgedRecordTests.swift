import Agents
import Market
import MarketModel
import Session
import TestSupport
import Testing

/// Records that cannot follow are refused; nothing traps.
@Suite struct ForgedRecordTests {
  /// Each record of a session, changed in several ways where it stands.
  ///
  /// Agents without a memory, and nobody who looks back: replay folds outcomes by a shorter way.
  @Test(arguments: 0..<10 as Range<UInt64>, [true, false])
  func `a changed record folds or is refused`(_ seed: UInt64, isSeated: Bool) throws {
    var scenario = Scenario.busy(seed: seed, hasLatency: seed % 2 == 0, horizon: 6)
    scenario.selfTradePrevention = SelfTradePrevention.allCases[Int(seed % 4)]
    let records = try run(scenario)
    if !isSeated {
      for agent in scenario.agents.indices {
        scenario.agents[agent].type = AgentDescription.foreignType
        scenario.agents[agent].dataLatency = 0
      }
    }
    var state = try TestState(scenario: scenario)
    var numbers = KeyedNumbers(seed: seed)
    var refused = 0
    let trials = 1 + Effort.of(5000) / records.count
    for (index, record) in records.enumerated() {
      for _ in 0..<trials {
        guard let forged = forge(record, &numbers) else { continue }
        var copy = state
        var error: ReductionError?
        do throws(ReductionError) {
          try copy.reduce(forged, sequence: Int64(index))
          _ = copy.digests()
        } catch let found {
          refused += 1
          error = found
        }
        try expectSameByFolding(forged, index, state, copy, error)
      }
      try state.reduce(record, sequence: Int64(index))
    }
    #expect(refused > Effort.of(1000))
  }

  /// The fast path of replay comes to the same state, or to the same error.
  private func expectSameByFolding(
    _ record: EventRecord, _ index: Int, _ before: TestState, _ reduced: TestState,
    _ error: ReductionError?
  ) throws {
    var flat = FlatEvent()
    flat.set(record)
    var folded = before
    do throws(FoldError) {
      try folded.fold(&flat, sequence: Int64(index))
      #expect(error == nil)
      #expect(folded.digests() == reduced.digests())
    } catch let found {
      #expect(found == error.map { .reduction($0) })
    }
  }

  private func forge(_ record: EventRecord, _ numbers: inout KeyedNumbers) -> EventRecord? {
    var row = record.event.row
    if numbers.once(in: 10) { row.kind = UInt8(numbers.number(1...27)) }
    let count = EventSchema.all[Int(row.kind) - 1].fields.count
    for _ in 0..<numbers.number(0...2) where count > 0 {
      let index = numbers.index(below: count)
      row.words[index] = numbers.pick([
        row.words[index] &+ 1, row.words[index] &- 1, 0, 1, 2, -1, .max, .min, 1 << 40,
        Int64(Int32.max), Limits.maximumDelay,
      ])
    }
    if numbers.once(in: 9) { row.payload = [UInt8(numbers.number(0...255))] }
    guard let event = try? Event(row) else { return nil }
    let time = numbers.once(in: 9) ? numbers.pick([0, -1, .min, .max, 1 << 62]) : record.time
    return EventRecord(time: time, cause: record.cause, event: event)
  }

  @Test func `nothing happens twice`() throws {
    let scenario = Scenario.busy(seed: 80, horizon: 8)
    var state = try TestState(scenario: scenario)
    for (index, record) in try run(scenario).enumerated() {
      try state.reduce(record, sequence: Int64(index))
      switch record.event {
      // A message to nobody may be told again without harm.
      case .messageSent(let body) where body.recipient < 0: continue
      default: break
      }
      var copy = state
      #expect(throws: ReductionError.self, "\(record)") {
        try copy.reduce(record, sequence: Int64(index + 1))
      }
    }
  }

  @Test func `time does not go back or beyond its end`() throws {
    var state = try TestState(scenario: Scenario.plain([]))
    let note = Event.noteAdded(NoteAdded(payload: []))
    try state.reduce(EventRecord(time: 5, cause: nil, event: note), sequence: 0)
    for time in [4, -1, Nanoseconds.min, Limits.maximumTime + 1, .max] {
      var copy = state
      #expect(throws: ReductionError.invalidTime(time)) {
        try copy.reduce(EventRecord(time: time, cause: nil, event: note), sequence: 1)
      }
    }
    try state.reduce(
      EventRecord(time: Limits.maximumTime, cause: nil, event: note), sequence: 1)
  }

  @Test func `an event from outside that cannot follow names its place`() throws {
    var session = try TestSession(scenario: Scenario.plain([scripted("A", "")]))
    var sink = EventBuffer()
    let woken = AgentWoken(agent: 0, tick: 0, ordinal: 0, delay: -1)
    let record = EventRecord(time: 3, cause: nil, event: .agentWoken(woken))
    let error = #expect(throws: SessionError<Never>.self) {
      try session.inject(record, into: &sink)
    }
    guard case .reduction(let fault)? = error else {
      Issue.record("another error")
      return
    }
    #expect(fault.sequence == 0 && fault.time == 3)
    #expect(fault.error == .contradiction("the agent was not due to wake"))
  }
}
