import Determinism
import MarketModel
import Testing

@testable import Journal

struct RowEncodingTests {
  private func bytes(_ record: EventRecord) -> [UInt8] {
    var writer = ByteWriter()
    RowEncoding.write(record, into: &writer)
    return writer.bytes
  }

  @Test(arguments: EventKind.allCases)
  func `a row comes back, and has the size that its layout says`(kind: EventKind) throws {
    var samples = SampleEvents(seed: UInt64(kind.rawValue), clock: SampleTape.clock)
    for _ in 0..<20 {
      let record = samples.next(kind, extreme: true)
      let bytes = bytes(record)
      #expect(bytes.count == EventSchema.of(kind).rowSize + record.event.row.payload.count)
      var reader = ByteReader(bytes)
      #expect(try RowEncoding.read(from: &reader) == record)
      try reader.expectEnd()
      for length in bytes.indices {
        var short = ByteReader(Array(bytes[..<length]))
        #expect(throws: ByteError.self) { try RowEncoding.read(from: &short) }
      }
    }
  }

  @Test func `an instant beyond its limits and a cause below -1 are refused`() {
    let event = Event.noteAdded(NoteAdded(payload: []))
    for (time, cause) in [(-1, nil), (.max, nil), (0, -2), (0, .min)] as [(Int64, Int64?)] {
      var reader = ByteReader(bytes(EventRecord(time: time, cause: cause, event: event)))
      #expect(throws: ByteError.self) { try RowEncoding.read(from: &reader) }
    }
  }

  @Test func `the hash of rows is that of their bytes`() {
    var samples = SampleEvents(seed: 4, clock: SampleTape.clock)
    var hash = RowHash()
    var all: [UInt8] = []
    #expect(hash.value == SHA256.hash([]))
    for _ in 0..<50 {
      let record = samples.next()
      hash.append(record)
      all += bytes(record)
      #expect(hash.value == SHA256.hash(all))
    }
  }
}
