import Agents
import Foundation
import Journal
import MarketModel
import Replay
import Session
import SessionSupport
import TestSupport
import Testing

/// One field of one event is changed on a tape: the comparison with the clean one must name it.
@Suite struct PlantedFaultTests {
  private static let scenario = Tapes.scenario(seed: 9, ticks: 40)

  private static let events: [EventRecord] = {
    do {
      var session = try MarketSession<BuiltInAgents>(scenario: scenario)
      var buffer = EventBuffer()
      try session.run(into: &buffer)
      return buffer.records
    } catch {
      preconditionFailure("Invariant: \(error)")
    }
  }()

  /// A tape of events, in frames of 100, with digests that mean nothing.
  private static func tape(_ events: [EventRecord]) -> [UInt8] {
    var encoder = JournalEncoder(genesis: Genesis(scenario: scenario))
    let none = DigestRecord(root: 0, memoryRoot: nil)
    for (index, event) in events.enumerated() {
      if index % 100 == 0 { encoder.endFrame(none, components: [], memories: []) }
      encoder.append(event)
    }
    encoder.seal(none, components: [], memories: [])
    return encoder.takeOutput()
  }

  /// The events with one field changed, and which.
  private static func fault(
    _ numbers: inout KeyedNumbers
  ) -> (events: [EventRecord], position: Int, field: Int) {
    while true {
      let position = numbers.index(below: events.count)
      let record = events[position]
      let schema = EventSchema.of(record.event.kind)
      let field = numbers.index(below: schema.fields.count)
      var row = record.event.row
      row.words[field] += [1, -1, 7, 1 << 30][numbers.index(below: 4)]
      guard let event = try? Event(row), event != record.event else { continue }
      var changed = events
      changed[position].event = event
      return (changed, position, field)
    }
  }

  @Test(arguments: 0..<10 as Range<UInt64>)
  func `the position and the field of a planted fault are named`(seed: UInt64) throws {
    var numbers = KeyedNumbers(seed: seed)
    let clean = try SmallSession.open([Self.tape(Self.events)])
    let isLong = ProcessInfo.processInfo.environment["TAPEDECK_SOAK"] != nil
    for _ in 0..<(isLong ? 1000 : Effort.of(100)) {
      let (events, position, field) = Self.fault(&numbers)
      let comparison = try TapeComparison.compare(
        clean, try SmallSession.open([Self.tape(events)]))
      let found = try #require(comparison.firstUnequalPosition)
      #expect(found == Int64(position))
      let first = min(
        comparison.firstDifference?.first ?? .max, comparison.firstDifference?.second ?? .max)
      #expect(first == found)
      let (left, right) = (Self.events[Int(found)].event.row, events[Int(found)].event.row)
      let fields = EventSchema.of(Self.events[position].event.kind).fields.indices.filter {
        left.words[$0] != right.words[$0]
      }
      #expect(fields == [field])
    }
  }

  @Test func `the same tape is equal, however it is framed`() throws {
    let comparison = try TapeComparison.compare(
      try SmallSession.open([Self.tape(Self.events)]),
      try SmallSession.open([try SmallSession.record(Self.scenario)]))
    #expect(comparison.isEqual && comparison.equalCount == Self.events.count)
    #expect(comparison.firstUnequalPosition == nil)
  }

  @Test func `an event left out is the first difference, and all else is found again`() throws {
    var events = Self.events
    let last = events.count - 1
    events.remove(at: last)
    let comparison = try TapeComparison.compare(
      try SmallSession.open([Self.tape(Self.events)]), try SmallSession.open([Self.tape(events)]))
    #expect(comparison.onlyFirstCount == 1 && comparison.equalCount == last)
    #expect(comparison.firstUnequalPosition == Int64(last))
  }
}
