import Market
import MarketModel
import Session
import TestSupport
import Testing

@Suite struct SessionEncodingTests {
  @Test(arguments: 60..<63 as Range<UInt64>)
  func `a state comes back with equal digests and bytes at any event`(_ seed: UInt64) throws {
    let scenario = Scenario.busy(seed: seed, horizon: 15)
    var state = try TestState(scenario: scenario)
    var kinds: Set<String> = []
    for (index, record) in try run(scenario).enumerated() {
      try state.reduce(record, sequence: Int64(index))
      if state.market.working != nil || index % 7 != 0 { continue }
      let bytes = state.encoded
      let copy = try TestState(encoded: bytes)
      #expect(copy.digests() == state.digests(), "event \(index)")
      #expect(copy.encoded == bytes, "event \(index)")
      if state.commands.count > 0 { kinds.insert("commands") }
      if state.reports.count > 0 { kinds.insert("reports") }
      if state.messages.count > 0 { kinds.insert("messages") }
      if !state.boards.past.isEmpty { kinds.insert("boards") }
    }
    #expect(kinds.count == 4)
  }

  private func example(_ tick: Tick) throws -> [UInt8] {
    var scenario = Scenario.busy(seed: 64, horizon: 20)
    scenario.selfTradePrevention = .allow
    var session = try TestSession(scenario: scenario)
    var sink = EventBuffer()
    try advance(&session, to: tick, &sink)
    return session.state.encoded
  }

  @Test func `every truncation and every longer text is refused`() throws {
    let bytes = try example(3)
    for end in stride(from: 0, to: bytes.count, by: 3) {
      #expect(throws: ByteError.self) { try TestState(encoded: Array(bytes[..<end])) }
    }
    #expect(throws: ByteError.self) { try TestState(encoded: bytes + [0]) }
  }

  @Test(arguments: 0..<4 as Range<UInt64>)
  func `changed bytes are refused or give a state`(_ seed: UInt64) throws {
    let good = try example(3 + Tick(seed))
    var numbers = KeyedNumbers(seed: seed)
    for _ in 0..<1500 {
      var bad = good
      for _ in 0..<numbers.number(1...3) {
        bad[numbers.index(below: bad.count)] =
          numbers.pick([0, 1, 0x7F, 0x80, 0xFF, UInt8(numbers.number(0...255))])
      }
      guard let state = try? TestState(encoded: bad) else { continue }
      _ = state.digests()
    }
  }

  @Test func `a state is told apart from another by each of its digests`() throws {
    let scenario = Scenario.busy(seed: 65)
    let records = try run(scenario)
    let first = try fold(records[..<100], scenario).digests()
    let second = try fold(records[...], scenario).digests()
    #expect(first.root != second.root)
    #expect(first.memoryRoot != second.memoryRoot)
    for (index, name) in SessionDigests.componentNames.enumerated() where name != "policies" {
      #expect(first.components[index] != second.components[index], "\(name)")
    }
  }
}
