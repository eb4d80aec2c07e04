import Foundation
import MarketModel
import Testing

@testable import Journal

/// Tapes for readers in other languages, with what they must read, in the folder that the
/// environment variable TAPEDECK_SAMPLES names.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["TAPEDECK_SAMPLES"] != nil))
struct SampleFolderTests {
  private static let folder = URL(
    fileURLWithPath: ProcessInfo.processInfo.environment["TAPEDECK_SAMPLES"] ?? ".")

  private func write(_ name: String, _ tape: SampleTape) throws {
    var lines = ""
    let reader = try JournalReader(MemorySource(tape.bytes), level: .chain)
    for entry in reader.eventEntries {
      for (index, event) in try reader.frame(entry).events.enumerated() {
        let sequence = entry.header.firstSequence + Int64(index)
        lines += line(sequence, try #require(event.record), tape.genesis.clock) + "\n"
      }
    }
    try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
    try Data(tape.bytes).write(to: Self.folder.appendingPathComponent(name + ".tape"))
    try Data(lines.utf8).write(to: Self.folder.appendingPathComponent(name + ".jsonl"))
  }

  private func line(
    _ sequence: SequenceNumber, _ record: EventRecord, _ clock: TickClock
  ) -> String {
    let schema = EventSchema.of(record.event.kind)
    let row = record.event.row
    var parts = [
      "\"sequence\":\(sequence)", "\"tick\":\(clock.tick(at: record.time))",
      "\"time\":\(record.time)", "\"kind\":\"\(schema.name)\"",
      "\"cause\":\(record.cause.map { "\($0)" } ?? "null")",
    ]
    for (index, field) in schema.fields.enumerated() {
      parts.append("\"\(field.name)\":\(row.words[index])")
    }
    if schema.hasPayload {
      let text = row.payload.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      parts.append("\"payload\":\"\(text)\"")
    }
    return "{\(parts.joined(separator: ","))}"
  }

  /// What a reader finds: "ok", "bad", or "event" where only the ranges of fields are violated,
  /// which a reader that lists raw integers does not check.
  private func verdict(_ bytes: [UInt8]) -> String {
    do {
      let reader = try JournalReader(MemorySource(bytes), level: .chain)
      if !reader.scan.damages.isEmpty { return "bad" }
      for entry in reader.eventEntries { _ = try reader.frame(entry) }
      return "ok"
    } catch ReadError<Never>.journal(.frame(_, _, .event)) {
      return "event"
    } catch ReadError<Never>.journal(.frame(_, _, .payload(_, let expected)))
      where expected.hasPrefix("the layout of ")
    {
      return "event"
    } catch {
      return "bad"
    }
  }

  @Test func `altered tapes are written with a verdict in their names`() throws {
    let folder = Self.folder.appendingPathComponent("altered")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var generator = TestGenerator(seed: 77)
    for number in 0..<600 {
      var forged = ForgedTape(
        number % 8 == 7 ? HostileTapeTests.chunked : HostileTapeTests.tape)
      forged.mutate(&generator)
      let bytes = forged.bytes
      let name = "\(number)-\(verdict(bytes)).tape"
      try Data(bytes).write(to: folder.appendingPathComponent(name))
    }
  }

  @Test func `sample tapes are written`() throws {
    try write("small", SampleTape(seed: 1, events: 200, perFrame: 40))
    try write("open", SampleTape(seed: 2, events: 100, perFrame: 40, isSealed: false))
    try write("stored", SampleTape(seed: 3, events: 200, perFrame: 64, usesCompression: false))
    try write("large", SampleTape(seed: 4, events: 20_000, perFrame: .max))
    try write(
      "fork",
      SampleTape(
        seed: 5, events: 90, perFrame: 30, genesis: GenesisTests.fork, firstSequence: 1_234))
    var samples = SampleEvents(seed: 6, clock: SampleTape.clock)
    for _ in 0..<20 {
      for kind in EventKind.allCases { _ = samples.next(kind, extreme: true) }
    }
    try write("extreme", SampleTape(samples.records, perFrame: 100))
    var generator = TestGenerator(seed: 7)
    let value = generator.bytes(1_200_000)
    var records: [EventRecord] = []
    for index in 0..<5 as Range<UInt32> {
      let update = PolicyUpdated(
        agent: 0, tick: 0, ordinal: index, payload: index % 2 == 0 ? value : [1])
      records.append(
        EventRecord(
          time: 1_000 + Int64(index), cause: index > 2 ? 1 : nil, event: .policyUpdated(update)))
    }
    try write("chunks", SampleTape(records, perFrame: 2))
  }
}
