import Determinism
import MarketModel
import Testing

@testable import Journal

struct UnfinishedEventsTests {
  private static let records: [EventRecord] = {
    var samples = SampleEvents(seed: 2, clock: SampleTape.clock, first: 100)
    for _ in 0..<20 { _ = samples.next() }
    return samples.records
  }()
  private static let parts = records.enumerated().map {
    UnfinishedEvents.encode(
      $0.element, sequence: 100 + Int64($0.offset), startsSync: $0.offset % 3 == 0)
  }
  private static let bytes = parts.flatMap { $0 }

  @Test func `events come back, those in frames already are passed over`() {
    let all = UnfinishedEvents(Self.bytes, after: 100)
    #expect(all.records == Self.records)
    #expect(!all.isTorn && !all.isCorrupt)
    let some = UnfinishedEvents(Self.bytes, after: 107)
    #expect(some.records == Array(Self.records[7...]))
    #expect(UnfinishedEvents(Self.bytes, after: 120).records == [])
    let gap = UnfinishedEvents(Self.bytes, after: 99)
    #expect(gap.records == [] && gap.isCorrupt)
  }

  @Test func `every truncation is torn, or whole at a border`() {
    var borders: [Int] = [0]
    for part in Self.parts { borders.append(borders[borders.count - 1] + part.count) }
    for length in Self.bytes.indices {
      let found = UnfinishedEvents(Array(Self.bytes[..<length]), after: 100)
      let whole = borders.filter { $0 <= length }.count - 1
      #expect(found.records == Array(Self.records[..<whole]))
      #expect(!found.isCorrupt)
      #expect(found.isTorn == !borders.contains(length))
    }
  }

  @Test func `every bit flip is found: rot before a later sync, torn in the last`() {
    let last = Self.parts[..<18].reduce(0) { $0 + $1.count }
    var start = 0
    for (index, part) in Self.parts.enumerated() {
      for bit in start * 8..<(start + part.count) * 8 {
        var bytes = Self.bytes
        bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        let found = UnfinishedEvents(bytes, after: 100)
        #expect(found.records == Array(Self.records[..<index]))
        #expect(found.isTorn)
        #expect(found.isCorrupt == (start < last))
      }
      start += part.count
    }
  }

  @Test func `a record at the end of all sequence numbers is refused`() {
    let note = EventRecord(time: 1, cause: nil, event: .noteAdded(NoteAdded(payload: [1])))
    for sequence in [SequenceNumber.max, Limits.maximumSequence] {
      let bytes = UnfinishedEvents.encode(note, sequence: sequence, startsSync: true)
      let read = UnfinishedEvents(bytes, after: sequence)
      #expect(read.records.isEmpty && read.isTorn)
    }
  }

  @Test func `a missing or repeated record is rot`() {
    var parts = Self.parts
    parts.remove(at: 4)
    let missing = UnfinishedEvents(parts.flatMap { $0 }, after: 100)
    #expect(missing.isCorrupt && missing.records.count == 4)
  }

  @Test func `older records after newer ones are what a torn write left`() {
    let old = UnfinishedEvents(Self.bytes, after: 120)
    #expect(!old.isTorn && !old.isCorrupt)
    // The file was begun anew with 112 and 113; of what it held before, all behind is still there.
    let parts = Self.parts
    let new = parts[12] + parts[13]
    let old5 = Self.bytes[new.count...]
    let found = UnfinishedEvents(new + old5, after: 112)
    #expect(Array(found.records.prefix(2)) == Array(Self.records[12...13]))
    let stale = UnfinishedEvents(Array(parts[..<9].flatMap { $0 }.dropFirst(5)), after: 112)
    #expect(stale.records == [] && stale.isTorn && !stale.isCorrupt)
  }

  @Test func `a cause that does not precede its effect is damage`() {
    let note = Event.noteAdded(NoteAdded(payload: []))
    for cause in [5, 6, .max] as [SequenceNumber] {
      let record = EventRecord(time: 0, cause: cause, event: note)
      let found = UnfinishedEvents(
        UnfinishedEvents.encode(record, sequence: 5, startsSync: true), after: 5)
      #expect(found.records == [] && found.isTorn)
    }
  }

  @Test func `lengths that overlap do not take quadratic time`() {
    // Each 64 bytes begin a note that claims the rest of the file.
    let size = 4 << 20
    var bytes = [UInt8](repeating: 0, count: size)
    func put(_ value: Int, _ place: Int) {
      for index in 0..<4 { bytes[place + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
    }
    for start in stride(from: 0, to: size - 64, by: 64) {
      put(size - start - 8, start)
      bytes[start + 16] = EventKind.noteAdded.rawValue
      put(size - start - 37, start + 33)
    }
    let found = UnfinishedEvents(bytes, after: 0)
    #expect(found.records == [] && found.isTorn && found.isCorrupt)
  }
}
